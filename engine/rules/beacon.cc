#include "rules/beacon.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"

namespace creneau::rules {
namespace {

constexpr size_t kLeastHex = 16;
// 32 octets.
constexpr size_t kDrandDigits = 64;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Of numbers without leading zeros: which is smaller, however many digits they have.
bool IsLess(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// Of numbers with one space between.
bool Ascend(std::string_view text) {
  for (std::string_view before; !text.empty();) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (IsLess(word, before)) return false;
    before = word;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return true;
}

// Round 1 is public at genesis, each later one a period after the one before it ("info" of
// https://api.drand.sh: genesis_time and period).
struct Chain {
  std::string_view name;
  int64_t genesis_s;
  int64_t period_s;
};
constexpr Chain kChains[] = {{"drand quicknet", 1'692'803'367, 3},
                             {"drand default", 1'595'431'050, 30}};

}  // namespace

bool IsBeaconValue(std::string_view text) {
  if (text.size() > limits::kBeaconChars) return false;
  const auto is_hex = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); };
  if (text.size() >= kLeastHex && std::all_of(text.begin(), text.end(), is_hex)) return true;
  for (std::string_view rest = text;;) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    const bool leads_with_zero = word.size() > 1 && word.front() == '0';
    if (word.empty() || leads_with_zero || !std::all_of(word.begin(), word.end(), IsDigit))
      return false;
    if (word.size() == rest.size()) return true;
    rest.remove_prefix(word.size() + 1);
  }
}

bool IsDrand(std::string_view beacon) {
  return absl::AsciiStrToLower(std::string(beacon)).find("drand") != std::string::npos;
}

std::string WrongWithRound(std::string_view beacon, std::string_view round, Instant round_at) {
  if (!IsDrand(beacon)) return "";
  const std::string name = absl::AsciiStrToLower(std::string(beacon));
  for (const Chain& chain : kChains) {
    if (chain.name != name) continue;
    const int64_t since_s = round_at.ms / kMsPerSecond - chain.genesis_s;
    const std::string public_then = std::to_string(since_s / chain.period_s + 1);
    if (since_s >= 0 && round == public_then) return "";
    return absl::StrCat("round ", std::string(round), " of ", name, " is not the one that is ",
                        "public at `round_at`: that is round ", public_then);
  }
  return "of drand `beacon` has to name a chain whose rounds have known times: \"drand quicknet\" "
         "or "
         "\"drand default\"";
}

std::string_view WrongWithDrawValue(std::string_view beacon, std::string_view value) {
  if (!IsBeaconValue(value))
    return "is not written as a value is: numbers without leading zeros in ascending order with "
           "one space between them, or 64 lower-case hexadecimal digits";
  const bool spaced = value.find(' ') != std::string_view::npos;
  const bool whole = !spaced && value.size() == kDrandDigits;
  if (IsDrand(beacon) && !whole)
    return "is none that drand gives: its randomness has 64 hexadecimal digits";
  if (whole) return {};
  const bool numbers =
      (spaced || value.size() == 1 || value.front() != '0') &&
      std::all_of(value.begin(), value.end(), [](char c) { return IsDigit(c) || c == ' '; });
  if (!numbers) return "has not all of its hexadecimal digits, which are 64: who cuts could choose";
  return Ascend(value) ? "" : "has its numbers in another order than the ascending one";
}

}  // namespace creneau::rules
