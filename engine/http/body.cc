#include "http/body.h"

#include <string.h>

#include <boost/json/basic_parser_impl.hpp>
#include <utility>

#include "base/prng.h"
#include "base/text.h"
#include "http/json.h"
#include "http/wire.h"

namespace creneau::http {
namespace {

constexpr std::string_view kStringExpected = "a string is expected";
constexpr std::string_view kNumberExpected = "a whole number is expected";
constexpr std::string_view kObjectExpected = "an object is expected";
constexpr std::string_view kTwice = "stands twice";

// In api.proto.
constexpr uint32_t kApplicantNumber = 1;
constexpr uint32_t kSlotNumber = 2;
constexpr uint32_t kTicketNumber = 3;
constexpr uint32_t kAssertionNumber = 4;

struct FieldPointer {
  rules::IdentityField field;
  std::string_view pointer;
};
// In the order of their numbers in api.proto, from 1.
constexpr std::array<FieldPointer, rules::kIdentityFields> kFieldPointers = {{
    {rules::IdentityField::kDossier, "/applicant/dossier"},
    {rules::IdentityField::kPassport, "/applicant/passport"},
    {rules::IdentityField::kForeignerNumber, "/applicant/foreigner_number"},
    {rules::IdentityField::kBirthDate, "/applicant/birth_date"},
}};

std::string_view PointerOf(rules::IdentityField field) {
  for (const FieldPointer& entry : kFieldPointers) {
    if (entry.field == field) return entry.pointer;
  }
  return "/applicant";
}

}  // namespace

// Receives the parser's events. Depth 0 is outside of everything, 1 the members of the body, 2
// those of the applicant.
class BodyHandler {
 public:
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);

  using string_view = boost::json::string_view;
  using error_code = boost::json::error_code;

