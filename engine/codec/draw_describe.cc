// Draws for people (one line) or programs (one JSON object), as DescribeRecord tells them.
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "codec/describe.h"
#include "codec/draw_proto.h"

namespace creneau::codec {
namespace {

constexpr const char* kStates[kEntryStates] = {"entered", "withdrawn", "declined",   "offered",
                                               "taken",   "passed",    "same-person"};

}  // namespace

std::string Describe(const DrawState& state, bool json) {
  const std::string step(DrawStepName(state.step));
  if (!json) {
    std::string out =
        absl::StrFormat("agenda %d, draw %s: %s", state.agenda.value, state.rules.id, step);
    if (state.step >= DrawStep::kClosed && state.closed_at.ms != 0) {
      absl::StrAppendFormat(&out, ", %d entries, root %s", state.entries, Hex(state.root));
    }
    if (state.step == DrawStep::kSeeded || state.step == DrawStep::kDone)
      absl::StrAppendFormat(&out, ", value %s, seed %s", Printable(state.value), Hex(state.seed));
    return out;
  }
  return absl::StrFormat(
      R"({"event":"draw-changed","agenda":%d,"draw":"%s","step":"%s","entries":%d,"root":"%s",)"
      R"("value":"%s","seed":"%s","seats":"%s","allocation":"%s","surprise_tags":"%s",)"
      R"("surprise_entries":"%s","crowded":%d,"announced_at":"%s"})",
      state.agenda.value, state.rules.id, step, state.entries, Hex(state.root),
      Quotable(state.value), Hex(state.seed), Hex(state.seats), Hex(state.allocation),
      Quotable(state.surprise_tags), Quotable(state.surprise_entries), state.crowded,
      Utc(state.announced_at));
}

std::string Describe(const DrawEntry& entry, bool json) {
  const char* const state = kStates[static_cast<size_t>(entry.state)];
  if (!json) {
    return absl::StrFormat("agenda %d, draw %d, entry %d of subject %s: %s, takes %s",
                           entry.agenda.value, entry.draw, entry.number, SubjectTag(entry.subject),
                           state, entry.wishes);
  }
  std::string out = absl::StrFormat(
      R"({"event":"draw-entry","agenda":%d,"draw":%d,"entry":%d,"subject":"%016x%016x","at":"%s",)"
      R"("wishes":"%s","state":"%s")",
      entry.agenda.value, entry.draw, entry.number, entry.subject.hi, entry.subject.lo,
      Utc(entry.at), entry.wishes, state);
  if (entry.offer) {
    absl::StrAppendFormat(&out, R"(,"offer":{"seat":%d,"generation":%d})", entry.offer->seat.value,
                          entry.offer->generation.value);
  }
  return out + "}";
}

std::string Describe(const DrawResult& result, bool json) {
  size_t given = 0;
  for (const uint32_t slot : result.given) given += slot != rules::kNoSlot;
  uint64_t seats = 0;
  for (const rules::DrawSlot& slot : result.slots) seats += slot.seats;
  if (json) {
    return absl::StrFormat(
        R"({"event":"draw-result","agenda":%d,"draw":%d,"part":%d,"parts":%d,"slots":%d,)"
        R"("seats":%d,"entries":%d,"given":%d})",
        result.agenda.value, result.draw, result.part, result.parts, result.slots.size(), seats,
        result.given.size(), given);
  }
  return absl::StrFormat("agenda %d, draw %d, result (part %d of %d): %d of %d entries get a seat",
                         result.agenda.value, result.draw, result.part + 1, result.parts, given,
                         result.given.size());
}

}  // namespace creneau::codec
