// Bodies in JSON, read from the parser's events.
#include <boost/json/basic_parser_impl.hpp>
#include <cstring>
#include <utility>

#include "http/body.h"
#include "http/body_members.h"

namespace creneau::http {
namespace {

// A member of the body itself, and what its value is.
enum class Kind : uint8_t { kText, kNumber, kList, kSlot, kPerson, kPeople };
enum class Person : uint8_t { kApplicant, kBooked, kSameAs };

struct Member {
  Kind kind;
  size_t which;  // of its kind
  std::string_view pointer;
};

constexpr Member Of(Body::Text text, std::string_view pointer) {
  return {Kind::kText, static_cast<size_t>(text), pointer};
}
constexpr Member Of(Body::Number number, std::string_view pointer) {
  return {Kind::kNumber, static_cast<size_t>(number), pointer};
}
constexpr Member Of(Body::List list, std::string_view pointer) {
  return {Kind::kList, static_cast<size_t>(list), pointer};
}
constexpr Member Of(Person person, std::string_view pointer) {
  return {Kind::kPerson, static_cast<size_t>(person), pointer};
}

constexpr std::array<Member, Body::kTexts + Body::kNumbers + Body::kLists + 5> kMembers = {{
    Of(Person::kApplicant, "/applicant"),   {Kind::kSlot, 0, "/slot"},
    Of(Body::Text::kTicket, "/ticket"),     Of(Body::Text::kAssertion, "/assertion"),
    {Kind::kPeople, 0, "/applicants"},      Of(Person::kBooked, "/booked"),
    Of(Person::kSameAs, "/same_as"),        Of(Body::Text::kReason, "/reason"),
    Of(Body::Text::kProof, "/proof"),       Of(Body::Text::kPass, "/pass"),
    Of(Body::Text::kAttempt, "/attempt"),   Of(Body::Text::kReceipt, "/receipt"),
    Of(Body::Text::kValue, "/value"),       Of(Body::Text::kChannel, "/channel"),
    Of(Body::Text::kFrom, "/from"),         Of(Body::Text::kTo, "/to"),
    Of(Body::Text::kDay, "/day"),           Of(Body::Text::kUntil, "/until"),
    Of(Body::Text::kCourt, "/court"),       Of(Body::Text::kDecision, "/decision"),
    Of(Body::Text::kDate, "/date"),         Of(Body::Text::kDeadline, "/deadline"),
    Of(Body::Text::kSeed, "/seed"),         Of(Body::Text::kPlace, "/place"),
    Of(Body::Text::kParty, "/party"),       Of(Body::Text::kMandate, "/mandate"),
    Of(Body::Number::kPerMin, "/per_min"),  Of(Body::Number::kMinutes, "/minutes"),
    Of(Body::Number::kSeats, "/seats"),     Of(Body::Number::kPenaltyEur, "/penalty_eur"),
    Of(Body::List::kWeekdays, "/weekdays"), Of(Body::List::kHalves, "/halves"),
    Of(Body::List::kDates, "/dates"),       Of(Body::Text::kAgenda, "/agenda"),
}};

constexpr std::array<std::string_view, limits::kPartyMax> kPeoplePointers = {
    "/applicants/0", "/applicants/1", "/applicants/2", "/applicants/3",
    "/applicants/4", "/applicants/5", "/applicants/6", "/applicants/7"};

std::string_view ExpectedOf(Kind kind) {
  switch (kind) {
    case Kind::kText:
    case Kind::kSlot:
      return kStringExpected;
    case Kind::kNumber:
      return kNumberExpected;
    case Kind::kList:
    case Kind::kPeople:
      return kListExpected;
    case Kind::kPerson:
      return kObjectExpected;
  }
  return "";
}

}  // namespace

// Receives the parser's events. Depth 0 is outside of everything, 1 the members of the body, 2
// those of a person or the elements of a list, 3 the members of one of several people.
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
    if (depth_ == 1 && member_ != nullptr && member_->kind == Kind::kPerson) {
      Describe(static_cast<Person>(member_->which));
    } else if (depth_ == 2 && list_ != nullptr && list_->kind == Kind::kPeople) {
      DescribeNext();
    } else if (depth_ > 0) {
      WrongType();
    }
    Enter();
    return true;
  }
  bool on_object_end(size_t, error_code&) { return Leave(); }

  bool on_array_begin(error_code&) {
    if (depth_ == 1 && member_ != nullptr &&
        (member_->kind == Kind::kList || member_->kind == Kind::kPeople)) {
      list_ = member_;
    } else {
      WrongType();
    }
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
  // What follows describes that person.
  void Describe(Person person) {
    switch (person) {
      case Person::kApplicant:
        return Describe(body_.applicant_, body_.has_applicant_, "");
      case Person::kBooked:
        return Describe(body_.booked_, body_.has_booked_, "/booked");
      case Person::kSameAs:
        return Describe(body_.same_as_, body_.has_same_as_, "/same_as");
    }
  }
  void Describe(rules::Applicant& applicant, bool& has, std::string_view pointer) {
    has = true;
    person_ = &applicant;
    person_pointer_ = pointer;
    person_depth_ = depth_ + 1;
    seen_field_ = {};
  }
  void DescribeNext() {
    if (!body_.people_) body_.people_.emplace();
    if (body_.people_count_ == body_.people_->size()) {
      body_.AddProblem(list_->pointer, "has more people than can book together");
      return;
    }
    bool has = false;
    Describe((*body_.people_)[body_.people_count_], has, kPeoplePointers[body_.people_count_]);
    ++body_.people_count_;
  }

  void Enter() {
    ++depth_;
    member_ = nullptr;
    in_field_ = false;
  }

  bool Leave() {
    --depth_;
    if (depth_ < person_depth_) person_ = nullptr;
    if (depth_ == 1) list_ = nullptr;
    member_ = nullptr;
    in_field_ = false;
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
    member_ = nullptr;
    in_field_ = false;
    if (depth_ == 1) {
      for (size_t i = 0; i < kMembers.size(); ++i) {
        if (key != kMembers[i].pointer.substr(1)) continue;
        if (Once(seen_[i], kMembers[i].pointer)) member_ = &kMembers[i];
        return;
      }
    } else if (person_ != nullptr && depth_ == person_depth_) {
      const std::optional<rules::IdentityField> field = rules::IdentityFieldFromName(key);
      if (!field) return;
      field_ = *field;
      in_field_ = Once(seen_field_[static_cast<size_t>(field_)], FieldPointer());
    }
  }

  bool Once(bool& seen, std::string_view pointer) {
    if (!std::exchange(seen, true)) return true;
    body_.AddProblem(pointer, kTwice);
    return false;
  }

  void TakeString(std::string_view text) {
    if (in_field_) {
      person_->fields[static_cast<size_t>(field_)] = text;
    } else if (depth_ == 2 && list_ != nullptr && list_->kind == Kind::kList) {
      TakeListed(text);
    } else if (member_ != nullptr && member_->kind == Kind::kText) {
      body_.TakeText(member_->which, text);
    } else if (member_ != nullptr && member_->kind == Kind::kSlot) {
      body_.TakeSlot(text);
    } else {
      WrongType();
    }
    member_ = nullptr;
    in_field_ = false;
  }

  void TakeListed(std::string_view text) {
    size_t& count = body_.listed_of_[list_->which];
    if (count == Body::kMaxListed)
      return body_.AddProblem(list_->pointer, "has more elements than are read");
    body_.listed_[list_->which][count++] = {static_cast<uint32_t>(text.data() - body_.text_.data()),
                                            static_cast<uint32_t>(text.size())};
  }

  bool TakeNumber(int64_t value) {
    if (member_ == nullptr || member_->kind != Kind::kNumber) return WrongType();
    body_.numbers_[member_->which] = value;
    member_ = nullptr;
    return true;
  }

  // A value of another kind than was due; of members that are not ours, anything goes.
  bool WrongType() {
    if (in_field_) {
      body_.AddProblem(FieldPointer(), kStringExpected);
    } else if (depth_ == 2 && list_ != nullptr) {
      body_.AddProblem(list_->pointer,
                       list_->kind == Kind::kList ? kStringExpected : kObjectExpected);
    } else if (member_ != nullptr) {
      body_.AddProblem(member_->pointer, ExpectedOf(member_->kind));
    } else if (depth_ == 0) {
      body_.AddProblem("", kObjectExpected);
    }
    member_ = nullptr;
    in_field_ = false;
    return true;
  }

  // Of all but the applicant that of the person: the field is then the client's to find.
  std::string_view FieldPointer() const {
    return person_pointer_.empty() ? PointerOf(field_) : person_pointer_;
  }

  Body& body_;
  int depth_ = 0;
  size_t text_begin_ = 0;
  const Member* member_ = nullptr;  // of the body, whose value is due
  const Member* list_ = nullptr;    // whose elements these are
  bool in_field_ = false;           // a person's field is due
  rules::IdentityField field_ = rules::IdentityField::kDossier;
  rules::Applicant* person_ = nullptr;  // whose members these are, at person_depth_
  std::string_view person_pointer_;     // empty: the applicant
  int person_depth_ = 0;
  std::array<bool, kMembers.size()> seen_{};
  std::array<bool, rules::kIdentityFields> seen_field_{};
};

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

}  // namespace creneau::http
