// An engine with a key of each role, and what its listeners answer to whoever shows one
// (staff_test.cc, staff_desk_test.cc).
#pragma once

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "booking/staff_keys.h"
#include "http/event_streams.h"
#include "http/staff_rule.h"
#include "tests/http/public_context.h"

namespace creneau::http {

using booking::StaffKey;
using rules::Role;

inline constexpr int64_t kDay = 24 * kMsPerHour;

// An engine with one agenda, a key of each role, and the four listeners.
class Office {
 public:
  Office() {
    REQUIRE(world_.Publish("93-titres", booking::AgendaToml("93-titres")).outcome == Outcome::kOk);
    for (const Role role : rules::kAllRoles) texts_[role] = Add(role, {}).text;
    Reload();
  }

  struct Key {
    size_t place;
    std::string text;
  };
  Key Add(Role role, std::vector<std::string> agendas) {
    const booking::BearerSecret secret = booking::DrawSecret(world_.entropy);
    StaffKey key{.id = booking::DrawKeyId(world_.entropy),
                 .role = role,
                 .person = std::string(rules::RoleName(role)) + ".one",
                 .agendas = std::move(agendas)};
    key.created = world_.clock.now;
    key.expires = world_.clock.now + 90 * kDay;
    key.hash = booking::HashOf(secret);
    keys.push_back(key);
    return {keys.size() - 1, booking::WriteBearer(key.id, secret)};
  }
  void Reload() {
    std::ofstream(world_.directory + "/keys/staff") << booking::WriteStaffKeys(keys);
    REQUIRE(world_.engine->ReloadStaffKeys().ok());
  }
  const std::string& text(Role role) const { return texts_.at(role); }

  // What a listener answers: a status, or kHandedOver.
  static constexpr int kHandedOver = 0;
  int Ask(Audience audience, bool staff_on_public, std::string_view method, std::string_view path,
          const std::string& authorization, const Caller& caller = {}) {
    SessionContext context = PublicContext(world_, telemetry_, counters_);
    context.audience = audience;
    context.streams = &streams_;
    if (staff_on_public) {
      context.desk = &desk_;
      context.wrong_keys = &wrong_keys_;
    }
    Session session(context, limits::kMaxAdminBodyBytes, caller);
    std::string request =
        std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n";
    if (!authorization.empty()) request += "Authorization: " + authorization + "\r\n";
    if (method != "GET") request += "Content-Length: 0\r\n";
    request += "\r\n";
    booking::Act act(pool_, world_.engine->log());
    const Session::Round round = session.Serve(request, act, world_.clock.now);
    session.Settle(!round.waits || world_.wait.Finish(act), world_.clock.now);
    reply = session.replies();
    if (round.hand_over) {
      CHECK(round.consumed == 0);
      CHECK(reply.empty());
      CHECK(static_cast<bool>(session.TakePlace()));
      return kHandedOver;
    }
    REQUIRE(reply.size() > 12);
    return std::stoi(reply.substr(9, 3));
  }
  int AskStaff(std::string_view method, std::string_view path, const std::string& text) {
    return Ask(Audience::kStaff, false, method, path, text.empty() ? "" : "Bearer " + text);
  }

  booking::World world_;
  std::vector<StaffKey> keys;
  std::string reply;  // the last one

 private:
  std::map<Role, std::string> texts_;
  Telemetry telemetry_;
  Counters& counters_ = telemetry_.AddThread("public");
  booking::CommitPool pool_;
  StaffDesk desk_{4};
  EventStreams streams_{*world_.engine, 1'000};
  const Callers callers_{{}, 8, 8};
  AddressRates wrong_keys_{callers_, surge::RateLimit{3, 60'000}, surge::Cells::Salt{},
                           world_.clock};
};

}  // namespace creneau::http
