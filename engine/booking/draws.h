// The draws of all agendas (design 5): their steps, who has entered, what they gave. The log has
// them in codec/draw.h's records; whoever changes something here does so and pushes its record with
// the lock, so that a snapshot has what is in the log before its position.
//
// Of an agenda's draws the latest limits::kDrawsKept are kept whole; of those before them it is
// kept that there were, so that no id is used twice.
//
// Threads: any, with a Lock, which is held for some microseconds and never while anybody waits.
// What takes longer is worked out without it, from what no longer changes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "booking/draw_files.h"
#include "codec/draw.h"

namespace creneau::booking {

struct SubjectHash {
  size_t operator()(const Subject& subject) const { return subject.lo ^ subject.hi; }
};

struct Draw {
  codec::DrawState state;
  std::vector<codec::DrawEntry> entries;  // in the order in which they came
  // Of each subject the entry that stands: its place.
  std::unordered_map<Subject, uint32_t, SubjectHash> of_subject;
  // Of each subject that has some, how many were withdrawn.
  std::unordered_map<Subject, uint32_t, SubjectHash> withdrawn_of;
  std::array<size_t, codec::kEntryStates> counts{};  // of entries, by state
  bool kept = true;                                  // else only the state is
  bool entries_fixed = false;                        // by the closing that is under way, or was
  std::shared_ptr<const DrawCommitted> committed;    // from the closing on
  std::shared_ptr<const DrawDrawn> drawn;            // once it is done
  // As the log has them, until they have been worked out.
  std::vector<rules::DrawSlot> told_slots;
  std::vector<uint32_t> told_given;
  uint32_t told_parts = 0;

  // Where the entry of that name stands; null: none of this draw.
  codec::DrawEntry* Find(uint64_t name);
  // Those that stand: what was committed to, once it is.
  size_t standing() const {
    return entries.size() - count(codec::EntryState::kWithdrawn) -
           count(codec::EntryState::kSamePerson);
  }
  size_t count(codec::EntryState which) const { return counts[static_cast<size_t>(which)]; }
};

class Draws {
 public:
  using Lock = std::unique_lock<std::mutex>;

  Draws() = default;
  Draws(const Draws&) = delete;
  Draws& operator=(const Draws&) = delete;

  Lock Take() const { return Lock(mutex_); }

  // With the lock, all that follow. Pointers are good until it is let go.
  Draw* Latest(AgendaId agenda);  // null: it never had one
  Draw* Of(AgendaId agenda, uint32_t number);
  Draw* OfId(AgendaId agenda, std::string_view id);
  const std::vector<std::unique_ptr<Draw>>* All(AgendaId agenda) const;  // null: none
  Draw* OfEntry(uint64_t name);
  // Of all that are kept.
  std::vector<std::pair<AgendaId, uint32_t>> Kept() const;
  size_t entries_kept() const { return entries_kept_; }
  // The highest name that an entry has, or may have had.
  uint64_t last_name() const { return last_name_; }

  // What the log says, or what is about to be pushed. `lsn`: of the record, where it is read.
  absl::Status Put(codec::DrawState state, Lsn lsn = {});
  absl::Status Put(const codec::DrawEntry& entry);
  absl::Status Put(const codec::DrawResult& result);

  // Without the lock: as events, whole.
  std::vector<std::string> Snapshot() const;

 private:
  void Forget(std::vector<std::unique_ptr<Draw>>& draws);

  mutable std::mutex mutex_;  // guards what follows
  std::map<AgendaId, std::vector<std::unique_ptr<Draw>>> draws_;
  size_t entries_kept_ = 0;
  uint64_t last_name_ = 0;
};

}  // namespace creneau::booking
