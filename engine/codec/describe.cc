// Records for people and for programs that read the log without this one.

#include "codec/describe.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/text.h"
#include "codec/draw_proto.h"
#include "codec/event.h"
#include "codec/service_describe.h"

namespace creneau::codec {
namespace {

using ledger::SeatImage;
using ledger::SeatState;

bool HasHolder(const SeatImage& image) {
  return !ledger::IsNobodys(image.word.state()) && image.word.state() != SeatState::kWithdrawn;
}

std::string Line(const SeatImage& image) {
  const ledger::SeatWord word = image.word;
  std::string out = absl::StrFormat("seat %d %s %s generation %d step %d", image.seat.value,
                                    std::string(ChannelName(word.channel())),
                                    std::string(SeatStateName(word.state())),
                                    word.generation().value, word.step());
  if (HasHolder(image)) absl::StrAppendFormat(&out, " subject %s", SubjectTag(image.subject));
  if (ledger::HasDeadline(word.state())) {
    absl::StrAppendFormat(&out, " until %s", Utc(ledger::InstantOfDeadline(word.deadline_s())));
  }
  if (word.extended()) out += " extended";
  if (word.last()) out += " last";
  return out;
}

std::string Json(const SeatImage& image) {
  const ledger::SeatWord word = image.word;
  std::string out = absl::StrFormat(
      R"({"seat":%d,"channel":"%s","state":"%s","generation":%d,"step":%d,"moves":%d,"extended":%s,"last":%s)",
      image.seat.value, std::string(ChannelName(word.channel())),
      std::string(SeatStateName(word.state())), word.generation().value, word.step(), word.moves(),
      word.extended() ? "true" : "false", word.last() ? "true" : "false");
  if (ledger::HasDeadline(word.state())) {
    absl::StrAppendFormat(&out, R"(,"until":"%s")",
                          Utc(ledger::InstantOfDeadline(word.deadline_s())));
  }
  if (HasHolder(image)) {
    absl::StrAppendFormat(&out, R"(,"subject":"%016x%016x")", image.subject.hi, image.subject.lo);
  }
  return out + "}";
}

std::string Describe(const ledger::Event& event, bool json) {
  if (!event.is_move) {
    return json ? absl::StrFormat(R"({"event":"seat-changed","seat":%s})", Json(event.seat))
                : Line(event.seat);
  }
  if (json) {
    return absl::StrFormat(
        R"({"event":"seat-moved","to":%s,"from":%s,"origin":{"seat":%d,"generation":%d}})",
        Json(event.seat), Json(event.from), event.origin.seat.value, event.origin.generation.value);
  }
  return absl::StrFormat("moved: %s; from %s", Line(event.seat), Line(event.from));
}

std::string Describe(const ledger::PartyHeld& party, bool json) {
  std::string out = json ? R"({"event":"party-held","seats":[)" : "party: ";
  for (size_t i = 0; i < party.count; ++i) {
    if (i > 0) out += json ? "," : "; ";
    out += json ? Json(party.seats[i]) : Line(party.seats[i]);
  }
  return json ? out + "]}" : out;
}

std::string Describe(const CalendarPart& part, bool json) {
  const auto& slots = part.change.slots;
  int fresh = 0;
  for (const ledger::SlotChange& slot : slots) {
    for (const uint8_t seats : slot.fresh) fresh += seats;
  }
  const std::string name = part.rules ? Quotable(part.rules->name) : "";
  if (json) {
    return absl::StrFormat(
        R"({"event":"calendar","agenda":%d,"name":"%s","version":%d,"part":%d,"parts":%d,"slots":%d,"fresh_seats":%d})",
        part.change.agenda.value, name, part.change.version, part.part, part.parts, slots.size(),
        fresh);
  }
  std::string out =
      absl::StrFormat("calendar of agenda %d%s version %d, part %d of %d: %d slots, %d seats made",
                      part.change.agenda.value, name.empty() ? "" : " (" + name + ")",
                      part.change.version, part.part + 1, part.parts, slots.size(), fresh);
  if (!slots.empty()) {
    absl::StrAppendFormat(&out, ", %s to %s", FormatLocalMinute(slots.front().start),
                          FormatLocalMinute(slots.back().start));
  }
  return out;
}

std::string Describe(const Outage& outage, bool json) {
  const std::string since = Utc(outage.since);
  if (json) {
    return absl::StrFormat(R"({"event":"outage","since":"%s","settled":%s})", since,
                           outage.settled ? "true" : "false");
  }
  return outage.settled
             ? absl::StrFormat("outage since %s: every live hold has got its time", since)
             : absl::StrFormat("outage since %s: live holds are owed the time", since);
}

std::string Describe(const OpeningState& opening, bool json) {
  const CivilDate day = CivilFromDays(opening.day);
  const std::string opened = opening.opened_at ? Utc(*opening.opened_at) : "";
  const std::string closes = opening.closes_at ? Utc(*opening.closes_at) : "";
  const std::string k = opening.opened_at ? Hex(opening.k) : "";
  if (json) {
    return absl::StrFormat(
        R"({"event":"opening","agenda":%d,"opening":"%s","opened_at":"%s","closes_at":"%s","k":"%s","lapsed_rank":"%d","served_rank":"%d","gathered":%d,"late":%d,"served":%d,"rate_cap_per_min":%d,"paused":%s,"draining":%s,"beacon":"%s","without_beacon":%s})",
        opening.agenda.value, FormatDate(day), opened, closes, k, opening.lapsed_rank,
        opening.served_rank, opening.gathered, opening.late, opening.served,
        opening.rate_cap_per_min, opening.paused ? "true" : "false",
        opening.draining ? "true" : "false", opening.beacon,
        opening.without_beacon ? "true" : "false");
  }
  std::string out =
      absl::StrFormat("opening %s of agenda %d", FormatDate(day), opening.agenda.value);
  if (opening.opened_at) {
    absl::StrAppendFormat(&out, " began %s, K %s; %d gathered, %d later, %d served up to rank %d",
                          opened, k, opening.gathered, opening.late, opening.served,
                          opening.served_rank);
  }
  if (opening.closes_at) absl::StrAppendFormat(&out, ", closes %s", closes);
  if (opening.rate_cap_per_min > 0)
    absl::StrAppendFormat(&out, ", at most %d a minute", opening.rate_cap_per_min);
  if (opening.paused) out += ", paused";
  if (opening.draining) out += ", draining";
  if (!opening.beacon.empty()) out += ", its beacon gave " + opening.beacon;
  if (opening.without_beacon) out += ", without its beacon";
  return out;
}

std::string Describe(const TurnLapsed& turn, bool json) {
  const std::string day = FormatDate(CivilFromDays(turn.day));
  if (json) {
    return absl::StrFormat(
        R"({"event":"turn-lapsed","agenda":%d,"opening":"%s","subject":"%016x%016x","times":%d})",
        turn.agenda.value, day, turn.subject.hi, turn.subject.lo, turn.times);
  }
  return absl::StrFormat("opening %s of agenda %d: subject %s has let %d holds go", day,
                         turn.agenda.value, SubjectTag(turn.subject), turn.times);
}

std::string Describe(const Probe& probe, bool json) {
  return json ? absl::StrFormat(R"({"event":"probe","at":"%s"})", Utc(probe.at))
              : "the log was written to see how long that takes";
}

std::string Describe(const LossAccepted& loss, bool json) {
  const std::optional<LossAccepted::Known>& known = loss.newest;
  const uint64_t records =
      known && known->lsn > loss.after ? known->lsn.value - loss.after.value : 0;
  if (json) {
    std::string out = absl::StrFormat(
        R"({"event":"loss-accepted","accepted_at":"%s","after":"%d","after_batch":%d,"since":"%s","era":%d,"first_generation":%d,"agendas":%d)",
        Utc(loss.at), loss.after.value, loss.after_batch, Utc(loss.after_written_at), loss.era,
        loss.first_generation.value, loss.agendas);
    if (known) {
      absl::StrAppendFormat(
          &out,
          R"(,"newest_known":{"lsn":"%d","batch":%d,"epoch":%d,"at":"%s","chain":"%s"},"records_at_least":%d)",
          known->lsn.value, known->batch, known->epoch, Utc(known->at), Hex(known->chain), records);
    }
    return out + "}";
  }
  std::string out =
      absl::StrFormat("lost, and accepted %s: what came after position %d, written %s",
                      Utc(loss.at), loss.after.value, Utc(loss.after_written_at));
  if (!known) return out + "; nobody knows how much that was";
  absl::StrAppendFormat(&out, "; at least %d records, up to position %d of %s", records,
                        known->lsn.value, Utc(known->at));
  return out;
}

std::string Describe(const RosterPart& part, bool json) {
  if (json) {
    return absl::StrFormat(
        R"({"event":"roster","agenda":%d,"version":%d,"part":%d,"parts":%d,"adds":%s,"subjects":%d})",
        part.agenda.value, part.version, part.part, part.parts, part.adds ? "true" : "false",
        part.subjects.size());
  }
  return absl::StrFormat("roster of agenda %d version %d, part %d of %d: %d subjects%s",
                         part.agenda.value, part.version, part.part + 1, part.parts,
                         part.subjects.size(), part.adds ? " more" : "");
}

std::string Describe(const StaffAct& act, bool json) {
  const std::string role(rules::RoleName(act.role));
  if (json) {
    std::string out = absl::StrFormat(
        R"({"event":"staff-act","at":"%s","role":"%s","person":"%s","key":"%s","what":"%s","agenda":"%s")",
        Utc(act.at), role, act.person, act.key, act.what, act.agenda);
    if (act.reservation) {
      absl::StrAppendFormat(&out, R"(,"seat":%d,"generation":%d)", act.reservation->seat.value,
                            act.reservation->generation.value);
    }
    return out + absl::StrFormat(R"(,"reason":"%s"})", act.reason);
  }
  std::string out =
      absl::StrFormat("%s %s (%s) %s: %s", role, act.person,
                      act.key.empty() ? "admin socket" : "key " + act.key, Utc(act.at), act.what);
  if (!act.agenda.empty()) out += " in " + act.agenda;
  if (act.reservation) {
    absl::StrAppendFormat(&out, ", seat %d generation %d", act.reservation->seat.value,
                          act.reservation->generation.value);
  }
  if (!act.reason.empty()) out += ", reason " + act.reason;
  return out;
}

}  // namespace

std::string Utc(Instant instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(instant.ms),
                          absl::UTCTimeZone());
}

std::string SubjectTag(const Subject& subject) {
  return absl::StrFormat("%08x", static_cast<uint32_t>(subject.hi >> 32));
}

std::string Printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

std::string Quotable(std::string_view text) {
  std::string out = Printable(text);
  std::replace(out.begin(), out.end(), '"', '?');
  std::replace(out.begin(), out.end(), '\\', '?');
  return out;
}

std::string DescribeRecord(std::string_view record, bool json) {
  const absl::StatusOr<Record> decoded = DecodeRecord(record);
  if (!decoded.ok()) {
    return json ? R"({"event":"unknown"})" : Printable(std::string(decoded.status().message()));
  }
  return std::visit([json](const auto& what) { return Describe(what, json); }, *decoded);
}

}  // namespace creneau::codec
