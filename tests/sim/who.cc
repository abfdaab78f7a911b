#include "tests/sim/who.h"

#include "base/check.h"

namespace creneau::sim {
namespace {

constexpr char kBorn[] = "1990-05-17";

std::string File(int number) { return "SIM" + std::to_string(1000 + number); }
std::string Passport(int person) { return "12AB345" + std::to_string(60 + person); }

// Small letters, spaces and hyphens make no difference.
std::string Spelt(std::string number, uint64_t spelling) {
  if (spelling % 3 == 1) return number.insert(3, " ");
  if (spelling % 3 == 2) {
    for (char& c : number) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return number.insert(2, "-");
  }
  return number;
}

bool IsPassport(int identity) { return identity >= kPassports && identity < kMistyped; }

}  // namespace

std::vector<std::pair<std::string, std::string>> CanonicalFields(int identity) {
  CHECK(identity >= 0 && identity < kFresh);
  if (IsPassport(identity))
    return {{"passport", Passport(identity - kPassports)}, {"birth_date", kBorn}};
  return {{"dossier", File(identity)}, {"birth_date", kBorn}};
}

std::string ApplicantText(int identity, uint64_t spelling) {
  std::string text;
  for (const auto& [name, value] : CanonicalFields(identity)) {
    text += text.empty() ? "{" : ",";
    text += "\"" + name + "\":\"" + (name == "birth_date" ? value : Spelt(value, spelling)) + "\"";
  }
  return text + "}";
}

bool OneFieldApart(int one, int other) {
  return one != other && IsPassport(one) == IsPassport(other);
}

std::vector<int> WhoIsWho::AllOf(int subject) const {
  std::vector<int> all;
  for (const auto& [one, is] : subjects) {
    if (is == subject) all.push_back(one);
  }
  if (!subjects.contains(subject)) all.push_back(subject);
  return all;
}

void WhoIsWho::Join(int identity, int subject) {
  for (const int one : AllOf(Of(identity))) subjects[one] = subject;
}

}  // namespace creneau::sim
