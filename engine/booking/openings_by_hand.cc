// What operators do to openings and rosters.

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "booking/engine_impl.h"
#include "codec/event.h"
#include "codec/roster_csv.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

using What = OpeningOrder::What;

// A day is more than any opening has, and an operator who means it can say it twice.
constexpr int64_t kMostMinutes = 24 * 60;
constexpr int64_t kHighestRate = 1'000'000;

// Why that order means nothing there and now; empty where it does.
std::string Objection(const AgendaInfo& agenda, const OpeningView& opening,
                      const OpeningOrder& order) {
  const bool queue = agenda.rules.policy == rules::Policy::kQueue;
  const bool under_way = opening.times && opening.phase != Phase::kClosed;
  switch (order.what) {
    case What::kPause:
    case What::kResume:
      return "";
    case What::kDrain:
    case What::kRate:
      if (!queue) return "this agenda has no queue";
      if (!under_way) return "no opening of this agenda is under way";
      if (order.value < 0 || order.value > kHighestRate)
        return absl::StrCat("people a minute: 0 (no cap) to ", kHighestRate);
      return "";
    case What::kExtend:
      if (!under_way) return "no opening of this agenda is under way";
      if (order.value < 1 || order.value > kMostMinutes)
        return absl::StrCat("minutes: 1 to ", kMostMinutes);
      return "";
  }
  return "";
}

}  // namespace

OrderAnswer Engine::Impl::Order(std::string_view name, const OpeningOrder& order) {
  OrderAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const Instant now = clock_.Now();
  answer.opening = openings_->At(*answer.agenda, now);
  answer.problem = Objection(*answer.agenda, answer.opening, order);
  if (!answer.problem.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  // Like a publication: one at a time, and none while a snapshot begins.
  const std::lock_guard lock(publishing_);
  if (!openings_->Change(*answer.agenda, order, now, publisher_pool_)) {
    answer.outcome = Outcome::kOutcomeUnknown;
    return answer;
  }
  answer.opening = openings_->At(*answer.agenda, now);
  return answer;
}

RosterAnswer Engine::Impl::ImportRoster(const RosterRequest& request) {
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
  for (const codec::RosterFile::Person& person : file.people) {
    rules::Applicant applicant;
    for (size_t i = 0; i < person.fields.size(); ++i) applicant.fields[i] = person.fields[i];
    const rules::Identity identity =
        rules::Identify(agenda.rules, applicant, *pseudonyms_, clock_.Now());
    for (const rules::IdentityProblem& problem : identity.problems)
      answer.errors.push_back(
          {person.line, 1, absl::StrCat(problem.pointer, ": ", problem.message)});
    subjects.push_back(identity.subject);
  }
  if (!answer.errors.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  const std::lock_guard lock(publishing_);
  if (LogRoom(subjects.size() * sizeof(Subject) + limits::kMaxRecordBytes) != Room::kPlenty) {
    answer.outcome = Outcome::kReadOnly;
    return answer;
  }
  const std::vector<std::string> records =
      codec::EncodeRoster(agenda.id, rosters_.version(agenda.id) + 1, request.adds, subjects);
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
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
