#include "http/body.h"

#include <string.h>

#include <utility>

#include "base/prng.h"
#include "base/text.h"
#include "http/body_members.h"
#include "http/json.h"
#include "http/wire.h"

namespace creneau::http {
namespace {

// In api.proto.
constexpr uint32_t kApplicantNumber = 1;
constexpr uint32_t kSlotNumber = 2;
constexpr uint32_t kTicketNumber = 3;
constexpr uint32_t kAssertionNumber = 4;

}  // namespace

Body::~Body() { explicit_bzero(text_.data(), text_used_); }

void Body::AddProblem(std::string_view pointer, std::string_view message) {
  if (problem_count_ == kMaxProblems) return;
  if (!problems_) problems_.emplace();
  (*problems_)[problem_count_++] = {pointer, message};
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
  constexpr std::array<std::string_view, 3> kPointers = {"/slot", "/ticket", "/assertion"};
  static_assert(kAssertionNumber - kSlotNumber + 1 == kPointers.size());
  std::array<bool, kPointers.size()> seen{};
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
      const std::string_view pointer = kPointers[field.number - kSlotNumber];
      if (std::exchange(seen[field.number - kSlotNumber], true)) {
        AddProblem(pointer, kTwice);
      } else if (!field.is_text) {
        AddProblem(pointer, kStringExpected);
      } else if (!IsUtf8(field.text)) {
        return Verdict::kMalformed;
      } else if (field.number == kSlotNumber) {
        TakeSlot(field.text);
      } else {
        const Text text = field.number == kTicketNumber ? Text::kTicket : Text::kAssertion;
        TakeText(static_cast<size_t>(text), field.text);
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
