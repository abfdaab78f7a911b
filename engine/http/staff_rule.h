// Which of the staff a route is for (routes.cc), and whether whoever asks is one of them.
#pragma once

#include <cstdint>
#include <string>

#include "booking/actor.h"
#include "http/exchange.h"

namespace creneau::http {

// What a key that is for some agendas only has to say to a route.
enum class Scope : uint8_t {
  kNamed,  // the agenda in the path is one of them
  kWhole,  // nothing: what it does is of the whole engine
  // The path does not tell which agenda it is about: the handler, or the engine, asks
  // booking::Covers.
  kInside,
};

struct StaffRule {
  unsigned roles = 0;  // bits of rules::Role; none: no staff route
  Scope scope = Scope::kNamed;
};

template <typename... Roles>
constexpr unsigned RolesOf(Roles... roles) {
  return (static_cast<unsigned>(roles) | ...);
}

// Sets the exchange's actor, where the route is the staff's. False: refused, with what is needed.
bool MayCall(Exchange& exchange, const StaffRule& rule);

}  // namespace creneau::http
