// Peppers as operators see them, and the end of one that nobody needs any more (pepper_files.h).

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "booking/pepper_files.h"
#include "booking/staff_keys.h"

namespace creneau::booking {
namespace {

constexpr int64_t kMsPerDay = 24 * kMsPerHour;

std::string NamesOf(const std::vector<const AgendaInfo*>& agendas) {
  std::string names;
  for (const AgendaInfo* agenda : agendas)
    absl::StrAppend(&names, names.empty() ? "" : ", ", agenda->rules.name);
  return names;
}

RetireAnswer Unfinished(RetireAnswer answer, const absl::Status& status) {
  answer.outcome = Outcome::kOutcomeUnknown;
  answer.problem =
      absl::StrCat("The log says that it is retired, and its file could not be destroyed: ",
                   std::string(status.message()), ". Ask again; a start does it as well.");
  return answer;
}

}  // namespace

// What the log says is destroyed, and is there: a crash came before, or a backup of KEYS was put
// back.
void Engine::Impl::FinishRetiring() {
  for (const codec::PepperEpoch& retired : people_->peppers.AllRetired()) {
    const absl::StatusOr<bool> destroyed =
        DestroyPepper(files_, options_.keys, retired.epoch, retired.check, retired.at);
    if (!destroyed.ok()) {
      report_.peppers.push_back(absl::StrCat(
          PepperName(retired.epoch),
          " is retired and could not be destroyed: ", std::string(destroyed.status().message())));
    } else if (*destroyed) {
      report_.peppers.push_back(absl::StrCat(PepperName(retired.epoch), " in ", options_.keys,
                                             " was retired on ", FormatUtc(retired.at),
                                             " and was still there: it is destroyed now"));
    }
  }
}

// Until when what was hashed with it may still be asked about, as far as groups have left it;
// `longest`: because of which agenda. Nothing: no group ever did.
std::optional<Instant> Engine::Impl::RetentionUntil(uint32_t epoch,
                                                    const AgendaInfo** longest) const {
  std::optional<Instant> until;
  for (const PepperEpochs::Left& left : people_->peppers.LeftFrom(epoch)) {
    for (const AgendaInfo* agenda : AgendasOf(registry_, left.group)) {
      const Instant of_this = left.at + agenda->rules.retention_days * kMsPerDay;
      if (until && of_this <= *until) continue;
      until = of_this;
      *longest = agenda;
    }
  }
  return until;
}

bool Engine::Impl::MayRetire(uint32_t epoch, Instant now, RetireAnswer* answer) const {
  for (const AgendaInfo* agenda : registry_.All()) {
    if (people_->peppers.Of(agenda->rules.group) == epoch) answer->users.push_back(agenda);
  }
  answer->outcome = Outcome::kPepperInUse;
  if (!answer->users.empty()) {
    answer->problem = absl::StrCat("Agendas still use it: ", NamesOf(answer->users),
                                   ". Give them another one first (creneauctl key new-pepper).");
    return false;
  }
  if (epoch == people_->peppers.newest()) {
    answer->problem =
        "It is the newest, with which new agendas begin. Make another one first (creneauctl key "
        "new-pepper).";
    return false;
  }
  const AgendaInfo* longest = nullptr;
  answer->from = RetentionUntil(epoch, &longest);
  if (answer->from && *answer->from > now) {
    answer->problem =
        absl::StrCat("Agenda ", longest->rules.name, " has used it and keeps what it has for ",
                     longest->rules.retention_days, " days (retention_days): not before ",
                     FormatUtc(*answer->from), ".");
    return false;
  }
  answer->outcome = Outcome::kOk;
  return true;
}

// 0: the file is gone already. FailedPrecondition: it is damaged, or another one.
absl::StatusOr<uint64_t> Engine::Impl::CheckOnDisk(uint32_t epoch) {
  const codec::PepperEpoch* const made = people_->peppers.Made(epoch);
  const uint64_t known = made == nullptr ? 0 : made->check;
  const auto names = files_.List(options_.keys);
  if (!names.ok()) return names.status();
  if (std::find(names->begin(), names->end(), PepperName(epoch)) == names->end()) return known;
  const auto pepper =
      RequirePepper(files_, options_.keys, {epoch, known, absl::StrCat("epoch ", epoch)});
  if (!pepper.ok()) return pepper.status();
  return CheckOf(*pepper);
}

RetireAnswer Engine::Impl::RetirePepper(uint32_t epoch, bool dry_run, const Actor& actor) {
  const std::lock_guard lock(publishing_);
  RetireAnswer answer;
  PepperEpochs& peppers = people_->peppers;
  const auto refused = [&](Outcome outcome, std::string problem = "") {
    answer.outcome = outcome;
    answer.problem = std::move(problem);
    return answer;
  };
  if (epoch != 1 && peppers.Made(epoch) == nullptr)
    return refused(Outcome::kValidationFailed, "is of no pepper: creneauctl key peppers lists all");
  if (const codec::PepperEpoch* const retired = peppers.Retired(epoch)) {
    answer.existed = true;
    const absl::Status status = dry_run ? absl::OkStatus() : Destroy(*retired);
    return status.ok() ? answer : Unfinished(answer, status);
  }
  const Instant now = clock_.Now();
  if (!MayRetire(epoch, now, &answer)) return answer;
  const absl::StatusOr<uint64_t> check = CheckOnDisk(epoch);
  if (!check.ok()) {
    return refused(absl::IsFailedPrecondition(check.status()) ? Outcome::kValidationFailed
                                                              : Outcome::kOutcomeUnknown,
                   std::string(check.status().message()));
  }
  if (dry_run) return answer;
  if (LogRoom() != Room::kPlenty) return refused(Outcome::kReadOnly);
  codec::PepperEpoch record;
  record.epoch = epoch;
  record.at = now;
  record.retired = true;
  record.check = *check;
  // The log first: then nothing is destroyed of which it does not say by whom, and what a crash
  // leaves a start destroys (FinishRetiring).
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  act.Begin();
  act.PushCopy(Attribution(actor, {"retire-pepper"}, now));
  act.PushCopy(codec::EncodePepper(record));
  if (!wait.Finish(act)) return refused(Outcome::kOutcomeUnknown);
  peppers.Take(record);
  {
    const Identities::Writing writing = people_->identities.Write();
    peppers_.Drop(epoch);
  }
  const absl::Status status = Destroy(record);
  return status.ok() ? answer : Unfinished(answer, status);
}

absl::Status Engine::Impl::Destroy(const codec::PepperEpoch& retired) {
  return DestroyPepper(files_, options_.keys, retired.epoch, retired.check, retired.at).status();
}

std::vector<PepperListing> Engine::Impl::ListPeppers() {
  const std::lock_guard lock(publishing_);
  const PepperEpochs& peppers = people_->peppers;
  std::vector<PepperListing> all;
  for (uint32_t epoch = 1; epoch <= peppers.newest(); ++epoch) {
    const codec::PepperEpoch* const made = peppers.Made(epoch);
    if (epoch != 1 && made == nullptr) continue;
    PepperListing& listing = all.emplace_back();
    listing.epoch = epoch;
    listing.newest = epoch == peppers.newest();
    if (made != nullptr) listing.made = made->at;
    if (const auto* const retired = peppers.Retired(epoch)) listing.retired = retired->at;
    for (const AgendaInfo* agenda : registry_.All()) {
      if (peppers.Of(agenda->rules.group) == epoch) listing.agendas.push_back(agenda);
    }
    const AgendaInfo* longest = nullptr;
    if (listing.agendas.empty()) listing.retention_until = RetentionUntil(epoch, &longest);
  }
  return all;
}

std::vector<PepperListing> Engine::ListPeppers() { return impl_->ListPeppers(); }
RetireAnswer Engine::RetirePepper(uint32_t epoch, bool dry_run, const Actor& actor) {
  return impl_->RetirePepper(epoch, dry_run, actor);
}

}  // namespace creneau::booking
