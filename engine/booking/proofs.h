// What is asked of those who arrive at a queue, where the agenda says so: a proof of work, or a
// pass (design 6). Never the only barrier: whom it lets in still waits his turn.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "booking/answers.h"
#include "env/entropy.h"
#include "surge/pass.h"
#include "surge/proof_of_work.h"
#include "surge/spent_proofs.h"

namespace creneau::booking {

class Proofs {
 public:
  // `mac`: passes outlive a start. Challenges do not: their key is made anew.
  Proofs(const KeyedHash::Key& mac, Entropy& entropy);
  Proofs(const Proofs&) = delete;
  Proofs& operator=(const Proofs&) = delete;

  // Somebody has asked for a ticket: what "by load" goes by.
  void NoteArrival(Instant now);
  // Whether somebody who arrives there now has to show something.
  bool IsShut(const AgendaInfo& agenda, Instant now) const;

  ChallengeText Challenge(const AgendaInfo& agenda, Instant now);
  // Uses the proof up.
  bool Accepts(const AgendaInfo& agenda, const ProofOfWork& proof, Instant now);

  surge::PassText Grant(const AgendaInfo& agenda, const Subject& subject, Instant expires) const;
  bool Accepts(const AgendaInfo& agenda, const Subject& subject, std::string_view pass,
               Instant now) const;

 private:
  static KeyedHash::Key KeyFrom(Entropy& entropy);
  static surge::Cells::Salt SaltFrom(Entropy& entropy);

  const KeyedHash mac_;
  Entropy& entropy_;
  const surge::ProofOfWork challenges_;
  surge::SpentProofs spent_;
  // The second, and how many came in it, in its lower 24 bits; and so many in the one before. Two
  // threads may lose each other's count at the turn of a second: relaxed, and near enough.
  std::atomic<uint64_t> this_second_{0};
  std::atomic<uint64_t> last_second_{0};
};

}  // namespace creneau::booking
