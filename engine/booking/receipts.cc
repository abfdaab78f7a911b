#include "booking/receipts.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::booking {
namespace {

static_assert(rules::kIdentityFields <= 8, "an attempt has a bit for each");
static_assert(rules::kIdentityFields <= limits::kReceiptFields);

proof::AttemptPhase NumberOf(Phase phase) {
  switch (phase) {
    case Phase::kClosed:
      return proof::AttemptPhase::kClosed;
    case Phase::kGathering:
      return proof::AttemptPhase::kGathering;
    case Phase::kOpen:
      return proof::AttemptPhase::kOpen;
    case Phase::kExhausted:
      return proof::AttemptPhase::kExhausted;
  }
  CHECK(false);
}

template <typename T>
std::string_view OctetsOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Not to be guessed, and the same for the same person at the same moment: no randomness has to be
// asked for, and an attempt is what it is however often it is made.
proof::Nonce NonceOf(const KeyedHash& secret, AgendaId agenda, Instant at,
                     std::span<const proof::CommittedField> fields) {
  KeyedHash::Run run(secret);
  run.Add("creneau attempt nonce v1");
  run.Add(OctetsOf(agenda.value));
  run.Add(OctetsOf(at.ms));
  for (const proof::CommittedField& field : fields) {
    run.Add(field.name);
    run.Add(field.value);
  }
  return run.Finish();
}

PublishedKey Published(std::string_view use, const proof::PublicKey& key, bool current) {
  return {use, Hex(proof::KeyIdOf(key)), Hex(key), current};
}

}  // namespace

proof::IdentityGiven GivenIn(const AgendaInfo& agenda) {
  switch (agenda.rules.identity_proof) {
    case rules::IdentityProof::kDeclared:
      return proof::IdentityGiven::kDeclared;
    case rules::IdentityProof::kListed:
      return proof::IdentityGiven::kListed;
    case rules::IdentityProof::kAsserted:
      return proof::IdentityGiven::kAsserted;
  }
  CHECK(false);
}

proof::IsoWeek WeekOf(const AgendaInfo& agenda, Instant at) {
  constexpr int32_t kMinutesPerDay = 24 * 60;
  const LocalMinute local = rules::LocalMinuteAt(at, agenda.zone.absl());
  return proof::IsoWeekOf(CivilFromDays(local.value / kMinutesPerDay));
}

Receipts::Receipts(const Keys& keys, const std::vector<codec::LossAccepted>& losses)
    : mac_(keys.mac),
      signer_(keys.receipt),
      known_{signer_.public_key()},
      budget_(limits::kReceiptsPerSecond, limits::kReceiptsAtOnce) {
  for (const auto& [era, mac] : keys.lost_macs) {
    // Kept aside by a start that was interrupted, it belongs to the one that did it again.
    const auto loss = std::find_if(losses.begin(), losses.end(),
                                   [era = era](const auto& one) { return one.era >= era; });
    if (loss != losses.end()) lost_macs_.emplace_back(mac, loss->agendas);
  }
  published_.push_back(Published("receipt", signer_.public_key(), true));
  for (const proof::PublicKey& key : keys.earlier_receipts) {
    known_.push_back(key);
    published_.push_back(Published("receipt", key, false));
  }
  published_.push_back(Published("checkpoint", proof::PublicKeyOf(keys.checkpoint), true));
}

