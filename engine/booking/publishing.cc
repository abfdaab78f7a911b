// Publication: from a file to a calendar in force. The calendar is logged before its pointer is
// swapped (design 3.9); withdrawing and restoring seats are acts like any other.

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "codec/agenda_file.h"
#include "codec/event.h"
#include "rules/calendar.h"
#include "rules/no_computer.h"

namespace creneau::booking {
namespace {

constexpr int kSlotsPerBarrier = 64;
constexpr int kRounds = 20;

ledger::SlotTarget TargetOf(const rules::CalendarSlot& slot, bool listed) {
  return ledger::SlotTarget{slot.start, slot.starts_at, static_cast<uint16_t>(slot.minutes),
                            slot.seats.of, listed};
}

// What it takes to log a publication, roughly: its slots, and a record for each seat that it
// withdraws or marks, in batches of kSlotsPerBarrier slots.
uint64_t BytesFor(const ledger::PublicationPlan& plan) {
  constexpr uint64_t kBytesPerSlot = 64;
  constexpr uint64_t kBytesPerSeat = 64;
  const uint64_t slots = plan.change.slots.size();
  return limits::kMaxRecordBytes + slots * kBytesPerSlot +
         (uint64_t{plan.added} + plan.withdrawn + plan.kept) * kBytesPerSeat +
         slots / kSlotsPerBarrier * limits::kPageBytes;
}

// False: more seats than there is room for.
bool Fits(const ledger::PublicationPlan& plan, PublishAnswer* answer) {
  if (!plan.no_room && plan.overfull.empty()) return true;
  answer->outcome = Outcome::kValidationFailed;
  for (const LocalMinute slot : plan.overfull) {
    answer->errors.push_back(
        {0, 0,
         absl::StrCat("slot ", FormatLocalMinute(slot),
                      ": seats of other channels, reserved or withdrawn only now, leave no room "
                      "for the new ones (64 in all); publish fewer first, then the rest")});
  }
  if (plan.no_room)
    answer->errors.push_back({0, 0, "this engine has no room for so many more seats"});
  return false;
}

// Design 5: the same that `agenda check` asks of a TOML file's sessions. A slot that is new, or
// flows by another rule, or has more such seats than before, gives them out from now on at the
// earliest; of the others all that is left may have flowed away. What has begun is nobody's any
// more.
std::string_view WrongWithChannels(ledger::Ledger& ledger, const rules::Agenda& agenda,
                                   const AgendaInfo* current,
                                   const std::vector<ledger::SlotTarget>& targets, Instant now) {
  rules::WithoutComputer seats(agenda);
  std::map<LocalMinute, rules::ChannelSeats> before;
  if (current != nullptr && agenda.flow == current->rules.flow) {
    for (const auto& slot : ledger.Slots(current->id, now, Instant{INT64_MAX - 1}, SIZE_MAX))
      before.emplace(slot.start, slot.seats);
  }
  const auto has_as_before = [&](const ledger::SlotTarget& target) {
    const auto at = before.find(target.start);
    if (at == before.end()) return false;
    for (const Channel channel : kAllChannels) {
      const auto c = static_cast<size_t>(channel);
      if (rules::NeedsNoComputer(channel) && target.seats[c] > at->second[c]) return false;
    }
    return true;
  };
  for (const ledger::SlotTarget& target : targets) {
    if (target.starts_at <= now) continue;
    seats.Add(target.seats, has_as_before(target)
                                ? seats.horizon_ms()
                                : std::min(seats.horizon_ms(), target.starts_at - now));
  }
  return seats.Wrong();
}

}  // namespace

// What has gone from one channel to another stays so, as far as the file still has it; what was
// added for a court stays added.
void AddShifted(const std::array<int8_t, kChannels>& shifted, ledger::SlotTarget* target) {
  int missing = 0;
  for (size_t c = 0; c < kChannels; ++c) {
    if (shifted[c] >= 0) continue;
    const int gone = std::min<int>(-shifted[c], target->seats[c]);
    missing += -shifted[c] - gone;
    target->seats[c] = static_cast<uint8_t>(target->seats[c] - gone);
    target->shifted[c] = static_cast<int8_t>(-gone);
  }
  // Court last: whoever has one of its seats has it by order of a court.
  for (size_t c = 0; c < kChannels; ++c) {
    if (shifted[c] <= 0) continue;
    const int come = std::max(0, shifted[c] - missing);
    missing -= shifted[c] - come;
    target->seats[c] = static_cast<uint8_t>(target->seats[c] + come);
    target->shifted[c] = static_cast<int8_t>(come);
  }
}

// The targets of the new calendar: the file's slots, and those of the other kind that are
// published. A calendar is made from sessions (TOML) and lists (CSV), and either file replaces only
// its own. A slot is its local time: what instant that is comes from the zone's rules as they are
// today, for those that were published under older ones too.
bool Engine::Impl::Merge(const std::vector<rules::CalendarSlot>& slots, bool listed,
                         const rules::Agenda& agenda, const AgendaInfo* current,
                         std::vector<ledger::SlotTarget>* targets, rules::Diagnostics* errors) {
  std::map<LocalMinute, ledger::SlotTarget> merged;
  std::map<LocalMinute, std::array<int8_t, kChannels>> shifted;
  absl::TimeZone zone;
  CHECK(rules::LoadZone(agenda.timezone, &zone));
  if (current != nullptr) {
    for (const auto& slot :
         ledger_.Slots(current->id, Instant{0}, Instant{INT64_MAX - 1}, SIZE_MAX)) {
      if (slot.listed == listed) {
        if (slot.shifted != decltype(slot.shifted){}) shifted[slot.start] = slot.shifted;
        continue;
      }
      std::string error;
      const Instant starts_at = rules::InstantOf(slot.start, zone, &error);
      if (!error.empty()) errors->push_back({0, 0, "published already: " + error});
      merged[slot.start] = {slot.start, starts_at,   static_cast<uint16_t>(slot.minutes),
                            slot.seats, slot.listed, slot.shifted};
    }
  }
  for (const rules::CalendarSlot& slot : slots) {
    const bool closed =
        current != nullptr && people_->closures.IsClosed(current->id, rules::DayOf(slot.start));
    if (closed) continue;  // the file may still say so
    const auto [at, fresh] = merged.emplace(slot.start, TargetOf(slot, listed));
    if (!fresh) {
      errors->push_back(
          {0, 0,
           absl::StrCat("slot ", FormatLocalMinute(slot.start), " is published already, from ",
                        listed ? "the sessions of the TOML file" : "a CSV file",
                        ": leave it out of one of the two")});
    } else if (const auto before = shifted.find(slot.start); before != shifted.end()) {
      AddShifted(before->second, &at->second);
    }
  }
  for (const auto& [start, target] : merged) targets->push_back(target);
  const std::string_view wrong =
      WrongWithChannels(ledger_, agenda, current, *targets, clock_.Now());
  if (!wrong.empty()) errors->push_back({0, 0, std::string(wrong)});
  return errors->empty();
}

// Reads the file into rules and targets. False: what is wrong with it is in the answer.
bool Engine::Impl::ReadTargets(const PublishRequest& request, const AgendaInfo* current,
                               rules::Agenda* agenda, std::vector<ledger::SlotTarget>* targets,
                               PublishAnswer* answer) {
  const auto wrong = [&](std::string message) {
    answer->errors.push_back(rules::Diagnostic{0, 0, std::move(message)});
    return false;
  };
  std::vector<rules::CalendarSlot> slots;
  const bool listed = request.format == AgendaFormat::kCsv;
  if (listed) {
    if (current == nullptr) {
      return wrong(
          absl::StrCat("agenda ", std::string(request.name),
                       " is not published yet: publish its TOML file first, then its slots"));
    }
    *agenda = current->rules;
    codec::SlotsFile file = codec::ReadSlotsCsv(request.body, *agenda);
    answer->errors = std::move(file.errors);
    slots = std::move(file.slots);
  } else {
    codec::AgendaFile file = codec::ReadAgendaToml(request.body);
    answer->errors = std::move(file.errors);
    answer->warnings = std::move(file.warnings);
    *agenda = std::move(file.agenda);
    slots = std::move(file.slots);
  }
  if (!answer->errors.empty()) return false;
  if (agenda->name != request.name) {
    return wrong(
        absl::StrCat("the file is for agenda ", agenda->name, ", not ", std::string(request.name)));
  }
  if (current != nullptr && agenda->timezone != current->rules.timezone) {
    return wrong(
        "the time zone of a published agenda cannot change: its slots are named by local time. "
        "Publish another agenda.");
  }
  if (current != nullptr && agenda->group != current->rules.group) {
    return wrong(
        "the group of a published agenda cannot change: its reservations were made in the old one. "
        "Publish another "
        "agenda.");
  }
  // Whoever could change these at the hour could choose between two K, or throw away a draw.
  if (current != nullptr && current->rules.policy == rules::Policy::kQueue &&
      (agenda->beacon != current->rules.beacon || agenda->policy != current->rules.policy ||
       agenda->opening != current->rules.opening) &&
      openings_->At(*current, clock_.Now()).phase != Phase::kClosed) {
    return wrong(
        "the policy, opening and beacon of a queue cannot change while people gather or its "
        "opening is under way: publish this once it is closed; creneauctl queue pause and extend "
        "are for what cannot wait");
  }
  if (const std::string objection = draw_keeper_->ObjectionTo(current, *agenda, clock_.Now());
      !objection.empty())
    return wrong(objection);
  return Merge(slots, listed, *agenda, current, targets, &answer->errors);
}

// Of an agenda that begins a group, where that is not in the newest epoch by itself.
std::optional<codec::PepperEpoch> Engine::Impl::EpochOfNew(const rules::Agenda& agenda) const {
  const PepperEpochs& peppers = people_->peppers;
  if (peppers.Of(agenda.group) == peppers.newest() || !AgendasOf(registry_, agenda.group).empty())
    return std::nullopt;
  codec::PepperEpoch begins;
  begins.epoch = peppers.newest();
  begins.at = clock_.Now();
  begins.group = agenda.group;
  return begins;
}

// False when the log failed: what is in force is then unknown, and the process is about to end.
bool Engine::Impl::PutInForce(const ledger::CalendarChange& change, const rules::Agenda& agenda,
                              const absl::TimeZone& zone, std::vector<std::string> before) {
  std::vector<std::string> records = std::move(before);
  const std::optional<codec::PepperEpoch> begins = EpochOfNew(agenda);
  if (begins) records.push_back(codec::EncodePepper(*begins));
  for (std::string& part : codec::EncodeCalendar(change, agenda))
    records.push_back(std::move(part));
  // A draw is announced behind the agenda: without it the log would have one of no agenda.
  const AgendaInfo* const current = registry_.Find(change.agenda);
  const std::vector<codec::DrawState> draws =
      draw_keeper_->Announced(current, change.agenda, agenda, clock_.Now());
  for (const codec::DrawState& draw : draws) records.push_back(codec::EncodeDraw(draw));
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  act.PushAll(records);
  if (!wait.Finish(act)) return false;
  draw_keeper_->Put(draws);
  ledger_.Apply(change);
  if (begins) people_->peppers.Take(*begins);
  // Of one that is published already others are reading it, and it is what it was; so is its zone.
  if (current == nullptr) peppers_.Use(change.agenda, people_->peppers.Of(agenda.group));
  registry_.Put(AgendaInfo{change.agenda, change.version, agenda,
                           current == nullptr ? Zone(zone) : current->zone, clock_.Now()});
  return true;
}

// Brings the seats of slots that have not begun to what the calendar in force says. A seat that is
// just being held or given up escapes a look, so slots where seats are left are looked at again, a
// write to the disk later. What a stopped thread keeps back stays so until the next publication.
ledger::TrimCounts Engine::Impl::TrimAll(AgendaId agenda) {
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  return TrimSlots(ledger_.SlotsOf(agenda, clock_.Now()), act, [&] { return wait.Finish(act); });
}

ledger::TrimCounts Engine::Impl::TrimSlots(std::vector<SlotId> slots, Act& act,
                                           const std::function<bool()>& finish) {
  ledger::TrimCounts sum;
  for (int look = 0; look < kRounds && !slots.empty() && !log_->poisoned(); ++look) {
    std::vector<SlotId> again;
    int acts = 0;
    for (const SlotId slot : slots) {
      act.Begin();
      const ledger::TrimCounts counts = ledger_.Trim(slot, act);
      sum.withdrawn += counts.withdrawn;
      sum.restored += counts.restored;
      sum.kept += counts.kept;
      if (counts.left > 0) again.push_back(slot);
      if (++acts % kSlotsPerBarrier == 0) finish();
    }
    finish();
    slots = std::move(again);
  }
  return sum;
}

// Where nobody can book for want of something that only the office can do.
void Engine::Impl::WarnOfNobody(AgendaId id, const rules::Agenda& agenda,
                                rules::Diagnostics* warnings) const {
  using rules::IdentityProof;
  if (agenda.identity_proof == IdentityProof::kListed && rosters_.size(id) == 0) {
    warnings->push_back({0, 0,
                         "nobody is listed yet, so nobody can book: import a roster (creneauctl "
                         "roster import)"});
  }
  if (agenda.identity_proof != IdentityProof::kAsserted) return;
  const std::shared_ptr<const StaffKeys> staff = staff_.keys();
  const bool vouched = std::any_of(staff->all().begin(), staff->all().end(), [&](const auto& key) {
    return key.assert_key && key.Stands(clock_.Now()) && Covers(ActorOf(key), agenda.name);
  });
  if (vouched) return;
  warnings->push_back({0, 0,
                       "no site has a key to vouch with, so nobody can book: make one (creneauctl "
                       "key create --role site --assert-key)"});
}

PublishAnswer Engine::Impl::Publish(const PublishRequest& request, const Actor& actor) {
  const std::lock_guard lock(publishing_);
  PublishAnswer answer;
  const AgendaInfo* current = registry_.Find(request.name);
  const uint32_t version = current == nullptr ? 0 : current->version;
  answer.version = version;
  answer.created = current == nullptr;
  if (request.if_match && *request.if_match != version) {
    answer.outcome = Outcome::kVersionMismatch;
    return answer;
  }
  rules::Agenda agenda;
  std::vector<ledger::SlotTarget> targets;
  absl::TimeZone zone;
  if (!ReadTargets(request, current, &agenda, &targets, &answer)) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  if (agenda.policy == rules::Policy::kQueue) agenda.chain_end = openings_->ChainEnd(agenda.name);
  CHECK(rules::LoadZone(agenda.timezone, &zone));
  const AgendaId id = current == nullptr ? registry_.NextId() : current->id;
  if (id.value >= limits::kMaxAgendas) {
    answer.outcome = Outcome::kValidationFailed;
    answer.errors.push_back(
        {0, 0, absl::StrCat("this engine has its ", limits::kMaxAgendas, " agendas already")});
    return answer;
  }
  const ledger::PublicationPlan plan = ledger_.Plan(id, version + 1, targets, clock_.Now());
  answer.slots = static_cast<uint32_t>(targets.size());
  answer.seats_added = plan.added;
  answer.seats_withdrawn = plan.withdrawn;
  answer.seats_kept = plan.kept;
  if (!Fits(plan, &answer)) return answer;
  if (plan.kept > 0 && request.displaced == Displaced::kRefuse) {
    answer.outcome = Outcome::kSeatsReserved;
    answer.displaced = plan.displaced;
    return answer;
  }
  // What cannot be read back must never be written.
  if (const absl::Status fits = ledger_.Check(plan.change); !fits.ok()) {
    answer.outcome = Outcome::kValidationFailed;
    answer.errors.push_back({0, 0, std::string(fits.message())});
    return answer;
  }
  WarnOfNobody(id, agenda, &answer.warnings);
  if (request.dry_run) return answer;
  if (LogRoom(BytesFor(plan)) != Room::kPlenty) {
    answer.outcome = Outcome::kReadOnly;
    return answer;
  }
  if (!PutInForce(plan.change, agenda, zone,
                  {Attribution(actor, {"publish", agenda.name}, clock_.Now())})) {
    answer.outcome = Outcome::kOutcomeUnknown;
    return answer;
  }
  const ledger::TrimCounts trimmed = TrimAll(id);
  answer.version = version + 1;
  // Where the log has failed since, the next start does what was planned.
  if (log_->poisoned()) return answer;
  answer.seats_withdrawn = trimmed.withdrawn;
  answer.seats_kept = trimmed.kept;
  return answer;
}

}  // namespace creneau::booking
