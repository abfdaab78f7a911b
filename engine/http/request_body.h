// What an exchange's request asks for, read or refused. For handlers.
#pragma once

#include <optional>
#include <string_view>

#include "http/body.h"
#include "http/exchange.h"

namespace creneau::http {

// False when it was refused.
bool ReadBody(Exchange& exchange, Body& body);

// ?dry_run. Nothing: refused. A misspelt one must not act, so there is no other parameter.
std::optional<bool> ReadDryRun(Exchange& exchange);

void RefuseMember(Exchange& exchange, std::string_view pointer, std::string_view message);
void RefuseParameter(Exchange& exchange, std::string_view parameter, std::string_view message);

// Of a path that names what somebody holds: a reservation, a place, an entry.
booking::HolderRequest Holder(const Exchange& exchange);

}  // namespace creneau::http
