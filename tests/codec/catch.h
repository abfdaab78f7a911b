// Catch2 for tests of what shares its CHECK's name with ours (base/check.h): all of ours is
// included first, and in the tests the name is Catch2's.
#pragma once

#include "codec/event.h"

#undef CHECK
#include <catch2/catch.hpp>
