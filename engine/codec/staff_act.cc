#include "codec/staff_act.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/limits.h"
#include "codec/event.h"
#include "codec/state_proto.h"
#include "rules/agenda.h"

namespace creneau::codec {
namespace {

constexpr size_t kAgendaChars = 64;  // rules::IsName
// Each field with its tag and length, numbers at their longest; and the tag and length of the
// whole.
static_assert(4 + 11 + 2 + (2 + limits::kStaffPersonChars) + (2 + limits::kStaffKeyIdChars) +
                  (2 + limits::kStaffWhatChars) + (2 + kAgendaChars) + 6 + 6 +
                  (2 + limits::kStaffReasonChars) <=
              kMaxEventBytes);

bool IsUser(std::string_view person) {
  constexpr std::string_view kUid = "uid:";
  constexpr size_t kMostDigits = 10;
  if (person.substr(0, kUid.size()) != kUid) return false;
  person.remove_prefix(kUid.size());
  return !person.empty() && person.size() <= kMostDigits &&
         std::all_of(person.begin(), person.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsRole(uint32_t bit) {
  return std::any_of(rules::kAllRoles.begin(), rules::kAllRoles.end(),
                     [bit](rules::Role role) { return static_cast<uint32_t>(role) == bit; });
}

}  // namespace

bool IsActReason(std::string_view text) {
  return text.empty() || (rules::IsName(text) && text.size() <= limits::kStaffReasonChars);
}

bool IsStaffAct(const StaffAct& act) {
  const bool by_key = !act.key.empty();
  if (by_key ? !rules::IsKeyId(act.key) || !rules::IsPersonName(act.person) : !IsUser(act.person))
    return false;
  return rules::IsName(act.what) && act.what.size() <= limits::kStaffWhatChars &&
         (act.agenda.empty() || rules::IsName(act.agenda)) && IsActReason(act.reason);
}

std::string EncodeStaffAct(const StaffAct& act) {
  CHECK(IsStaffAct(act));
  v1::Event message;
  v1::StaffAct& out = *message.mutable_staff_act();
  out.set_at(act.at.ms);
  out.set_role(static_cast<uint32_t>(act.role));
  out.set_person(act.person);
  out.set_key(act.key);
  out.set_what(act.what);
  out.set_agenda(act.agenda);
  if (act.reservation) {
    out.set_seat(act.reservation->seat.value);
    out.set_generation(act.reservation->generation.value);
  }
  out.set_reason(act.reason);
  return message.SerializeAsString();
}

absl::StatusOr<StaffAct> FromProto(const v1::StaffAct& in) {
  StaffAct out;
  out.at = Instant{in.at()};
  out.person = in.person();
  out.key = in.key();
  out.what = in.what();
  out.agenda = in.agenda();
  if (in.has_seat()) out.reservation = SeatRef{SeatId{in.seat()}, Generation{in.generation()}};
  out.reason = in.reason();
  if (!IsRole(in.role()) || !IsStaffAct(out))
    return absl::DataLossError("an act of nobody who could be of the staff");
  out.role = static_cast<rules::Role>(in.role());
  return out;
}

}  // namespace creneau::codec
