// The body of an exchange's request, read or refused. For handlers.
#pragma once

#include <string_view>

#include "http/body.h"
#include "http/exchange.h"

namespace creneau::http {

// False when it was refused.
bool ReadBody(Exchange& exchange, Body& body);

void RefuseMember(Exchange& exchange, std::string_view pointer, std::string_view message);

}  // namespace creneau::http
