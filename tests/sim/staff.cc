#include "tests/sim/staff.h"

#include "booking/staff_keys.h"

namespace creneau::sim {
namespace {

using rules::Role;

constexpr Instant kMade{1796029200000};  // when lives begin
constexpr int64_t kActStandsMs = int64_t{300} * kMsPerDay;

template <typename... Roles>
constexpr unsigned Of(Roles... roles) {
  return (static_cast<unsigned>(roles) | ...);
}

booking::BearerSecret SecretOf(size_t number) {
  booking::BearerSecret secret{};
  secret.fill(static_cast<uint8_t>(7 * number + 1));
  return secret;
}

}  // namespace

const std::vector<Staff>& AllStaff() {
  static const std::vector<Staff> kStaff = [] {
    std::vector<Staff> staff = {
        {"a.martin", Role::kAgent},
        {"a.martin", Role::kAgent},  // her other key
        {"b.petit", Role::kAgent},
        {"c.diallo", Role::kAgent, "sim/"},
        {"d.lambert", Role::kHelper},
        {"e.simon", Role::kAuditor},
        {"f.roche", Role::kOperator},
        {"portail", Role::kSite},
        {"b.petit", Role::kAgent, "", false},
    };
    for (size_t i = 0; i < staff.size(); ++i) {
      staff[i].id = "STAFF00" + std::to_string(i);
      staff[i].bearer = booking::WriteBearer(staff[i].id, SecretOf(i));
    }
    return staff;
  }();
  return kStaff;
}

const Staff& ThirdAgent() {
  static const Staff kThird = [] {
    const size_t number = AllStaff().size();
    Staff third{"g.moreau", Role::kAgent, "sim-shares/", true, "STAFF00" + std::to_string(number)};
    third.bearer = booking::WriteBearer(third.id, SecretOf(number));
    return third;
  }();
  return kThird;
}

std::string StaffFile() {
  std::vector<booking::StaffKey> keys;
  for (size_t i = 0; i <= AllStaff().size(); ++i) {
    const Staff& one = i < AllStaff().size() ? AllStaff()[i] : ThirdAgent();
    booking::StaffKey& key = keys.emplace_back();
    key.id = one.id;
    key.role = one.role;
    key.person = one.person;
    if (!one.agenda.empty()) key.agendas.push_back(one.agenda.substr(0, one.agenda.size() - 1));
    key.created = kMade;
    key.expires = kMade + kActStandsMs;
    if (!one.stands) key.revoked = kMade;
    key.hash = booking::HashOf(SecretOf(i));
  }
  return booking::WriteStaffKeys(keys);
}

const std::vector<StaffRoute>& StaffRoutes() {
  static const std::vector<StaffRoute> kRoutes = {
      {"POST", "/v1/agendas/{}/lookup", Of(Role::kAgent, Role::kHelper)},
      {"POST", "/v1/agendas/{}/links", Of(Role::kAgent)},
      {"POST", "/v1/agendas/{}/passes", Of(Role::kAgent, Role::kSite, Role::kOperator)},
      {"POST", "/v1/reservations/{}/corrections", Of(Role::kAgent)},
      {"POST", "/v1/reservations/{}/repairs", Of(Role::kAgent)},
      {"POST", "/v1/acts/{}/approve", Of(Role::kAgent)},
      {"DELETE", "/v1/acts/{}", Of(Role::kAgent)},
      {"GET", "/v1/acts", Of(Role::kAgent)},
      {"GET", "/v1/snapshots", Of(Role::kOperator, Role::kAuditor)},
      {"POST", "/v1/snapshots", Of(Role::kOperator)},
      {"POST", "/v1/agendas/{}/pause", Of(Role::kOperator)},
  };
  return kRoutes;
}

}  // namespace creneau::sim
