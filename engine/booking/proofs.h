// What stands before those who ask much: where the agenda says so, a proof of work or a pass from
// those who arrive at a queue (design 6), never the only barrier, since whom it lets in still waits
// his turn; and a limit on how often one person asks.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "booking/answers.h"
#include "codec/identity_acts.h"
#include "env/entropy.h"
#include "surge/pass.h"
#include "surge/proof_of_work.h"
#include "surge/rate_sketch.h"
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

  // Counts one more question of that subject's. Nothing, or in how many seconds the next one is
  // answered.
  std::optional<int64_t> TooOften(const Subject& subject, int64_t monotonic_ns);

  // Counts one more notice of that kind to that subject. False: it has had enough of them. Each
  // kind by itself: whoever tries to book in somebody's name does not keep him from finding his way
  // back.
  bool MayNotify(codec::NoticeKind kind, const Subject& subject, int64_t monotonic_ns);

  surge::PassText Grant(const AgendaInfo& agenda, const Subject& subject, Instant expires) const;
  bool Accepts(const AgendaInfo& agenda, const Subject& subject, std::string_view pass,
               Instant now) const;

 private:
  surge::RateSketch::Verdict Count(char kind, const Subject& subject, int64_t monotonic_ns,
                                   surge::RateLimit limit);
  static KeyedHash::Key KeyFrom(Entropy& entropy);
  static surge::Cells::Salt SaltFrom(Entropy& entropy);

  const KeyedHash mac_;
  Entropy& entropy_;
  const surge::ProofOfWork challenges_;
  surge::SpentProofs spent_;
  surge::RateSketch asks_;
  // The second, and how many came in it, in its lower 24 bits; and so many in the one before. Two
  // threads may lose each other's count at the turn of a second: relaxed, and near enough.
  std::atomic<uint64_t> this_second_{0};
  std::atomic<uint64_t> last_second_{0};
};

}  // namespace creneau::booking