  explicit BodyHandler(Body& body) : body_(body) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) {
    if (depth_ == 1 && member_ == Member::kApplicant) {
      Describe(body_.applicant_, body_.has_applicant_);
    } else if (depth_ == 1 && member_ == Member::kBooked) {
      Describe(body_.booked_, body_.has_booked_);
    } else if (depth_ == 1 && member_ == Member::kSameAs) {
      Describe(body_.same_as_, body_.has_same_as_);
    } else if (depth_ > 0) {
      WrongType();
    }
    Enter();
    return true;
  }
  bool on_object_end(size_t, error_code&) { return Leave(); }

  bool on_array_begin(error_code&) {
    WrongType();
    Enter();
    return true;
  }
  bool on_array_end(size_t, error_code&) { return Leave(); }

  bool on_key_part(string_view part, size_t, error_code&) { return Append(part); }
  bool on_key(string_view part, size_t, error_code&) {
    Append(part);
    Choose(TakeText());
    return true;
  }

  bool on_string_part(string_view part, size_t, error_code&) { return Append(part); }
  bool on_string(string_view part, size_t, error_code&) {
    Append(part);
    TakeString(TakeText());
    return true;
  }

  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(int64_t value, string_view, error_code&) { return TakeNumber(value); }
  // Only of what is too large for the other.
  bool on_uint64(uint64_t, string_view, error_code&) { return WrongType(); }
  bool on_double(double, string_view, error_code&) { return WrongType(); }
  bool on_bool(bool, error_code&) { return WrongType(); }
  bool on_null(error_code&) { return WrongType(); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  enum class Member {
    kNone,
    kApplicant,
    kBooked,
    kSameAs,
    kField,
    kSlot,
    kTicket,
    kAssertion,
    kProof,
    kPass,
    kAttempt,
    kReceipt,
    kValue,
    kReason,
    kPerMin,
    kMinutes
  };
  struct Named {
    Member member;
    std::string_view pointer;
  };
  // Those of the body itself.
  static constexpr std::array<Named, 14> kNamed = {{{Member::kApplicant, "/applicant"},
                                                    {Member::kBooked, "/booked"},
                                                    {Member::kSameAs, "/same_as"},
                                                    {Member::kReason, "/reason"},
                                                    {Member::kSlot, "/slot"},
                                                    {Member::kTicket, "/ticket"},
                                                    {Member::kAssertion, "/assertion"},
                                                    {Member::kProof, "/proof"},
                                                    {Member::kPass, "/pass"},
                                                    {Member::kAttempt, "/attempt"},
                                                    {Member::kReceipt, "/receipt"},
                                                    {Member::kValue, "/value"},
                                                    {Member::kPerMin, "/per_min"},
                                                    {Member::kMinutes, "/minutes"}}};

  // What follows describes that person.
  void Describe(rules::Applicant& applicant, bool& has) {
    has = true;
    applicant_ = &applicant;
    seen_field_ = {};
  }

  void Enter() {
    ++depth_;
    member_ = Member::kNone;
  }

  bool Leave() {
    if (--depth_ == 1) applicant_ = nullptr;
    member_ = Member::kNone;
    return true;
  }

  // Unescaped text is never longer than the body, and the body was measured.
  bool Append(string_view part) {
    if (!part.empty()) memcpy(body_.text_.data() + body_.text_used_, part.data(), part.size());
    body_.text_used_ += part.size();
    return true;
  }

  std::string_view TakeText() {
    const std::string_view text(body_.text_.data() + text_begin_, body_.text_used_ - text_begin_);
    text_begin_ = body_.text_used_;
    return text;
  }

  // Which member the next value belongs to.
  void Choose(std::string_view key) {
    member_ = Member::kNone;
    if (depth_ == 1) {
      for (size_t i = 0; i < kNamed.size(); ++i) {
        if (key == kNamed[i].pointer.substr(1))
          member_ = Once(seen_[i], kNamed[i].pointer, kNamed[i].member);
      }
    } else if (depth_ == 2 && applicant_ != nullptr) {
      const std::optional<rules::IdentityField> field = rules::IdentityFieldFromName(key);
      if (!field) return;
      field_ = *field;
      member_ = Once(seen_field_[static_cast<size_t>(field_)], FieldPointerNow(), Member::kField);
    }
  }

  Member Once(bool& seen, std::string_view pointer, Member member) {
    if (!seen) {
      seen = true;
      return member;
    }
    body_.AddProblem(pointer, kTwice);
    return Member::kNone;
  }

  void TakeString(std::string_view text) {
    if (member_ == Member::kSlot) {
      body_.TakeSlot(text);
    } else if (member_ == Member::kTicket) {
      body_.ticket_ = text;
    } else if (member_ == Member::kAssertion) {
      body_.assertion_ = text;
    } else if (member_ == Member::kProof) {
      body_.proof_ = text;
    } else if (member_ == Member::kPass) {
      body_.pass_ = text;
    } else if (member_ == Member::kAttempt) {
      body_.attempt_ = text;
    } else if (member_ == Member::kReceipt) {
      body_.receipt_ = text;
    } else if (member_ == Member::kValue) {
      body_.value_ = text;
    } else if (member_ == Member::kReason) {
      body_.reason_ = text;
    } else if (member_ == Member::kField) {
      applicant_->fields[static_cast<size_t>(field_)] = text;
    } else {
      WrongType();
    }
    member_ = Member::kNone;
  }

  bool TakeNumber(int64_t value) {
    if (member_ == Member::kPerMin) {
      body_.per_min_ = value;
    } else if (member_ == Member::kMinutes) {
      body_.minutes_ = value;
    } else {
      return WrongType();
    }
    member_ = Member::kNone;
    return true;
  }

  // A value of another kind than was due; of members that are not ours, anything goes.
  bool WrongType() {
    switch (member_) {
      case Member::kSlot:
      case Member::kTicket:
      case Member::kAssertion:
      case Member::kProof:
      case Member::kPass:
      case Member::kAttempt:
      case Member::kReceipt:
      case Member::kValue:
      case Member::kReason:
        body_.AddProblem(PointerNow(), kStringExpected);
        break;
      case Member::kField:
        body_.AddProblem(FieldPointerNow(), kStringExpected);
        break;
      case Member::kPerMin:
      case Member::kMinutes:
        body_.AddProblem(PointerNow(), kNumberExpected);
        break;
      case Member::kApplicant:
      case Member::kBooked:
      case Member::kSameAs:
        body_.AddProblem(PointerNow(), kObjectExpected);
        break;
      case Member::kNone:
        if (depth_ == 0) body_.AddProblem("", kObjectExpected);
        break;
    }
    member_ = Member::kNone;
    return true;
  }

  std::string_view PointerNow() const {
    for (const Named& named : kNamed) {
      if (named.member == member_) return named.pointer;
    }
    return "";
  }

  // Of the other two their own: the field is then the client's to find.
  std::string_view FieldPointerNow() const {
    if (applicant_ == &body_.booked_) return "/booked";
    if (applicant_ == &body_.same_as_) return "/same_as";
    return PointerOf(field_);
  }

  Body& body_;
  int depth_ = 0;
  size_t text_begin_ = 0;
  Member member_ = Member::kNone;
  rules::IdentityField field_ = rules::IdentityField::kDossier;
  rules::Applicant* applicant_ = nullptr;  // whose members these are
  std::array<bool, kNamed.size()> seen_{};
  std::array<bool, rules::kIdentityFields> seen_field_{};
};

