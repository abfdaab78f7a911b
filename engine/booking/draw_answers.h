// What is asked of draws, and what is answered: plain values, as in answers.h.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/actor.h"
#include "booking/answers.h"
#include "codec/draw.h"
#include "proof/draw_lines.h"
#include "proof/inclusion.h"
#include "rules/wishes.h"

namespace creneau::booking {

struct EntryRequest {
  std::string_view agenda;
  rules::Applicant applicant;
  rules::Wishes wishes;
  std::string_view assertion{};  // as HoldRequest's
  // Where proofs are asked for, one of these: a pass is what a site or the staff gives (GrantPass).
  std::optional<ProofOfWork> proof{};
  std::string_view pass{};
  const Actor* actor = nullptr;        // of the staff, for somebody: neither is needed then
  std::string_view idempotency_key{};  // as HoldRequest's
  uint64_t body_hash = 0;
};

// An entry as its holder may know it.
struct EntryView {
  std::string name;
  ReservationKey key;
  const AgendaInfo* agenda = nullptr;
  std::string draw;        // its id
  std::string_view state;  // "entered", "withdrawn", "committed", "waiting", "offered", …
  std::string wishes;      // rules/wishes.h
  bool committed = false;  // there is a receipt of inclusion
  uint64_t entries = 0;    // committed to, in all
  uint64_t rank = 0;       // 1: the first; 0: not known yet
  std::optional<LocalMinute> drawn;        // the slot that the draw gave it
  std::optional<Reservation> reservation;  // what was offered, as it now is
};

struct EntryAnswer {
  Outcome outcome = Outcome::kOk;
  bool existed = false;                // a repeat: 200, not 201
  const AgendaInfo* agenda = nullptr;  // where it is known
  std::vector<rules::IdentityProblem> problems;
  std::optional<Instant> opens_at;         // kNotOpenYet; kCapReached: when a helper may again
  std::optional<ChallengeText> challenge;  // kProofOfWorkRequired
  int64_t poll_after_s = 0;                // kRateLimited
  std::string_view detail{};               // what to say of it beside the usual
  std::optional<AttemptText> attempt;
  EntryView entry;  // when outcome is kOk
};

// What everybody may know of a draw.
struct DrawView {
  codec::DrawState state;
  std::string_view phase;  // "announced", "open", "closed", "seeded", "done", "abandoned"
  Instant entries_from;
  Instant entries_until;
  Instant round_at;
  std::string_view format;     // of its files, proof::DrawFormat; from the closing on
  proof::Hash rules{};         // SHA-256 of rules.txt
  std::string surprise_limit;  // rules/uniformity.h
  uint64_t entered = 0;        // that stand
  uint64_t seats = 0;          // that were to be given
  uint64_t given = 0;          // to whom the draw gave one
  uint64_t offered = 0;        // wait for an answer
  uint64_t taken = 0;          // were confirmed
  uint64_t passed = 0;         // had their turn
  uint64_t waiting = 0;        // may still get one that comes back
};

struct DrawAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;  // where it is known
  bool existed = false;                // it was so already
  std::string problem;                 // kValidationFailed, kDrawStep
  std::optional<DrawView> draw;
  std::vector<DrawView> earlier;  // the latest first
};

struct DrawPage {
  Outcome outcome = Outcome::kOk;
  std::string problem;
  std::string lines;           // each with its end
  std::optional<size_t> next;  // where to go on
};

// A receipt of inclusion, but for the moment at which it is signed.
struct InclusionAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;
  int64_t retry_after_s = 0;  // kOverloaded
  std::string receipt;        // when outcome is kOk
};

struct DrawStats {
  uint64_t entries = 0;  // since start, as all that follow
  uint64_t crowded = 0;  // an address sent more than its share
  uint64_t broken = 0;   // a draw did not pass the test of uniformity
  uint64_t offers = 0;
  uint64_t passed = 0;  // offers that nobody took
};

}  // namespace creneau::booking
