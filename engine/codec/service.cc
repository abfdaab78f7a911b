#include "codec/service.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "codec/service_proto.h"

namespace creneau::codec {
namespace {

// Whatever is longer, or of other characters, is no name of ours, and would have to be escaped.
constexpr size_t kLongestName = 40;

bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

std::optional<Instant> MaybeInstant(int64_t ms) {
  return ms == 0 ? std::nullopt : std::optional(Instant{ms});
}

template <typename Repeated>
void Put(const std::vector<NamedCount>& counts, Repeated* out) {
  for (const NamedCount& count : counts) {
    v1::NamedCount* const one = out->Add();
    one->set_name(count.name);
    one->set_count(count.count);
  }
}

// False: one of them has no name, or counts nothing.
template <typename Repeated>
bool Get(const Repeated& in, std::vector<NamedCount>* out) {
  for (const v1::NamedCount& count : in) {
    if (!IsWord(count.name()) || count.count() == 0) return false;
    out->push_back({count.name(), count.count()});
  }
  return true;
}

char* PutVarint(char* at, int field, uint64_t value) {
  if (value == 0) return at;
  *at++ = static_cast<char>(field << 3);
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

}  // namespace

std::string EncodeService(const ServiceMinute& minute) {
  v1::Event message;
  v1::ServiceMinute& out = *message.mutable_service_minute();
  out.set_from(minute.from.ms);
  out.set_until(minute.until.ms);
  out.set_quiet_since(minute.quiet_since.ms);
  Put(minute.shed, out.mutable_shed());
  out.set_over_rate(minute.over_rate);
  out.set_turned_away(minute.turned_away);
  out.set_stalled_ms(minute.stalled_ms);
  if (minute.down_since) out.set_down_since(minute.down_since->ms);
  if (minute.unknown_since) out.set_unknown_since(minute.unknown_since->ms);
  for (const AgendaMinute& agenda : minute.agendas) {
    v1::AgendaMinute& one = *out.add_agendas();
    one.set_agenda(agenda.agenda.value);
    one.set_phase(agenda.phase);
    one.set_paused(agenda.paused);
    for (const uint32_t free : agenda.free) one.add_free(free);
    one.set_waiting(agenda.waiting);
    Put(agenda.refused, one.mutable_refused());
  }
  std::string record = message.SerializeAsString();
  CHECK(record.size() <= limits::kMaxRecordBytes);
  return record;
}

bool MayBeService(std::string_view record) {
  constexpr unsigned kTag = v1::Event::kServiceMinuteFieldNumber << 3 | 2;
  return record.size() > 2 && record[0] == static_cast<char>((kTag & 0x7f) | 0x80) &&
         record[1] == static_cast<char>(kTag >> 7);
}

absl::StatusOr<ServiceMinute> FromProto(const v1::ServiceMinute& in) {
  const absl::Status none = absl::DataLossError("a service record that is none");
  ServiceMinute out;
  out.from = Instant{in.from()};
  out.until = Instant{in.until()};
  out.quiet_since = Instant{in.quiet_since()};
  out.over_rate = in.over_rate();
  out.turned_away = in.turned_away();
  out.stalled_ms = in.stalled_ms();
  out.down_since = MaybeInstant(in.down_since());
  out.unknown_since = MaybeInstant(in.unknown_since());
  if (out.until < out.from || out.from < out.quiet_since || out.stalled_ms < 0 ||
      !Get(in.shed(), &out.shed))
    return none;
  for (const v1::AgendaMinute& agenda : in.agendas()) {
    AgendaMinute one;
    one.agenda = AgendaId{agenda.agenda()};
    one.phase = agenda.phase();
    one.paused = agenda.paused();
    one.waiting = agenda.waiting();
    if (!IsWord(one.phase) || agenda.free_size() != static_cast<int>(kChannels) ||
        !Get(agenda.refused(), &one.refused))
      return none;
    std::copy(agenda.free().begin(), agenda.free().end(), one.free.begin());
    out.agendas.push_back(std::move(one));
  }
  return out;
}

size_t EncodeTotals(const ChannelTotals& totals, std::span<char> out) {
  CHECK(out.size() >= kMaxTotalsBytes);
  constexpr int kField = v1::Event::kChannelTotalsFieldNumber;
  static_assert(kField >= 16 && kField < 2048);  // its tag has two bytes
  constexpr unsigned kTag = kField << 3 | 2;
  out[0] = static_cast<char>((kTag & 0x7f) | 0x80);
  out[1] = static_cast<char>(kTag >> 7);
  char* const begin = &out[3];
  char* at = PutVarint(begin, v1::ChannelTotals::kAgendaFieldNumber, totals.agenda.value);
  at = PutVarint(at, v1::ChannelTotals::kChannelFieldNumber, static_cast<uint64_t>(totals.channel));
  at = PutVarint(at, v1::ChannelTotals::kCancelledFieldNumber, totals.cancelled);
  out[2] = static_cast<char>(at - begin);
  return static_cast<size_t>(at - out.data());
}

absl::StatusOr<ChannelTotals> FromProto(const v1::ChannelTotals& in) {
  if (in.channel() >= kChannels) return absl::DataLossError("counts of a channel that is none");
  return ChannelTotals{AgendaId{in.agenda()}, static_cast<Channel>(in.channel()), in.cancelled()};
}

}  // namespace creneau::codec
