// Who somebody is: identities as people type them, and who stands for whom after links and
// corrections, kept by somebody who knows the rules of design 5 and no pseudonym.
//
// An identity is a number. Of the first five people there are three each: their file (0 to 4),
// their passport (100 to 104), and another file's number, which is what is typed when a digit is
// wrong (200 to 204). All others have a file only. What an identity stands for is a number too: its
// own, until somebody links or corrects it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.h"

namespace creneau::sim {

inline constexpr int kFamily = 5;  // people with three identities
inline constexpr int kPassports = 100;
inline constexpr int kMistyped = 200;
inline constexpr int kFresh = 1'000;  // from here on: what no identity gives by itself

// As one of the family, whatever is shown.
inline bool IsOfFamily(int identity) { return identity % 100 < kFamily; }

// {"dossier":"SIM1003","birth_date":"1990-05-17"}. `spelling`: of several that mean the same.
std::string ApplicantText(int identity, uint64_t spelling = 0);
// Its fields as receipts are made from them, in their order.
std::vector<std::pair<std::string, std::string>> CanonicalFields(int identity);
// Whether two identities differ in one field of the same document.
bool OneFieldApart(int one, int other);

// Waits for a second person, or has had one.
struct PairAct {
  enum class Kind : uint8_t { kCorrection, kRepair, kLink };
  Kind kind = Kind::kRepair;
  std::string agenda;  // "sim/"
  std::string reservation;
  int right = -1;   // of a link: one of them
  int booked = -1;  // of a link: the other; of a correction: -1 where nobody has told
  std::string reason;
  std::string person;
  Instant at{};
  std::string settled_by{};
  bool withdrawn = false;  // by whom it was settled
  int rekeyed = 0;         // how often the reservation had got a key by then
  bool IsSame(const PairAct& other) const {
    return kind == other.kind && reservation == other.reservation && right == other.right &&
           booked == other.booked && reason == other.reason && person == other.person;
  }
  Instant expires_at() const { return at + 7 * kMsPerDay; }
  bool Waits(Instant now) const { return settled_by.empty() && now < expires_at(); }
};

struct WhoIsWho {
  std::map<int, int> subjects;  // of identities that stand for another one
  int next_fresh = kFresh;
  std::map<std::string, PairAct> acts;  // by name

  int Of(int identity) const {
    const auto at = subjects.find(identity);
    return at == subjects.end() ? identity : at->second;
  }
  // All that stand for it, itself included unless it stands for another one.
  std::vector<int> AllOf(int subject) const;
  // All that stand for what `identity` does stand for `subject` from now on.
  void Join(int identity, int subject);
};

}  // namespace creneau::sim
