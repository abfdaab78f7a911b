#include "tools/creneauctl/draw_proof.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/text.h"
#include "proof/draw.h"
#include "proof/draw_lines.h"
#include "rules/beacon.h"
#include "rules/calendar.h"
#include "rules/draw_allocation.h"
#include "rules/draw_text.h"
#include "rules/uniformity.h"
#include "rules/wishes.h"
#include "tools/creneauctl/draw_json.h"

namespace creneau::ctl {
namespace {

using proof::DrawTag;
using proof::Hash;

// Walks over lines, each of which has to have an end.
class Lines {
 public:
  Lines(std::string_view file, std::string_view text) : file_(file), left_(text) {}

  // Nothing where there are no more. An unfinished one comes with cut_off().
  std::optional<std::string_view> Next() {
    if (left_.empty()) return std::nullopt;
    ++number_;
    const size_t end = left_.find('\n');
    cut_off_ = end == std::string_view::npos;
    const std::string_view line = left_.substr(0, end);
    left_.remove_prefix(cut_off_ ? left_.size() : end + 1);
    return line;
  }
  // The next line has to be that one.
  absl::Status Expect(const std::string& expected) {
    const std::optional<std::string_view> line = Next();
    if (!line)
      return WrongAt(file_, number_ + 1,
                     absl::StrCat("expected \"", expected, "\", and the file ends"));
    if (cut_off_) return WrongAt(file_, number_, "the line has no end");
    return *line == expected ? absl::OkStatus() : DiffersAt(file_, number_, expected, *line);
  }
  absl::Status ExpectEnd() {
    const std::optional<std::string_view> line = Next();
    return line ? WrongAt(file_, number_,
                          absl::StrCat("the file should have ended, and there is \"",
                                       std::string(*line), "\""))
                : absl::OkStatus();
  }
  size_t number() const { return number_; }
  bool cut_off() const { return cut_off_; }

