// Attempts and receipts (design 5): whoever gets nothing leaves with proof of it, and whoever has a
// seat can have one of that.
//
// A refusal carries an attempt (proof/attempt.h), which costs a few hashes: nothing is signed,
// logged or remembered for somebody who failed. Whoever brings it back within thirty days gets the
// receipt, signed then. What is signed and checked for anybody is bounded by a budget for the whole
// engine, so that a flood of such requests takes a twentieth of a core and no more.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/answers.h"
#include "booking/keys.h"
#include "codec/loss.h"
#include "proof/attempt.h"
#include "proof/receipt.h"
#include "rules/identity.h"
#include "surge/budget.h"

namespace creneau::booking {

using proof::AttemptReceipt;
using proof::ConfirmationReceipt;
using proof::IdentityGiven;
using proof::InclusionReceipt;
using proof::Receipt;

// Somebody who sees an empty list.
struct AttemptRequest {
  std::string_view agenda;
  std::optional<rules::Applicant> applicant{};  // absent: the receipt will name nobody
  std::string_view ticket{};                    // where the agenda has a queue
};

struct AttemptAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;  // where it is known
  std::vector<rules::IdentityProblem> problems;
  int64_t poll_after_s = 0;  // kRateLimited
  // When outcome is kOk.
  std::string_view attempted;  // why there was no seat: "nothing-left", "not-reached"
  AttemptText attempt;
  Instant at;
};

struct ReceiptAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;
  int64_t retry_after_s = 0;  // kOverloaded
  // When outcome is kOk.
  std::string receipt;
  proof::Nonce nonce{};
  std::string_view attempted;
  Instant at;
  proof::IsoWeek week;
};

// A confirmation's receipt before it is known where the log stands.
struct PendingReceipt {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;  // where it is known
  int64_t retry_after_s = 0;           // kOverloaded
  proof::ConfirmationReceipt receipt;  // when outcome is kOk
};

struct ReceiptVerdict {
  Outcome outcome = Outcome::kOk;
  int64_t retry_after_s = 0;  // kOverloaded
  std::string reason;         // why it is not valid; empty: it is
  std::optional<proof::Receipt> receipt;
};

// A public key that others check with.
struct PublishedKey {
  std::string_view use;  // "receipt", "checkpoint"
  std::string id;        // in hexadecimal, as the next
  std::string key;
  bool current = true;  // whether it still signs
};

// For /metrics; since start.
struct ReceiptStats {
  uint64_t attempts = 0;       // receipts of these that were signed
  uint64_t confirmations = 0;  // likewise
  uint64_t inclusions = 0;     // likewise
  uint64_t verified = 0;       // receipts that were looked at for somebody
  uint64_t refused = 0;        // for want of budget
};

class Receipts {
 public:
  Receipts(const Keys& keys, const std::vector<codec::LossAccepted>& losses);
  Receipts(const Receipts&) = delete;
  Receipts& operator=(const Receipts&) = delete;

  // An attempt of that person; null: of nobody who is named. Allocates nothing.
  AttemptText Attempt(const AgendaInfo& agenda, const rules::CanonicalIdentity* who,
                      proof::IdentityGiven given, proof::AttemptOutcome outcome, Phase phase,
                      Instant at) const;
  // Nothing unless Attempt made it, also before a loss that was accepted since: of an agenda that
  // is what it was then.
  std::optional<proof::Attempt> Read(std::string_view attempt) const;

  // Takes one signature, or one look at a signature, of the budget. Otherwise in how many seconds
  // to come back; `salt` spreads those who came together.
  std::optional<int64_t> TooMany(int64_t monotonic_ns, uint8_t salt);

  // The same octets each time: the moment of issue is that of the attempt.
  std::string Sign(const AgendaInfo& agenda, const proof::Attempt& attempt);
  std::string Sign(const proof::ConfirmationReceipt& receipt, Instant now);
  std::string Sign(const proof::InclusionReceipt& receipt, Instant now);
  ReceiptVerdict Verify(std::string_view text);

  const std::vector<PublishedKey>& keys() const { return published_; }
  ReceiptStats stats() const;

 private:
  struct LostMac {
    LostMac(const KeyedHash::Key& key, uint32_t left) : mac(key), agendas(left) {}
    const KeyedHash mac;
    const uint32_t agendas;  // that were left
  };

  const KeyedHash mac_;
  std::list<LostMac> lost_macs_;
  const proof::ReceiptSigner signer_;
  std::vector<proof::PublicKey> known_;  // that receipts may be signed with
  std::vector<PublishedKey> published_;
  surge::Budget budget_;
  // Relaxed: no other memory hangs on them.
  std::atomic<uint64_t> attempts_{0};
  std::atomic<uint64_t> confirmations_{0};
  std::atomic<uint64_t> inclusions_{0};
  std::atomic<uint64_t> verified_{0};
  std::atomic<uint64_t> refused_{0};
};

// How sure it is who somebody is, in that agenda.
proof::IdentityGiven GivenIn(const AgendaInfo& agenda);
// The week in which a moment is, at the office: an attempt counts once in each.
proof::IsoWeek WeekOf(const AgendaInfo& agenda, Instant at);

}  // namespace creneau::booking
