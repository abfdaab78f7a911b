// Catch2 for the ledger's tests. Its CHECK and ours (base/check.h) share a name: all of ours that
// uses it inline is included first, and in the tests the name is Catch2's.
#pragma once

#include "base/check.h"
#include "ledger/ledger.h"
#include "tests/ledger/world.h"

#undef CHECK
#include <catch2/catch.hpp>