 private:
  std::string_view file_;
  std::string_view left_;
  size_t number_ = 0;
  bool cut_off_ = false;
};

struct Draw {
  rules::DrawRules rules;
  std::vector<DrawTag> tags;
  std::vector<std::string_view> wishes;  // of each tag
  std::vector<uint32_t> order;           // places of tags by rank
  std::vector<rules::DrawSlot> slots;
};

// The list was fixed before the number could be known, or whoever fixed it could choose.
absl::Status CheckTimes(const rules::PublishedDraw& published, const DrawFiles& files,
                        const DrawJson& facts, DrawReport* report) {
  constexpr std::string_view kWhere = "draw.json closed_at";
  report->closed_at = facts.Of("closed_at");
  absl::TimeZone zone;
  CHECK(rules::LoadZone(published.timezone, &zone));
  const absl::StatusOr<Instant> closed_at = facts.TimeOf("closed_at", zone);
  if (!closed_at.ok()) return closed_at.status();
  std::string error;
  if (*closed_at < rules::InstantOf(published.rules.entries_until, zone, &error))
    return WrongAt(kWhere, 0, "the entries were closed before the end that rules.txt has");
  const Instant round_at = rules::InstantOf(published.rules.round_at, zone, &error);
  if (*closed_at >= round_at)
    return WrongAt(
        kWhere, 0,
        "the entries were closed when the number was public: they could be chosen by it");
  const std::string round =
      rules::WrongWithRound(published.rules.beacon, published.rules.round, round_at);
  if (!round.empty()) return WrongAt("rules.txt", 0, round);
  absl::Status same_rules = facts.Expect("rules", Hex(proof::Sha256Of(files.rules)));
  if (!same_rules.ok()) return same_rules;
  report->unchecked = facts.Unchecked();
  return facts.CheckTold(zone, *closed_at, round_at);
}

absl::Status CheckRules(const DrawFiles& files, const DrawJson& facts, Draw* draw,
                        DrawReport* report) {
  size_t line = 0;
  std::string expected;
  const auto published = rules::ReadDrawRules(files.rules, &line, &expected);
  if (!published) return WrongAt("rules.txt", line, expected);
  if (!rules::IsInOrder(published->rules))
    return WrongAt("rules.txt", 0, "its times are not in the order of a draw");
  draw->rules = published->rules;
  report->agenda = published->agenda;
  report->draw = published->rules.id;
  for (const auto& [name, value] :
       {std::pair("agenda", &report->agenda), std::pair("draw", &report->draw)}) {
    if (*value != facts.Of(name))
      return DiffersAt(absl::StrCat("draw.json ", name), 0, *value, facts.Of(name));
  }
  report->beacon = published->rules.beacon;
  report->round = published->rules.round;
  report->round_at = FormatLocalMinute(published->rules.round_at);
  report->timezone = published->timezone;
  return CheckTimes(*published, files, facts, report);
}

absl::Status CheckEntries(const DrawFiles& files, const DrawJson& facts, Draw* draw,
                          DrawReport* report) {
  constexpr std::string_view kFile = "entries.txt";
  std::vector<Hash> leaves;
  Lines lines(kFile, files.entries);
  while (const auto line = lines.Next()) {
    const auto entry =
        facts.has_holders() ? proof::ReadEntryLine(*line) : proof::ReadEntryLineOfBefore(*line);
    if (lines.cut_off() || !entry)
      return WrongAt(kFile, lines.number(),
                     facts.has_holders() ? "is no \"TAG WEEKDAYS HALVES DATES HOLDER LEAF\""
                                         : "is no \"TAG WEEKDAYS HALVES DATES LEAF\"");
    if (!rules::ParseWishesText(entry->wishes))
      return WrongAt(kFile, lines.number(),
                     absl::StrCat("\"", std::string(entry->wishes), "\" are no wishes"));
    const Hash leaf = proof::HashOfLeaf(entry->leaf);
    if (leaf != entry->hash)
      return WrongAt(kFile, lines.number(),
                     absl::StrCat("the entry was altered: its leaf would be ", Hex(leaf),
                                  ", and the line says ", Hex(entry->hash)));
    if (!draw->tags.empty() && !(draw->tags.back() < entry->tag))
      return WrongAt(kFile, lines.number(), "its tag does not come after the one before it");
    draw->tags.push_back(entry->tag);
    draw->wishes.push_back(entry->wishes);
    leaves.push_back(leaf);
  }
  report->entries = leaves.size();
  if (absl::Status count = facts.Expect("entries", std::to_string(leaves.size())); !count.ok())
    return count;
  report->root = proof::MerkleTree(std::move(leaves)).root();
  return facts.Expect("root", Hex(report->root));
}

absl::Status CheckRanks(const DrawFiles& files, const DrawJson& facts, Draw* draw,
                        DrawReport* report) {
  report->value = facts.Of("value");
  // Before anything is made of it: whoever could choose its spelling could choose the ranks.
  if (const auto wrong = rules::WrongWithDrawValue(report->beacon, report->value); !wrong.empty())
    return WrongAt("draw.json value", 0,
                   absl::StrCat("\"", report->value, "\" ", std::string(wrong)));
  proof::DrawFacts made;
  made.agenda = report->agenda;
  made.draw = report->draw;
  made.rules = proof::Sha256Of(files.rules);
  made.root = report->root;
  made.entries = report->entries;
  made.seats = proof::Sha256Of(files.seats);
  made.value = report->value;
  report->seed = proof::SeedOf(made);
  if (absl::Status seed = facts.Expect("seed", Hex(report->seed)); !seed.ok()) return seed;
  const std::vector<Hash> ranks = proof::RanksOf(report->seed, draw->tags);
  draw->order = proof::OrderOf(ranks, draw->tags);
  Lines lines("ranks.txt", files.ranks);
  for (size_t i = 0; i < draw->order.size(); ++i) {
    const uint32_t at = draw->order[i];
    const absl::Status line = lines.Expect(proof::RankLine(i + 1, draw->tags[at], ranks[at]));
    if (!line.ok()) return line;
  }
  if (absl::Status end = lines.ExpectEnd(); !end.ok()) return end;
  std::vector<uint32_t> places(draw->order.size());
  for (uint32_t i = 0; i < places.size(); ++i) places[draw->order[i]] = i;
  const rules::Uniformity uniformity = rules::TestUniformity(places);
  report->surprise = uniformity.text();
  if (!uniformity.passes())
    return WrongAt("ranks.txt", 0, "the ranks follow the order of the tags: they were not drawn");
  return facts.Expect("surprise", report->surprise);
}

absl::Status CheckSeats(const DrawFiles& files, const DrawJson& facts, Draw* draw,
                        DrawReport* report) {
  Lines lines("seats.txt", files.seats);
  while (const auto line = lines.Next()) {
    const auto read = proof::ReadSeatLine(*line);
    if (lines.cut_off() || !read || read->seats == 0)
      return WrongAt("seats.txt", lines.number(), "is no \"SLOT SEATS\"");
    if (!draw->slots.empty() && !(draw->slots.back().start < read->slot))
      return WrongAt("seats.txt", lines.number(), "its slot does not come after the one before it");
    const CivilDate day = CivilFromDays(read->slot.value / (24 * 60));
    if (day < draw->rules.seats_from || day > draw->rules.seats_until)
      return WrongAt("seats.txt", lines.number(), "its slot is on none of the dates in rules.txt");
    draw->slots.push_back({read->slot, read->seats});
    report->seats += read->seats;
  }
  return facts.Expect("seats", Hex(proof::Sha256Of(files.seats)));
}

absl::Status CheckAllocation(const DrawFiles& files, const DrawJson& facts, const Draw& draw,
                             DrawReport* report) {
  std::vector<std::string_view> wishes;
  for (const uint32_t at : draw.order) wishes.push_back(draw.wishes[at]);
  const std::vector<uint32_t> given = rules::Allocate(wishes, draw.slots);
  Lines lines("allocation.txt", files.allocation);
  for (size_t i = 0; i < given.size(); ++i) {
    std::optional<LocalMinute> slot;
    if (given[i] != rules::kNoSlot) slot = draw.slots[given[i]].start;
    report->given += slot ? 1 : 0;
    const absl::Status line =
        lines.Expect(proof::AllocationLine(i + 1, draw.tags[draw.order[i]], slot));
    if (!line.ok()) return line;
  }
  if (absl::Status end = lines.ExpectEnd(); !end.ok()) return end;
  return facts.Expect("allocation", Hex(proof::Sha256Of(files.allocation)));
}

}  // namespace

absl::StatusOr<DrawReport> VerifyDraw(const DrawFiles& files) {
  const absl::StatusOr<DrawJson> facts = DrawJson::Read(files.facts);
  if (!facts.ok()) return facts.status();
  DrawReport report;
  Draw draw;
  if (absl::Status status = CheckRules(files, *facts, &draw, &report); !status.ok()) return status;
  if (absl::Status status = CheckEntries(files, *facts, &draw, &report); !status.ok())
    return status;
  if (absl::Status status = CheckSeats(files, *facts, &draw, &report); !status.ok()) return status;
  if (absl::Status status = CheckRanks(files, *facts, &draw, &report); !status.ok()) return status;
  if (absl::Status status = CheckAllocation(files, *facts, draw, &report); !status.ok())
    return status;
  return report;
}

absl::Status CheckInclusion(const proof::Receipt& receipt, const DrawFiles& files,
                            const DrawReport& report) {
  const auto* const inclusion = std::get_if<proof::InclusionReceipt>(&receipt.body);
  if (inclusion == nullptr)
    return absl::InvalidArgumentError("the receipt is not one of an entry in a draw");
  if (inclusion->agenda != report.agenda)
    return DiffersAt("receipt agenda", 0, report.agenda, inclusion->agenda);
  if (inclusion->draw != report.draw)
    return DiffersAt("receipt draw", 0, report.draw, inclusion->draw);
  if (inclusion->root != report.root)
    return DiffersAt("receipt root", 0, Hex(report.root), Hex(inclusion->root));
  if (inclusion->rules != proof::Sha256Of(files.rules))
    return DiffersAt("receipt rules", 0, Hex(proof::Sha256Of(files.rules)), Hex(inclusion->rules));
  absl::TimeZone zone;
  CHECK(rules::LoadZone(report.timezone, &zone));
  const std::string closed_at = rules::FormatRfc3339(inclusion->closed_at, zone);
  if (closed_at != report.closed_at)
    return DiffersAt("receipt closed_at", 0, report.closed_at, closed_at);
  // Its path leads to the root, or it would be no receipt; so this line is its entry's.
  Lines lines("entries.txt", files.entries);
  for (uint32_t i = 0; i < inclusion->index; ++i) lines.Next();
  return lines.Expect(proof::EntryLine(proof::LeafOf(*inclusion)));
}

}  // namespace creneau::ctl
