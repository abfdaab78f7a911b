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

// What a key that was shown comes to. Not kOk: the refusal, which tells the holder of a right
// secret that it has expired or was revoked, and anybody else nothing.
struct Examined {
  Outcome outcome = Outcome::kUnauthorized;
  std::string_view detail{};
  booking::Admission admission{};  // of kOk
};
// `wrong_keys`: who is refused for showing many that are none; null: nobody is. A key that stands
// is never refused for others.
Examined ExamineKey(const booking::StaffAccess& staff, AddressRates* wrong_keys,
                    const Caller& caller, const Request& request, Instant now);

// In a refusal for want of a key (RFC 6750).
inline constexpr std::string_view kAskForKey = "WWW-Authenticate: Bearer realm=\"creneau\"\r\n";

// Sets the exchange's actor, where the route is the staff's. False: refused, with what is needed.
bool MayCall(Exchange& exchange, const StaffRule& rule);

}  // namespace creneau::http
