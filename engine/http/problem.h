// Errors as RFC 9457 problem documents: the one place where outcomes become statuses, words and
// advice.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "booking/answers.h"
#include "http/body.h"
#include "http/json.h"
#include "http/reply.h"

namespace creneau::http {

// What is the same for every occurrence of an outcome.
struct Advice {
  int status = 200;
  std::string_view title;   // short, never changes
  std::string_view detail;  // what happened and what to do; a Problem may say it better
  bool retryable = false;   // the same request may succeed later, as it is
  int retry_after_s = 0;    // 0: no Retry-After
};
Advice AdviceFor(Outcome outcome);

struct ParameterProblem {
  std::string_view parameter;  // of the query
  std::string_view message;
};

// One occurrence. What is not set is left out.
struct Problem {
  Outcome outcome = Outcome::kOk;
  std::string_view detail{};                    // instead of the advice's
  const booking::AgendaInfo* agenda = nullptr;  // for its offset; without it no time is shown
  std::optional<Instant> opens_at{};
  std::span<const LocalMinute> alternatives{};
  std::span<const LocalMinute> slots{};
  std::span<const rules::IdentityProblem> identity{};
  std::span<const BodyProblem> body{};
  std::span<const ParameterProblem> parameters{};
  std::span<const rules::Diagnostic> diagnostics{};
  const booking::ChallengeText* challenge = nullptr;  // of kProofOfWorkRequired
  std::optional<Lsn> oldest{};                        // of kGone
  booking::Turn turn = booking::Turn::kNow;           // of kNotAdmitted: why
  int64_t retry_after_s = 0;   // instead of the advice's; of kNotAdmitted shown as well
  std::string_view attempt{};  // what a receipt is to be had with
};

// Makes `reply` this problem, keeping headers that were already added. `now` turns opens_at into a
// Retry-After.
void WriteProblem(Reply& reply, const Problem& problem, Instant now);

// The elements of an array: line, column and message of each. A file of a megabyte can be wrong in
// every line, so at most kMaxDiagnostics are written, and then how many more there are.
inline constexpr size_t kMaxDiagnostics = 100;
void WriteDiagnostics(JsonWriter& json, std::span<const rules::Diagnostic> diagnostics);

}  // namespace creneau::http
