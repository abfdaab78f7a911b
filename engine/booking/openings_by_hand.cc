// What operators do to openings and rosters.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "codec/event.h"
#include "codec/roster_csv.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

// As the log attributes it.
std::string_view WordFor(OpeningOrder::What what) {
  switch (what) {
    case OpeningOrder::What::kPause:
      return "pause";
    case OpeningOrder::What::kResume:
      return "resume";
    case OpeningOrder::What::kDrain:
      return "drain";
    case OpeningOrder::What::kRate:
      return "rate";
    case OpeningOrder::What::kExtend:
      return "extend";
    case OpeningOrder::What::kBeacon:
      return "beacon";
    case OpeningOrder::What::kWithoutBeacon:
      return "without-beacon";
  }
  CHECK(false);
}

}  // namespace

OrderAnswer Engine::Impl::Order(std::string_view name, const OpeningOrder& order,
                                const Actor& actor) {
  // Like a publication: one at a time, by the rules that are then in force, and none while a
  // snapshot begins.
  const std::lock_guard lock(publishing_);
  OrderAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const Instant now = clock_.Now();
  const std::string attribution = Attribution(actor, {WordFor(order.what), name}, now);
  if (!openings_->Change(*answer.agenda, order, attribution, now, publisher_pool_,
                         &answer.problem)) {
    answer.outcome = Outcome::kOutcomeUnknown;
    return answer;
  }
  if (!answer.problem.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  answer.opening = ReadQueue(name, now).opening;
  return answer;
}

RosterAnswer Engine::Impl::ImportRoster(const RosterRequest& request, const Actor& actor) {
  RosterAnswer answer;
  answer.agenda = registry_.Find(request.agenda);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const AgendaInfo& agenda = *answer.agenda;
  codec::RosterFile file = codec::ReadRosterCsv(request.body);
  answer.errors = std::move(file.errors);
  std::vector<Subject> subjects;
  subjects.reserve(file.people.size());
  // From here on the group's pepper stays what it is.
  const std::lock_guard lock(publishing_);
  for (const codec::RosterFile::Person& person : file.people) {
    rules::Applicant applicant;
    for (size_t i = 0; i < person.fields.size(); ++i) applicant.fields[i] = person.fields[i];
    const rules::Identity identity =
        rules::Identify(agenda.rules, applicant, peppers_.Of(agenda.id), clock_.Now());
    for (const rules::IdentityProblem& problem : identity.problems)
      answer.errors.push_back(
          {person.line, 1, absl::StrCat(problem.pointer, ": ", problem.message)});
    subjects.push_back(identity.subject);
  }
  if (!answer.errors.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  answer.people = subjects.size();
  answer.listed = rosters_.size(agenda.id);
  if (request.dry_run) return answer;
  if (LogRoom(subjects.size() * sizeof(Subject) + limits::kMaxRecordBytes) != Room::kPlenty) {
    answer.outcome = Outcome::kReadOnly;
    return answer;
  }
  const std::vector<std::string> records =
      codec::EncodeRoster(agenda.id, rosters_.version(agenda.id) + 1, request.adds, subjects);
  const std::string attribution = Attribution(actor, {"roster", agenda.rules.name}, clock_.Now());
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  act.Begin();
  act.PushCopy(attribution);
  act.PushAll(records);
  if (!wait.Finish(act)) {
    answer.outcome = Outcome::kOutcomeUnknown;
    return answer;
  }
  for (const std::string& record : records) {
    const auto decoded = codec::DecodeRecord(record);
    CHECK(decoded.ok() && rosters_.Take(std::get<codec::RosterPart>(*decoded)).ok());
  }
  answer.listed = rosters_.size(agenda.id);
  return answer;
}

}  // namespace creneau::booking
