#include "booking/proofs.h"

#include <array>
#include <cstring>

#include "base/limits.h"

namespace creneau::booking {
namespace {

constexpr int kCountBits = 24;
constexpr uint64_t kCountMask = (uint64_t{1} << kCountBits) - 1;

uint64_t SecondOf(Instant now) { return static_cast<uint64_t>(now.ms / kMsPerSecond); }

}  // namespace

KeyedHash::Key Proofs::KeyFrom(Entropy& entropy) {
  KeyedHash::Key key;
  entropy.Fill(key);
  return key;
}

surge::Cells::Salt Proofs::SaltFrom(Entropy& entropy) {
  surge::Cells::Salt salt;
  entropy.Fill(salt);
  return salt;
}

Proofs::Proofs(const KeyedHash::Key& mac, Entropy& entropy)
    : mac_(mac),
      entropy_(entropy),
      challenges_(KeyFrom(entropy)),
      spent_(SaltFrom(entropy)),
      asks_(SaltFrom(entropy)) {}

void Proofs::NoteArrival(Instant now) {
  const uint64_t second = SecondOf(now);
  const uint64_t counted = this_second_.load(std::memory_order_relaxed);
  if (counted >> kCountBits == second) {
    this_second_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  last_second_.store(counted, std::memory_order_relaxed);
  this_second_.store(second << kCountBits | 1, std::memory_order_relaxed);
}

bool Proofs::IsShut(const AgendaInfo& agenda, Instant now) const {
  switch (agenda.rules.proof_of_work) {
    case rules::ProofDemand::kOff:
      return false;
    case rules::ProofDemand::kAlways:
      return true;
    case rules::ProofDemand::kLoad:
      break;
  }
  const uint64_t second = SecondOf(now);
  for (const std::atomic<uint64_t>* counter : {&this_second_, &last_second_}) {
    const uint64_t counted = counter->load(std::memory_order_relaxed);
    if (second - (counted >> kCountBits) <= 1 &&
        (counted & kCountMask) >= limits::kArrivalsForProof)
      return true;
  }
  return false;
}

ChallengeText Proofs::Challenge(const AgendaInfo& agenda, Instant now) {
  surge::ProofOfWork::Random random;
  entropy_.Fill(random);
  return challenges_.Make(agenda.rules.name, random,
                          now.ms / kMsPerSecond + limits::kProofLifetimeMaxS, limits::kProofNumber);
}

bool Proofs::Accepts(const AgendaInfo& agenda, const ProofOfWork& proof, Instant now) {
  return challenges_.Check(agenda.rules.name, proof, now) == surge::ProofVerdict::kOk &&
         spent_.Spend(proof, now);
}

surge::RateSketch::Verdict Proofs::Count(char kind, const Subject& subject, int64_t monotonic_ns,
                                         surge::RateLimit limit) {
  std::array<char, 1 + sizeof(Subject)> key{kind};
  std::memcpy(key.data() + 1, &subject, sizeof subject);
  return asks_.Take({key.data(), key.size()}, monotonic_ns / 1'000'000, limit);
}

bool Proofs::MayNotify(codec::NoticeKind kind, const Subject& subject, int64_t monotonic_ns) {
  return Count(kind == codec::NoticeKind::kRecovery ? 'r' : 'n', subject, monotonic_ns,
               {limits::kNoticesPerHolder, limits::kNoticesPeriodMs})
      .allowed;
}

std::optional<int64_t> Proofs::TooOften(const Subject& subject, int64_t monotonic_ns) {
  const surge::RateSketch::Verdict verdict =
      Count('s', subject, monotonic_ns, {limits::kAsksPerSubject, limits::kAsksPeriodMs});
  if (verdict.allowed) return std::nullopt;
  return (verdict.retry_after_ms + kMsPerSecond - 1) / kMsPerSecond;
}

surge::PassText Proofs::Grant(const AgendaInfo& agenda, const Subject& subject,
                              Instant expires) const {
  return surge::Grant(mac_, agenda.id, subject, expires);
}

bool Proofs::Accepts(const AgendaInfo& agenda, const Subject& subject, std::string_view pass,
                     Instant now) const {
  return surge::IsGranted(mac_, agenda.id, subject, pass, now);
}

}  // namespace creneau::booking
