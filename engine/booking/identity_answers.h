// What the staff asks about identities, and what it is answered (design 5, 8): plain values, as in
// answers.h.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "booking/acts.h"
#include "booking/answers.h"

namespace creneau::booking {

// Why an identity was changed: "typing-error", "office-error", "new-document", "usurped", "other".
bool IsReason(std::string_view text);
std::string_view AllReasons();  // for messages

struct CorrectionRequest {
  std::string_view reservation;  // its name
  rules::Applicant right;
  std::optional<rules::Applicant> booked;  // as it was typed; absent: nobody knows
  std::string_view reason;
};

struct RepairRequest {
  std::string_view reservation;  // its name
  rules::Applicant owner;        // as the papers say
  std::string_view reason;
};

struct LinkRequest {
  std::string_view agenda;
  rules::Applicant applicant;
  rules::Applicant same_as;
  std::string_view reason;
};

struct IdentityAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;            // where it is known
  std::vector<rules::IdentityProblem> problems;  // kValidationFailed: JSON pointer and message
  // The one concerned, where there is one. Its key is to be told only where `rekeyed` says so.
  std::optional<Reservation> reservation;
  bool rekeyed = false;
  bool existed = false;        // it was so already
  std::optional<PairAct> act;  // kOk: what waits for a second person, or did
};

inline IdentityAnswer Denied(Outcome outcome, const AgendaInfo* agenda = nullptr) {
  IdentityAnswer answer;
  answer.outcome = outcome;
  answer.agenda = agenda;
  return answer;
}

struct WaitingAct {
  PairAct act;
  const AgendaInfo* agenda = nullptr;
};

}  // namespace creneau::booking
