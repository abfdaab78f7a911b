// The peppers themselves, ready to hash with, and which agenda's applicants are hashed with which;
// and until when passes are good that rest on what they gave.
//
// Threads: Of with an Identities::Reading or Writing held, or the publishing lock, from any; Use
// and Drop with that lock and a Writing, or, of an agenda that nobody can find yet, without the
// latter. Put: the publisher's. Passes: any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>

#include "base/ids.h"
#include "base/instant.h"
#include "base/keyed_hash.h"
#include "base/limits.h"
#include "rules/identity.h"

namespace creneau::booking {

class Peppers {
 public:
  Peppers() = default;
  Peppers(const Peppers&) = delete;
  Peppers& operator=(const Peppers&) = delete;

  void Put(uint32_t epoch, const rules::Pepper& pepper) { hashes_.try_emplace(epoch, pepper); }
  void Use(AgendaId agenda, uint32_t epoch) { by_agenda_[agenda.value] = &hashes_.at(epoch); }
  // Nobody uses it any more. Wipes it.
  void Drop(uint32_t epoch) { hashes_.erase(epoch); }

  // With the publishing lock. Null: it is not there, or not any more.
  const KeyedHash* Find(uint32_t epoch) const {
    const auto at = hashes_.find(epoch);
    return at == hashes_.end() ? nullptr : &at->second;
  }
  const KeyedHash& Of(AgendaId agenda) const { return *by_agenda_[agenda.value]; }

  // A pass was given. What others gave before a start nobody knows: passes of any agenda may be
  // good until `known_from`.
  void NotePass(AgendaId agenda, Instant until) {
    std::atomic<int64_t>& latest = passes_until_[agenda.value];
    for (int64_t ms = latest.load(); ms < until.ms && !latest.compare_exchange_weak(ms, until.ms);)
      continue;
  }
  void PassesUnknownUntil(Instant known_from) { passes_known_from_ = known_from; }
  Instant PassesUntil(AgendaId agenda) const {
    return std::max(passes_known_from_, Instant{passes_until_[agenda.value].load()});
  }

 private:
  std::map<uint32_t, KeyedHash> hashes_;  // by epoch; they stay where they are
  std::array<const KeyedHash*, limits::kMaxAgendas> by_agenda_{};
  std::array<std::atomic<int64_t>, limits::kMaxAgendas> passes_until_{};
  Instant passes_known_from_;
};

}  // namespace creneau::booking
