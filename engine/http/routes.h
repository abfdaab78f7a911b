// Which address leads where (routes.cc has the table), and what happens to a request before and
// after its handler.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/audience.h"
#include "http/exchange.h"
#include "http/staff_rule.h"
#include "surge/shedding.h"

namespace creneau::http {

// A route's place in the table, for metrics; RouteCount() stands for what led nowhere.
size_t RouteCount();
std::string_view RouteName(size_t route);
std::string_view RouteMethod(size_t route);  // "GET" stands for HEAD too
surge::Lane RouteLane(size_t route);         // who is refused first; of a route there is

const StaffRule& RouteStaff(size_t route);
unsigned RouteAudiences(size_t route);  // bits of Audience

// The place of the route that confirms.
size_t ConfirmRoute();

// Whether that is a staff route, wherever it answers.
bool IsForStaff(Method method, const Target& target);

// Finds the route and calls its handler, or fills in the 404 or 405. Returns the route's place,
// RouteCount() for none. Where exchange.shed says why, the gate has refused it: no handler was
// called, and the reply is the gate's.
size_t Dispatch(Exchange& exchange, Audience audience);

}  // namespace creneau::http