AttemptText Receipts::Attempt(const AgendaInfo& agenda, const rules::CanonicalIdentity* who,
                              proof::IdentityGiven given, proof::AttemptOutcome outcome,
                              Phase phase, Instant at) const {
  std::array<proof::CommittedField, rules::kIdentityFields> fields;
  size_t count = 0;
  proof::Attempt attempt;
  for (size_t f = 0; who != nullptr && f < rules::kIdentityFields; ++f) {
    const auto field = static_cast<rules::IdentityField>(f);
    if (!who->Has(field)) continue;
    fields[count++] = {rules::IdentityFieldName(field), who->Value(field)};
    attempt.fields = static_cast<uint8_t>(attempt.fields | 1u << f);
  }
  const std::span<const proof::CommittedField> named(fields.data(), count);
  attempt.nonce = NonceOf(mac_, agenda.id, at, named);
  if (count > 0) {
    attempt.commitment = proof::Commit(attempt.nonce, named);
    // The office did not know whom it did not list: nobody says more than the applicant did.
    attempt.identity =
        outcome == proof::AttemptOutcome::kNotListed ? proof::IdentityGiven::kDeclared : given;
  }
  attempt.outcome = outcome;
  attempt.phase = NumberOf(phase);
  attempt.agenda = agenda.id;
  attempt.at = at;
  return proof::WriteAttempt(mac_, attempt);
}

std::optional<proof::Attempt> Receipts::Read(std::string_view attempt) const {
  if (auto read = proof::ReadAttempt(mac_, attempt)) return read;
  for (const LostMac& lost : lost_macs_) {
    const auto read = proof::ReadAttempt(lost.mac, attempt);
    if (read && read->agenda.value < lost.agendas) return read;
  }
  return std::nullopt;
}

std::optional<int64_t> Receipts::TooMany(int64_t monotonic_ns, uint8_t salt) {
  if (budget_.Takes(monotonic_ns)) return std::nullopt;
  refused_.fetch_add(1, std::memory_order_relaxed);
  return limits::kRetryFirstS + salt % (limits::kRetryLastS - limits::kRetryFirstS + 1);
}

std::string Receipts::Sign(const AgendaInfo& agenda, const proof::Attempt& attempt) {
  proof::AttemptReceipt receipt;
  receipt.at = attempt.at;
  receipt.agenda = agenda.rules.name;
  receipt.title = agenda.rules.title;
  receipt.office = agenda.rules.office;
  receipt.timezone = agenda.rules.timezone;
  receipt.outcome = proof::AttemptOutcomeName(attempt.outcome);
  receipt.phase = proof::AttemptPhaseName(attempt.phase);
  const proof::IsoWeek week = WeekOf(agenda, attempt.at);
  receipt.iso_year = week.year;
  receipt.iso_week = week.week;
  receipt.identity = attempt.identity;
  for (size_t f = 0; f < rules::kIdentityFields; ++f) {
    if ((attempt.fields >> f & 1) != 0)
      receipt.alternative.emplace_back(
          rules::IdentityFieldName(static_cast<rules::IdentityField>(f)));
  }
  receipt.commitment = attempt.commitment;
  attempts_.fetch_add(1, std::memory_order_relaxed);
  return signer_.Sign(receipt, attempt.at);
}

std::string Receipts::Sign(const proof::ConfirmationReceipt& receipt, Instant now) {
  confirmations_.fetch_add(1, std::memory_order_relaxed);
  return signer_.Sign(receipt, now);
}

std::string Receipts::Sign(const proof::InclusionReceipt& receipt, Instant now) {
  inclusions_.fetch_add(1, std::memory_order_relaxed);
  return signer_.Sign(receipt, now);
}

ReceiptVerdict Receipts::Verify(std::string_view text) {
  verified_.fetch_add(1, std::memory_order_relaxed);
  ReceiptVerdict verdict;
  absl::StatusOr<proof::Receipt> receipt = proof::ReadReceipt(text);
  if (!receipt.ok()) {
    verdict.reason = std::string(receipt.status().message());
  } else if (!proof::VerifyReceipt(*receipt, known_)) {
    verdict.reason = "no key of this engine signed this";
  } else {
    verdict.receipt = *std::move(receipt);
  }
  return verdict;
}

ReceiptStats Receipts::stats() const {
  const auto read = [](const std::atomic<uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  return {read(attempts_), read(confirmations_), read(inclusions_), read(verified_),
          read(refused_)};
}

}  // namespace creneau::booking
