// What the log tells beside seats: calendars, openings, turns, rosters, losses, and whatever
// records later versions add.

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/text.h"
#include "rules/agenda.h"
#include "surge/key_chain.h"
#include "tools/audit/recount.h"

namespace creneau::audit {
namespace json = boost::json;

namespace {

// As descriptions write them (codec/describe.cc).
std::optional<Subject> SubjectFrom(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  const auto bytes = FromHex(text);
  if (!bytes) return std::nullopt;
  uint64_t halves[2] = {0, 0};
  for (size_t i = 0; i < bytes->size(); ++i)
    halves[i / 8] = halves[i / 8] << 8 | static_cast<uint8_t>((*bytes)[i]);
  return Subject{halves[1], halves[0]};
}

AgendaId AgendaNumber(const json::object& what) {
  const json::value* number = what.if_contains("agenda");
  if (number == nullptr || !number->is_int64()) return AgendaId{UINT32_MAX};
  return AgendaId{static_cast<uint32_t>(number->as_int64())};
}

}  // namespace

// The line of any other record: what its description says, with numbers for pseudonyms and for
// members of the staff, and names for agendas.
std::string Recount::Other(std::string_view record, const codec::Record&) {
  json::error_code ec;
  const std::string told = codec::DescribeRecord(record, /*json=*/true);
  json::value parsed = json::parse({told.data(), told.size()}, ec);
  if (ec || !parsed.is_object()) return "";
  json::object& what = parsed.as_object();
  const AgendaId agenda = AgendaNumber(what);
  std::string name = NameOf(agenda);
  // A calendar's first part names an agenda that is not published before its last.
  if (name.empty() && what.contains("name")) name = json::value_to<std::string>(what["name"]);
  if (name.empty() && what.contains("agenda") && what["agenda"].is_string())
    name = json::value_to<std::string>(what["agenda"]);
  if (!only_.empty() && !name.empty() && name != only_) return "";
  json::object line = {{"lsn", std::to_string(lsn_.value)}, {"at", At(at_)}};
  for (auto& [key, value] : what) {
    if (key == "event") {
      line["what"] = value;
    } else if (key == "agenda" && !name.empty()) {
      line["agenda"] = name;
    } else if (key == "person" && value.is_string()) {
      line["staff"] = StaffNumberOf(json::value_to<std::string>(value));
    } else if (const auto subject = value.is_string()
                                        ? SubjectFrom(json::value_to<std::string>(value))
                                        : std::nullopt) {
      line[key] = NumberOf(*subject);
    } else {
      line[key] = value;
    }
  }
  return json::serialize(line);
}

void Recount::MakeSeats(const ledger::SlotChange& change, AgendaId agenda) {
  if (change.slot.value > slots_.size()) return Fail("a slot's number was skipped");
  if (change.slot.value == slots_.size()) slots_.emplace_back();
  Slot& slot = slots_[change.slot.value];
  slot.agenda = agenda;
  slot.start = change.start;
  slot.starts_at = change.starts_at;
  uint32_t block = change.first_block;
  for (size_t c = 0; c < kChannels; ++c) {
    slot.most[c] = std::max<uint32_t>(slot.most[c], change.seats[c]);
    for (uint32_t i = 0; i < change.fresh[c]; ++i, ++slot.made) {
      uint64_t seat = seats_.size();
      if (slot.made % limits::kSeatsPerBlock == 0) {
        seat = uint64_t{block++} * limits::kSeatsPerBlock;
        if (seat != seats_.size()) return Fail("seats' numbers do not follow on those before them");
        seats_.resize(seats_.size() + limits::kSeatsPerBlock);
        slot.blocks.push_back(block - 1);
      } else {
        seat = uint64_t{slot.blocks.back()} * limits::kSeatsPerBlock +
               slot.made % limits::kSeatsPerBlock;
      }
      seats_[seat].slot = change.slot.value;
      seats_[seat].made = true;
      seats_[seat].word = ledger::SeatWord().WithChannel(static_cast<Channel>(c));
    }
  }
}

// In force with its last part.
void Recount::Take(const codec::CalendarPart& part) {
  if (part.part == 0) {
    open_ = part;
  } else if (open_ && open_->change.agenda == part.change.agenda) {
    open_->change.slots.insert(open_->change.slots.end(), part.change.slots.begin(),
                               part.change.slots.end());
  }
  if (!open_ || !open_->rules) return Fail("a part of a calendar without the parts before it");
  if (part.part + 1 < part.parts) return;
  const ledger::CalendarChange& change = open_->change;
  Agenda& agenda = agendas_[change.agenda];
  if (!agenda.versions.empty() && change.version != agenda.versions.back().number + 1)
    Fail("a version of an agenda was left out");
  agenda.name = open_->rules->name;
  Version version{change.version, lsn_, at_, *open_->rules, 0, {}, {}, {}};
  version.slots = static_cast<uint32_t>(change.slots.size());
  if (!change.slots.empty()) {
    version.first = change.slots.front().start;
    version.last = change.slots.back().start;
  }
  for (const ledger::SlotChange& slot : change.slots) {
    MakeSeats(slot, change.agenda);
    for (size_t c = 0; c < kChannels; ++c) version.seats[c] += slot.seats[c];
  }
  agenda.versions.push_back(std::move(version));
  open_.reset();
}

void Recount::Take(const codec::OpeningState& opening) {
  Agenda& agenda = agendas_[opening.agenda];
  const rules::Agenda* const rules = RulesOf(opening.agenda);
  if (rules == nullptr) return Fail("an opening of an agenda that was never published");
  const auto& known = agenda.opening;
  if (known && known->day == opening.day && known->opened_at) {
    if (!opening.opened_at) Fail("an opening that had begun has not begun any more");
    if (opening.opened_at && opening.k != known->k) Fail("K changed after it was published");
    if (opening.served_rank < known->served_rank) Fail("the rank served fell");
  }
  if (known && opening.day < known->day) Fail("an opening of an earlier day after a later one");
  if (opening.opened_at && rules->policy == rules::Policy::kQueue &&
      !surge::BelongsToChain(opening.k, opening.day, rules->chain_end))
    Fail("K is not that day's of the chain that was published with the agenda");
  if (!opening.paused) agenda.paused_since.reset();
  if (opening.paused && !agenda.paused_since) agenda.paused_since = latest_;
  agenda.opening = opening;
}

void Recount::Take(const codec::TurnLapsed& turn) {
  codec::TurnLapsed& known = turns_[{turn.agenda, turn.subject}];
  if (known.day != turn.day || known.times < turn.times) known = turn;
}

void Recount::Take(const codec::RosterPart& part) {
  Agenda& agenda = agendas_[part.agenda];
  if (part.version <= agenda.roster) return;
  if (part.part == 0) {
    open_roster_ = part;
  } else if (open_roster_ && open_roster_->agenda == part.agenda) {
    open_roster_->subjects.insert(open_roster_->subjects.end(), part.subjects.begin(),
                                  part.subjects.end());
  }
  if (!open_roster_) return Fail("a part of a roster without the parts before it");
  if (part.part + 1 < part.parts) return;
  if (!open_roster_->adds) agenda.listed.clear();
  agenda.listed.insert(open_roster_->subjects.begin(), open_roster_->subjects.end());
  agenda.listed_at = latest_;
  agenda.roster = part.version;
  open_roster_.reset();
}

// Whoever was listed under the pepper before is nobody under this one.
void Recount::Take(const codec::PepperEpoch& pepper) {
  for (auto& [id, agenda] : agendas_) {
    const rules::Agenda* const rules = RulesOf(id);
    if (pepper.group.empty() || rules == nullptr || rules->group != pepper.group) continue;
    agenda.listed.clear();
    agenda.listed_at = latest_;
    agenda.roster = 0;
  }
}

void Recount::Take(const codec::LossAccepted& loss) {
  if (loss.after >= lsn_) Fail("a loss after a position that is not before it");
  first_generation_ = std::max(first_generation_, loss.first_generation);
}

}  // namespace creneau::audit
