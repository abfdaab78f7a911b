#include "codec/state.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"
#include "codec/day.h"
#include "codec/state_proto.h"
#include "rules/beacon.h"

namespace creneau::codec {
namespace {

constexpr size_t kSubjectBytes = 16;
static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(Subject) == kSubjectBytes && offsetof(Subject, lo) == 0);
// A part stays well below what a record may have.
constexpr size_t kSubjectsPerPart = 12'000;
static_assert(kSubjectsPerPart * kSubjectBytes + 1024 < limits::kMaxRecordBytes);

std::optional<Instant> MaybeInstant(int64_t ms) {
  return ms == 0 ? std::nullopt : std::optional(Instant{ms});
}

}  // namespace

std::string EncodeOpening(const OpeningState& opening) {
  v1::Event message;
  v1::OpeningChanged& out = *message.mutable_opening_changed();
  out.set_agenda(opening.agenda.value);
  out.set_day(opening.day);
  if (opening.opened_at) {
    out.set_opened_at(opening.opened_at->ms);
    out.set_k(std::string(opening.k.begin(), opening.k.end()));
  }
  if (opening.closes_at) out.set_closes_at(opening.closes_at->ms);
  out.set_lapsed_rank(opening.lapsed_rank);
  out.set_served_rank(opening.served_rank);
  out.set_gathered(opening.gathered);
  out.set_late(opening.late);
  out.set_served(opening.served);
  out.set_rate_cap_per_min(opening.rate_cap_per_min);
  out.set_paused(opening.paused);
  out.set_draining(opening.draining);
  if (!opening.beacon.empty()) out.set_beacon(opening.beacon);
  out.set_without_beacon(opening.without_beacon);
  return message.SerializeAsString();
}

std::string EncodeTurn(const TurnLapsed& turn) {
  v1::Event message;
  v1::TurnLapsed& out = *message.mutable_turn_lapsed();
  out.set_agenda(turn.agenda.value);
  out.set_day(turn.day);
  out.set_subject_lo(turn.subject.lo);
  out.set_subject_hi(turn.subject.hi);
  out.set_times(turn.times);
  out.set_seat(turn.latest.seat.value);
  out.set_generation(turn.latest.generation.value);
  return message.SerializeAsString();
}

std::string EncodeProbe(const Probe& probe) {
  v1::Event message;
  message.mutable_probe()->set_at(probe.at.ms);
  return message.SerializeAsString();
}

std::vector<std::string> EncodeRoster(AgendaId agenda, uint32_t version, bool adds,
                                      const std::vector<Subject>& subjects) {
  const size_t parts =
      std::max<size_t>(1, (subjects.size() + kSubjectsPerPart - 1) / kSubjectsPerPart);
  std::vector<std::string> records;
  for (size_t part = 0; part < parts; ++part) {
    v1::Event message;
    v1::RosterPart& out = *message.mutable_roster_part();
    out.set_agenda(agenda.value);
    out.set_version(version);
    out.set_part(static_cast<uint32_t>(part));
    out.set_parts(static_cast<uint32_t>(parts));
    out.set_adds(adds);
    const size_t from = part * kSubjectsPerPart;
    const size_t count = std::min(kSubjectsPerPart, subjects.size() - from);
    out.set_subjects(subjects.data() + from, count * kSubjectBytes);
    records.push_back(message.SerializeAsString());
    CHECK(records.back().size() <= limits::kMaxRecordBytes);
  }
  return records;
}

absl::StatusOr<OpeningState> FromProto(const v1::OpeningChanged& in) {
  OpeningState out;
  out.agenda = AgendaId{in.agenda()};
  out.day = in.day();
  out.opened_at = MaybeInstant(in.opened_at());
  out.closes_at = MaybeInstant(in.closes_at());
  out.lapsed_rank = in.lapsed_rank();
  out.served_rank = in.served_rank();
  out.gathered = in.gathered();
  out.late = in.late();
  out.served = in.served();
  out.rate_cap_per_min = in.rate_cap_per_min();
  out.paused = in.paused();
  out.draining = in.draining();
  out.beacon = in.beacon();
  out.without_beacon = in.without_beacon();
  if (!IsDay(out.day) || in.k().size() != (out.opened_at ? out.k.size() : 0) ||
      out.lapsed_rank > out.served_rank ||
      (!out.beacon.empty() && !rules::IsBeaconValue(out.beacon)))
    return absl::DataLossError("an opening whose day, K, ranks or beacon are none");
  std::copy(in.k().begin(), in.k().end(), out.k.begin());
  return out;
}

absl::StatusOr<TurnLapsed> FromProto(const v1::TurnLapsed& in) {
  if (!IsDay(in.day())) return absl::DataLossError("a turn in an opening of no day");
  return TurnLapsed{AgendaId{in.agenda()}, in.day(), Subject{in.subject_lo(), in.subject_hi()},
                    in.times(), SeatRef{SeatId{in.seat()}, Generation{in.generation()}}};
}

absl::StatusOr<RosterPart> FromProto(const v1::RosterPart& in) {
  RosterPart out;
  out.agenda = AgendaId{in.agenda()};
  out.version = in.version();
  out.part = in.part();
  out.parts = in.parts();
  out.adds = in.adds();
  if (in.subjects().size() % kSubjectBytes != 0 || in.part() >= in.parts())
    return absl::DataLossError("a part of a roster that is none");
  out.subjects.resize(in.subjects().size() / kSubjectBytes);
  std::memcpy(out.subjects.data(), in.subjects().data(), in.subjects().size());
  return out;
}

}  // namespace creneau::codec