Body::~Body() { explicit_bzero(text_.data(), text_used_); }

void Body::AddProblem(std::string_view pointer, std::string_view message) {
  if (problem_count_ < kMaxProblems) problems_[problem_count_++] = {pointer, message};
}

Body::Verdict Body::Read(std::string_view text) {
  if (text.size() > text_.size()) return Verdict::kTooLarge;
  boost::json::parse_options options;
  options.max_depth = 16;  // what is nested deeper is not a request of ours
  boost::json::basic_parser<BodyHandler> parser(options, *this);
  boost::json::error_code ec;
  const size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || read != text.size()) return Verdict::kMalformed;
  return problem_count_ == 0 ? Verdict::kRead : Verdict::kInvalid;
}

void Body::TakeSlot(std::string_view text) {
  slot_ = ParseLocalMinute(text);
  if (!slot_) AddProblem("/slot", "the slot's local start time is expected, as 2026-12-01T09:20");
}

Body::Verdict Body::ReadProtobuf(std::string_view bytes) {
  if (bytes.size() > text_.size()) return Verdict::kTooLarge;
  WireReader reader(bytes);
  WireReader::Field field;
  WireReader::Step step;
  // Of the texts, in the order of their numbers.
  constexpr std::array<std::string_view, 3> kTexts = {"/slot", "/ticket", "/assertion"};
  static_assert(kAssertionNumber - kSlotNumber + 1 == kTexts.size());
  std::array<bool, kTexts.size()> seen{};
  while ((step = reader.Next(field)) == WireReader::Step::kField) {
    if (field.number == kApplicantNumber) {
      if (std::exchange(has_applicant_, true)) {
        AddProblem("/applicant", kTwice);
      } else if (!field.is_text) {
        AddProblem("/applicant", kObjectExpected);
      } else if (!ReadApplicant(field.text)) {
        return Verdict::kMalformed;
      }
    } else if (field.number >= kSlotNumber && field.number <= kAssertionNumber) {
      const std::string_view pointer = kTexts[field.number - kSlotNumber];
      if (std::exchange(seen[field.number - kSlotNumber], true)) {
        AddProblem(pointer, kTwice);
      } else if (!field.is_text) {
        AddProblem(pointer, kStringExpected);
      } else if (!IsUtf8(field.text)) {
        return Verdict::kMalformed;
      } else if (field.number == kSlotNumber) {
        TakeSlot(field.text);
      } else {
        (field.number == kTicketNumber ? ticket_ : assertion_) = field.text;
      }
    }
  }
  if (step == WireReader::Step::kMalformed) return Verdict::kMalformed;
  return problem_count_ == 0 ? Verdict::kRead : Verdict::kInvalid;
}

// False: malformed.
bool Body::ReadApplicant(std::string_view bytes) {
  WireReader reader(bytes);
  WireReader::Field field;
  WireReader::Step step;
  std::array<bool, rules::kIdentityFields> seen{};
  while ((step = reader.Next(field)) == WireReader::Step::kField) {
    if (field.number > kFieldPointers.size()) continue;
    const FieldPointer& known = kFieldPointers[field.number - 1];
    const auto place = static_cast<size_t>(known.field);
    if (std::exchange(seen[place], true)) {
      AddProblem(known.pointer, kTwice);
    } else if (!field.is_text) {
      AddProblem(known.pointer, kStringExpected);
    } else if (!IsUtf8(field.text)) {
      return false;
    } else {
      applicant_.fields[place] = field.text;
    }
  }
  return step != WireReader::Step::kMalformed;
}

uint64_t HashOfHold(const std::optional<LocalMinute>& slot) {
  if (!slot) return Mix64(0);
  return Mix64(1 + static_cast<uint64_t>(static_cast<uint32_t>(slot->value)));
}

}  // namespace creneau::http
