// Proof that a live ledger and its replay are the same, and that the invariants hold. For a quiet
// ledger.

#include <sodium.h>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/text.h"
#include "ledger/ledger.h"

namespace creneau::ledger {
namespace {

// BLAKE2b over 64-bit words.
class Hasher {
 public:
  Hasher() { CHECK(crypto_generichash_init(&state_, nullptr, 0, 32) == 0); }
  template <typename... Words>
  void Add(Words... words) {
    const uint64_t bytes[] = {static_cast<uint64_t>(words)...};
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(bytes), sizeof bytes);
  }
  std::string Finish() {
    std::array<uint8_t, 32> out;
    crypto_generichash_final(&state_, out.data(), out.size());
    return Hex(out);
  }

 private:
  crypto_generichash_state state_;
};

}  // namespace

std::string Ledger::Digest() {
  const Epochs::Guard guard(epochs_);
  Hasher hasher;
  for (uint32_t s = 0; s < slots_made_.load(); ++s) {
    const Slot& slot = slots_[s];
    hasher.Add(slot.agenda.value, slot.start.value, StartOf(slot).ms, slot.minutes.load(),
               slot.seats_made.load());
    for (const Atomic<uint64_t>& free : slot.free) hasher.Add(free.load());
    for (uint32_t number = 0; number < slot.seats_made.load(); ++number) {
      const SeatId seat = SeatAt(slot, number);
      SeatWord word = WordOf(seat);
      // A claim that came to nothing has raised it, and left nothing in the log.
      if (IsNobodys(word.state())) word = word.RaisedTo(first_generation_);
      const SeatImage image = ImageOf(seat, word);
      hasher.Add(seat.value, word.bits(), image.subject.lo, image.subject.hi, image.idempotency);
      if (!IsReserved(word.state())) continue;
      hasher.Add(index_.Get(IndexKey::Of(image.subject)).bits());
      if (word.moves() > 0) {
        const IndexValue origin(cold_[seat.value].origin.load());
        hasher.Add(origin.bits(), index_.Get(IndexKey::OfName(origin.ref())).bits());
      }
    }
  }
  for (size_t a = 0; a < agendas_.size(); ++a) {
    const Calendar* calendar = agendas_[a].calendar.load();
    if (calendar == nullptr) continue;
    hasher.Add(a, calendar->version(), calendar->entries().size());
    for (const CalendarEntry& entry : calendar->entries()) {
      hasher.Add(entry.slot.value, entry.minutes, entry.listed);
      for (const uint8_t seats : entry.seats) hasher.Add(seats);
      if (entry.shifted != decltype(entry.shifted){}) {
        for (const int8_t seats : entry.shifted) hasher.Add(seats);
      }
    }
  }
  hasher.Add(live_holds());
  return hasher.Finish();
}

absl::Status Ledger::CheckSeat(SeatId seat, const Slot& slot, uint32_t number) {
  const SeatWord word = WordOf(seat);
  const auto wrong = [&](const char* what) {
    return absl::InternalError(
        absl::StrFormat("seat %d (slot %s, number %d, %s, generation %d): %s", seat.value,
                        FormatLocalMinute(slot.start), number,
                        std::string(SeatStateName(word.state())), word.generation().value, what));
  };
  if (word.pending()) return wrong("has a pending mark in a quiet ledger");
  if (IsClaim(word.state()) || word.state() == SeatState::kMoving) return wrong("is half taken");
  for (const Channel channel : kAllChannels) {
    const bool set = (slot.free[static_cast<size_t>(channel)].load() >> number & 1) != 0;
    const bool should = word.state() == SeatState::kFree && word.channel() == channel;
    if (set != should) return wrong("free word and seat word disagree");
  }
  if (!IsReserved(word.state())) return absl::OkStatus();
  const IndexValue mine(SeatRef{seat, word.generation()});
  if (index_.Get(IndexKey::Of(ImageOf(seat, word).subject)) != mine)
    return wrong("is not what its subject's entry says");
  if (word.moves() > 0) {
    const IndexValue origin(cold_[seat.value].origin.load());
    if (index_.Get(IndexKey::OfName(origin.ref())) != mine)
      return wrong("is not found by its reservation's name");
  }
  return absl::OkStatus();
}

absl::Status Ledger::CheckInvariants() {
  const Epochs::Guard guard(epochs_);
  int64_t holds = 0;
  for (uint32_t s = 0; s < slots_made_.load(); ++s) {
    const Slot& slot = slots_[s];
    for (uint32_t number = 0; number < slot.seats_made.load(); ++number) {
      const SeatId seat = SeatAt(slot, number);
      const absl::Status status = CheckSeat(seat, slot, number);
      if (!status.ok()) return status;
      if (WordOf(seat).state() == SeatState::kHeld) ++holds;
    }
  }
  if (static_cast<uint64_t>(holds) != live_holds()) {
    return absl::InternalError(
        absl::StrFormat("%d seats are held, but %d live holds counted", holds, live_holds()));
  }
  return absl::OkStatus();
}

}  // namespace creneau::ledger
