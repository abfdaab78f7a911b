// Request bodies: what a hold, a ticket, a move or an operator asks for, in JSON or in protobuf
// (proto/creneau/v1/api.proto is the schema of both). Read straight from the parser's events,
// without a document in memory; identity fields stay views, or lie unescaped in the Body itself,
// which wipes them when it goes. Members that are not known are left aside, so that newer clients
// can talk to older engines.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/limits.h"
#include "booking/answers.h"

namespace creneau::http {

// What is wrong with a member. All text is static.
struct BodyProblem {
  std::string_view pointer;  // JSON pointer
  std::string_view message;
};

class Body {
 public:
  Body() = default;
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  enum class Verdict {
    kRead,       // the members below are filled
    kMalformed,  // not JSON, or nested too deeply; not protobuf's wire format; texts not in UTF-8
    kInvalid,    // that, but see problem()
    kTooLarge,   // more than limits::kMaxBodyBytes: the admin socket lets larger bodies through
  };
  // One of them, once per object.
  Verdict Read(std::string_view text);
  // Views point into `bytes`. As strict as with JSON: a member may stand once.
  Verdict ReadProtobuf(std::string_view bytes);

  const rules::Applicant& applicant() const { return applicant_; }
  bool has_applicant() const { return has_applicant_; }
  // Another one beside: whom something was booked for, or who is the same person. Which of the two
  // it was called, an agent's request says.
  const rules::Applicant& booked() const { return booked_; }
  bool has_booked() const { return has_booked_; }
  const rules::Applicant& same_as() const { return same_as_; }
  bool has_same_as() const { return has_same_as_; }
  std::string_view reason() const { return reason_; }  // empty: none was sent
  const std::optional<LocalMinute>& slot() const { return slot_; }
  std::string_view ticket() const { return ticket_; }        // empty: none was sent
  std::string_view assertion() const { return assertion_; }  // likewise
  // Of a ticket, in JSON only; empty: none was sent.
  std::string_view proof() const { return proof_; }
  std::string_view pass() const { return pass_; }
  // Of receipts, in JSON only; empty: none was sent.
  std::string_view attempt() const { return attempt_; }
  std::string_view receipt() const { return receipt_; }
  // What an operator sends.
  std::string_view value() const { return value_; }  // empty: none was sent
  const std::optional<int64_t>& per_min() const { return per_min_; }
  const std::optional<int64_t>& minutes() const { return minutes_; }

  size_t problem_count() const { return problem_count_; }
  const BodyProblem& problem(size_t i) const { return problems_[i]; }

 private:
  friend class BodyHandler;

  void AddProblem(std::string_view pointer, std::string_view message);
  void TakeSlot(std::string_view text);
  bool ReadApplicant(std::string_view bytes);

  static constexpr size_t kMaxProblems = 8;

  rules::Applicant applicant_;
  bool has_applicant_ = false;
  rules::Applicant booked_;
  bool has_booked_ = false;
  rules::Applicant same_as_;
  bool has_same_as_ = false;
  std::string_view reason_;
  std::optional<LocalMinute> slot_;
  std::string_view ticket_;
  std::string_view assertion_;
  std::string_view proof_;
  std::string_view pass_;
  std::string_view attempt_;
  std::string_view receipt_;
  std::string_view value_;
  std::optional<int64_t> per_min_;
  std::optional<int64_t> minutes_;
  std::array<BodyProblem, kMaxProblems> problems_;
  size_t problem_count_ = 0;
  // Strings as they read once unescaped, never longer than the text they come from.
  std::array<char, limits::kMaxBodyBytes> text_;
  size_t text_used_ = 0;
};

// A number for what a hold asks for beside the applicant, the same whatever way the JSON was
// written. Goes into the log by way of the idempotency hash, so it must never change.
uint64_t HashOfHold(const std::optional<LocalMinute>& slot);

}  // namespace creneau::http
