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
#include <span>
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

  // Members whose values are texts or whole numbers, each of a name of its own (body.cc); a request
  // looks at those that mean something to it.
  enum class Text : uint8_t {
    kTicket,
    kAssertion,
    kProof,  // of a ticket
    kPass,
    kAttempt,  // of receipts
    kReceipt,
    kValue,  // what an operator sends
    kReason,
    kChannel,
    kFrom,
    kTo,
    kDay,
    kUntil,
    kCourt,
    kDecision,
    kDate,
    kDeadline,
    kSeed,
    kPlace,
    kParty,
    kMandate,
    kAgenda
  };
  static constexpr size_t kTexts = 22;
  enum class Number : uint8_t { kPerMin, kMinutes, kSeats, kPenaltyEur };
  static constexpr size_t kNumbers = 4;
  // Lists of texts.
  enum class List : uint8_t { kWeekdays, kHalves, kDates };
  static constexpr size_t kLists = 3;

  std::string_view text(Text member) const {  // empty: none was sent
    const auto which = static_cast<size_t>(member);
    return (given_ >> which & 1) != 0 ? std::string_view(texts_[which].data, texts_[which].size)
                                      : std::string_view();
  }
  const std::optional<int64_t>& number(Number member) const {
    return numbers_[static_cast<size_t>(member)];
  }
  // Each text of it, in order. In JSON only.
  size_t listed(List list) const { return listed_of_[static_cast<size_t>(list)]; }
  std::string_view listed(List list, size_t i) const {
    const Piece piece = listed_[static_cast<size_t>(list)][i];
    return {text_.data() + piece.at, piece.size};
  }

  const rules::Applicant& applicant() const { return applicant_; }
  bool has_applicant() const { return has_applicant_; }
  // Those of `applicants`, a family's. In JSON only.
  std::span<const rules::Applicant> people() const {
    if (!people_) return {};
    return {people_->data(), people_count_};
  }
  // Whom something was booked for, or who is the same person: an agent's request says.
  const rules::Applicant& booked() const { return booked_; }
  bool has_booked() const { return has_booked_; }
  const rules::Applicant& same_as() const { return same_as_; }
  bool has_same_as() const { return has_same_as_; }
  const std::optional<LocalMinute>& slot() const { return slot_; }

  std::string_view reason() const { return text(Text::kReason); }
  std::string_view ticket() const { return text(Text::kTicket); }
  std::string_view assertion() const { return text(Text::kAssertion); }
  std::string_view proof() const { return text(Text::kProof); }
  std::string_view pass() const { return text(Text::kPass); }
  std::string_view attempt() const { return text(Text::kAttempt); }
  std::string_view receipt() const { return text(Text::kReceipt); }
  std::string_view value() const { return text(Text::kValue); }
  const std::optional<int64_t>& per_min() const { return number(Number::kPerMin); }
  const std::optional<int64_t>& minutes() const { return number(Number::kMinutes); }

  size_t problem_count() const { return problem_count_; }
  const BodyProblem& problem(size_t i) const { return (*problems_)[i]; }

 private:
  friend class BodyHandler;

  void AddProblem(std::string_view pointer, std::string_view message);
  void TakeText(size_t which, std::string_view text) {
    texts_[which] = {text.data(), text.size()};
    given_ |= uint32_t{1} << which;
  }
  void TakeSlot(std::string_view text);
  bool ReadApplicant(std::string_view bytes);

  static constexpr size_t kMaxProblems = 8;

  // A part of text_.
  struct Piece {
    uint32_t at;
    uint32_t size;
  };
  static constexpr size_t kMaxListed = 64;  // in a list: two months of dates
  // As std::string_view, which cannot stand in an array that is not set.
  struct View {
    const char* data;
    size_t size;
  };
  static_assert(kTexts <= 32);  // bits of given_

  rules::Applicant applicant_;
  bool has_applicant_ = false;
  // What most bodies have none of is not set beforehand: a hold would pay for it.
  std::optional<std::array<rules::Applicant, limits::kPartyMax>> people_;
  size_t people_count_ = 0;
  rules::Applicant booked_;
  bool has_booked_ = false;
  rules::Applicant same_as_;
  bool has_same_as_ = false;
  std::optional<LocalMinute> slot_;
  std::array<View, kTexts> texts_;  // set where its bit of given_ is
  uint32_t given_ = 0;
  std::array<std::optional<int64_t>, kNumbers> numbers_;
  std::array<size_t, kLists> listed_of_{};
  std::array<std::array<Piece, kMaxListed>, kLists> listed_;  // not set where nothing is listed
  std::optional<std::array<BodyProblem, kMaxProblems>> problems_;
  size_t problem_count_ = 0;
  // Strings as they read once unescaped, never longer than the text they come from.
  std::array<char, limits::kMaxBodyBytes> text_;
  size_t text_used_ = 0;
};

// A number for what a hold asks for beside the applicant, the same whatever way the JSON was
// written. Goes into the log by way of the idempotency hash, so it must never change.
uint64_t HashOfHold(const std::optional<LocalMinute>& slot);

}  // namespace creneau::http
