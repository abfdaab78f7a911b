// How the people of the office ask (life.h); for the files that say what they ask.
#pragma once

#include "http/text.h"
#include "tests/sim/life.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {

std::string Request(const std::string& line, const std::string& headers, const std::string& body);

// The beginning of a body, up to what follows the applicant.
std::string ApplicantJson(int identity);

template <typename Judge>
void Life::Ask(const std::string& request, Judge judge, http::Audience audience, Rests rests,
               std::function<void()> again) {
  std::string decided;
  const std::string before = BeforeRefusal(audience);
  const uint64_t number = machine_.Ask(request, audience, &decided);
  asked_ = number;
  const Told told(decided);
  Trace("ask " + std::to_string(number) + " at " + std::to_string(auditor_.position()) + ": " +
        request.substr(0, request.find('\r')) + " " + request.substr(request.find("\r\n\r\n") + 4) +
        " -> " + std::to_string(told.status) + " " + told.body.substr(0, 200));
  digest_ = Mix64(digest_ ^ http::Fingerprint(decided));
  if (WasRefused(request, before, told, std::move(again))) return;
  if (machine_.failed() && told.code == "outcome-unknown") return;
  Complain(judge(told));
  // What anybody may see rests on nothing, and proves nothing when it leaves.
  if (told.code.empty() && request.find("GET /v1/agendas") == 0) return;
  if (rests == Rests::kOnNothing) return;
  // A refused operator can ask again: nobody else is told of it.
  if (audience == http::Audience::kAdmin && told.status >= 300) return;
  if (told.code == "forbidden" || told.code == "unauthorized") return;
  acknowledges_[number] = auditor_.position();
}

}  // namespace creneau::sim
