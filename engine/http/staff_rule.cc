#include "http/staff_rule.h"

#include <optional>
#include <utility>

#include "http/headers.h"

namespace creneau::http {
namespace {

// "an agent or a helper"
std::string NamesOf(unsigned roles) {
  std::string names;
  for (const rules::Role role : rules::kAllRoles) {
    if ((roles & static_cast<unsigned>(role)) == 0) continue;
    if (!names.empty()) names += " or ";
    const std::string_view name = rules::RoleName(role);
    names += std::string_view("aeiou").find(name.front()) == std::string_view::npos ? "a " : "an ";
    names += name;
  }
  return names;
}

bool Forbid(Exchange& exchange, const std::string& detail) {
  exchange.Refuse({.outcome = Outcome::kForbidden, .detail = detail});
  return false;
}

bool InScope(const Exchange& exchange, Scope scope, const booking::Actor& actor) {
  switch (scope) {
    case Scope::kNamed:
      return booking::Covers(actor, exchange.name);
    case Scope::kWhole:
      return actor.agendas.empty();
    case Scope::kInside:
      break;
  }
  return true;
}

std::string_view DetailOf(booking::Admission::Verdict verdict) {
  switch (verdict) {
    case booking::Admission::Verdict::kExpired:
      return "This key has expired. Whoever keeps the keys makes a new one with creneauctl key "
             "create, or key rotate before the time.";
    case booking::Admission::Verdict::kRevoked:
      return "This key was revoked.";
    case booking::Admission::Verdict::kStands:
    case booking::Admission::Verdict::kUnknown:
      break;
  }
  return {};
}

// Who asks, as far as that is known by now. False: refused.
bool FindActor(Exchange& exchange, booking::Actor* actor) {
  if (exchange.request.authorization.data() == nullptr && exchange.audience == Audience::kAdmin) {
    *actor = {.role = rules::Role::kOperator, .person = exchange.admin_user};
    return true;
  }
  // On citizens' threads nobody is admitted: whoever had a key has gone to the staff's (Session).
  Examined examined;
  if (exchange.audience != Audience::kPublic) {
    examined = ExamineKey(exchange.engine.staff(), exchange.wrong_keys, exchange.caller,
                          exchange.request, exchange.now);
  }
  if (examined.outcome != Outcome::kOk) {
    if (examined.outcome == Outcome::kUnauthorized) exchange.reply.headers += kAskForKey;
    exchange.Refuse({.outcome = examined.outcome, .detail = examined.detail});
    return false;
  }
  exchange.admission = std::move(examined.admission);
  *actor = booking::ActorOf(*exchange.admission.key);
  return true;
}

}  // namespace

Examined ExamineKey(const booking::StaffAccess& staff, AddressRates* wrong_keys,
                    const Caller& caller, const Request& request, Instant now) {
  Examined examined;
  if (request.authorization.data() == nullptr) return examined;
  const std::optional<std::string_view> token = BearerToken(request.authorization);
  if (auto bearer = token ? booking::ReadBearer(*token) : std::nullopt) {
    examined.admission = staff.Admit(*bearer, now);
    bearer->Wipe();
  }
  if (examined.admission.verdict == booking::Admission::Verdict::kStands) {
    examined.outcome = Outcome::kOk;
    return examined;
  }
  examined.detail = DetailOf(examined.admission.verdict);
  if (wrong_keys != nullptr && !wrong_keys->Take(caller, request.forwarded_for)) {
    examined.outcome = Outcome::kRateLimited;
    examined.detail =
        "Many keys that are none have come from this address. One that stands is let in all the "
        "same.";
  }
  return examined;
}

bool MayCall(Exchange& exchange, const StaffRule& rule) {
  if (rule.roles == 0) return true;
  booking::Actor actor;
  if (!FindActor(exchange, &actor)) return false;
  if ((rule.roles & static_cast<unsigned>(actor.role)) == 0) {
    return Forbid(exchange, "This is done by " + NamesOf(rule.roles) + "; whoever asks is " +
                                NamesOf(RolesOf(actor.role)) + ".");
  }
  if (!InScope(exchange, rule.scope, actor))
    return Forbid(exchange, "The key is for other agendas than what is asked for is about.");
  exchange.actor = actor;
  return true;
}

}  // namespace creneau::http
