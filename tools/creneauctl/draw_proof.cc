#include "tools/creneauctl/draw_proof.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
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

namespace creneau::ctl {
namespace {

using proof::DrawTag;
using proof::Hash;

absl::Status Wrong(std::string_view file, size_t line, std::string_view what) {
  return absl::DataLossError(
      line == 0 ? absl::StrCat(std::string(file), ": ", std::string(what))
                : absl::StrCat(std::string(file), " line ", line, ": ", std::string(what)));
}

absl::Status Differs(std::string_view file, size_t line, std::string_view expected,
                     std::string_view found) {
  return Wrong(
      file, line,
      absl::StrCat("expected \"", std::string(expected), "\", found \"", std::string(found), "\""));
}

// Of ASCII, and seen: a line's end is the only control character.
bool IsPlain(char c) { return (c >= ' ' && c <= '~') || c == '\n'; }

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
      return Wrong(file_, number_ + 1,
                   absl::StrCat("expected \"", expected, "\", and the file ends"));
    if (cut_off_) return Wrong(file_, number_, "the line has no end");
    return *line == expected ? absl::OkStatus() : Differs(file_, number_, expected, *line);
  }
  absl::Status ExpectEnd() {
    const std::optional<std::string_view> line = Next();
    return line ? Wrong(file_, number_,
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

// draw.json: its members, all of which are texts.
class Facts {
 public:
  static absl::StatusOr<Facts> Read(std::string_view text) {
    boost::system::error_code error;
    const boost::json::value value =
        boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
    if (error || !value.is_object())
      return absl::InvalidArgumentError("draw.json is no JSON object");
    Facts facts;
    for (const auto& member : value.get_object()) {
      if (!member.value().is_string())
        return absl::InvalidArgumentError("draw.json has a member that is no text");
      const boost::json::string& held = member.value().get_string();
      facts.members_[std::string(member.key())] = std::string(held.data(), held.size());
    }
    // Nothing in it needs an escape, and whoever reads a name twice may take the other one. What
    // one cannot see could tell two values apart that look the same.
    const auto quotes = std::count(text.begin(), text.end(), '"');
    if (text.find('\\') != std::string_view::npos ||
        static_cast<size_t>(quotes) != 4 * facts.members_.size() ||
        !std::all_of(text.begin(), text.end(), IsPlain))
      return absl::DataLossError(
          "draw.json: has a member twice, or characters that none of its texts can have");
    if (facts.Of("format") != proof::DrawFormat(true) &&
        facts.Of("format") != proof::DrawFormat(false))
      return absl::InvalidArgumentError(absl::StrCat(
          "draw.json has no \"format\": \"", std::string(proof::DrawFormat(true)),
          "\": these are no files of a draw, or of a version that this program does not know"));
    return facts;
  }
  // Whether its leaves say whose they are.
  bool has_holders() const { return Of("format") == proof::DrawFormat(true); }
  std::string_view Of(const std::string& name) const {
    const auto at = members_.find(name);
    return at == members_.end() ? std::string_view() : at->second;
  }
  absl::Status Expect(const std::string& name, const std::string& expected) const {
    if (Of(name) == expected) return absl::OkStatus();
    return Differs(absl::StrCat("draw.json ", name), 0, expected, Of(name));
  }

 private:
  std::map<std::string, std::string> members_;
};

struct Draw {
  rules::DrawRules rules;
  std::vector<DrawTag> tags;
  std::vector<std::string_view> wishes;  // of each tag
  std::vector<uint32_t> order;           // places of tags by rank
  std::vector<rules::DrawSlot> slots;
};

// The list was fixed before the number could be known, or whoever fixed it could choose.
absl::Status CheckClosing(const rules::PublishedDraw& published, const Facts& facts,
                          DrawReport* report) {
  constexpr std::string_view kWhere = "draw.json closed_at";
  report->closed_at = facts.Of("closed_at");
  absl::TimeZone zone;
  CHECK(rules::LoadZone(published.timezone, &zone));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, report->closed_at, &time, &error))
    return Wrong(kWhere, 0, absl::StrCat("\"", report->closed_at, "\" is no time"));
  const Instant closed_at{absl::ToUnixMillis(time)};
  if (rules::FormatRfc3339(closed_at, zone) != report->closed_at)
    return Differs(kWhere, 0, rules::FormatRfc3339(closed_at, zone), report->closed_at);
  if (closed_at < rules::InstantOf(published.rules.entries_until, zone, &error))
    return Wrong(kWhere, 0, "the entries were closed before the end that rules.txt has");
  if (closed_at >= rules::InstantOf(published.rules.round_at, zone, &error))
    return Wrong(kWhere, 0,
                 "the entries were closed when the number was public: they could be chosen by it");
  const std::string round =
      rules::WrongWithRound(published.rules.beacon, published.rules.round,
                            rules::InstantOf(published.rules.round_at, zone, &error));
  return round.empty() ? absl::OkStatus() : Wrong("rules.txt", 0, round);
}

absl::Status CheckRules(const DrawFiles& files, const Facts& facts, Draw* draw,
                        DrawReport* report) {
  size_t line = 0;
  std::string expected;
  const auto published = rules::ReadDrawRules(files.rules, &line, &expected);
  if (!published) return Wrong("rules.txt", line, expected);
  if (!rules::IsInOrder(published->rules))
    return Wrong("rules.txt", 0, "its times are not in the order of a draw");
  draw->rules = published->rules;
  report->agenda = published->agenda;
  report->draw = published->rules.id;
  for (const auto& [name, value] :
       {std::pair("agenda", &report->agenda), std::pair("draw", &report->draw)}) {
    if (*value != facts.Of(name))
      return Differs(absl::StrCat("draw.json ", name), 0, *value, facts.Of(name));
  }
  report->beacon = published->rules.beacon;
  report->round = published->rules.round;
  report->round_at = FormatLocalMinute(published->rules.round_at);
  report->timezone = published->timezone;
  if (absl::Status closing = CheckClosing(*published, facts, report); !closing.ok()) return closing;
  return facts.Expect("rules", Hex(proof::Sha256Of(files.rules)));
}

absl::Status CheckEntries(const DrawFiles& files, const Facts& facts, Draw* draw,
                          DrawReport* report) {
  constexpr std::string_view kFile = "entries.txt";
  std::vector<Hash> leaves;
  Lines lines(kFile, files.entries);
  while (const auto line = lines.Next()) {
    const auto entry =
        facts.has_holders() ? proof::ReadEntryLine(*line) : proof::ReadEntryLineOfBefore(*line);
    if (lines.cut_off() || !entry)
      return Wrong(kFile, lines.number(),
                   facts.has_holders() ? "is no \"TAG WEEKDAYS HALVES DATES HOLDER LEAF\""
                                       : "is no \"TAG WEEKDAYS HALVES DATES LEAF\"");
    if (!rules::ParseWishesText(entry->wishes))
      return Wrong(kFile, lines.number(),
                   absl::StrCat("\"", std::string(entry->wishes), "\" are no wishes"));
    const Hash leaf = proof::HashOfLeaf(entry->leaf);
    if (leaf != entry->hash)
      return Wrong(kFile, lines.number(),
                   absl::StrCat("the entry was altered: its leaf would be ", Hex(leaf),
                                ", and the line says ", Hex(entry->hash)));
    if (!draw->tags.empty() && !(draw->tags.back() < entry->tag))
      return Wrong(kFile, lines.number(), "its tag does not come after the one before it");
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

absl::Status CheckRanks(const DrawFiles& files, const Facts& facts, Draw* draw,
                        DrawReport* report) {
  report->value = facts.Of("value");
  // Before anything is made of it: whoever could choose its spelling could choose the ranks.
  if (const auto wrong = rules::WrongWithDrawValue(report->beacon, report->value); !wrong.empty())
    return Wrong("draw.json value", 0,
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
    return Wrong("ranks.txt", 0, "the ranks follow the order of the tags: they were not drawn");
  return facts.Expect("surprise", report->surprise);
}

absl::Status CheckSeats(const DrawFiles& files, const Facts& facts, Draw* draw,
                        DrawReport* report) {
  Lines lines("seats.txt", files.seats);
  while (const auto line = lines.Next()) {
    const auto read = proof::ReadSeatLine(*line);
    if (lines.cut_off() || !read || read->seats == 0)
      return Wrong("seats.txt", lines.number(), "is no \"SLOT SEATS\"");
    if (!draw->slots.empty() && !(draw->slots.back().start < read->slot))
      return Wrong("seats.txt", lines.number(), "its slot does not come after the one before it");
    const CivilDate day = CivilFromDays(read->slot.value / (24 * 60));
    if (day < draw->rules.seats_from || day > draw->rules.seats_until)
      return Wrong("seats.txt", lines.number(), "its slot is on none of the dates in rules.txt");
    draw->slots.push_back({read->slot, read->seats});
    report->seats += read->seats;
  }
  return facts.Expect("seats", Hex(proof::Sha256Of(files.seats)));
}

absl::Status CheckAllocation(const DrawFiles& files, const Facts& facts, const Draw& draw,
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
  const absl::StatusOr<Facts> facts = Facts::Read(files.facts);
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
    return Differs("receipt agenda", 0, report.agenda, inclusion->agenda);
  if (inclusion->draw != report.draw)
    return Differs("receipt draw", 0, report.draw, inclusion->draw);
  if (inclusion->root != report.root)
    return Differs("receipt root", 0, Hex(report.root), Hex(inclusion->root));
  if (inclusion->rules != proof::Sha256Of(files.rules))
    return Differs("receipt rules", 0, Hex(proof::Sha256Of(files.rules)), Hex(inclusion->rules));
  absl::TimeZone zone;
  CHECK(rules::LoadZone(report.timezone, &zone));
  const std::string closed_at = rules::FormatRfc3339(inclusion->closed_at, zone);
  if (closed_at != report.closed_at)
    return Differs("receipt closed_at", 0, report.closed_at, closed_at);
  // Its path leads to the root, or it would be no receipt; so this line is its entry's.
  Lines lines("entries.txt", files.entries);
  for (uint32_t i = 0; i < inclusion->index; ++i) lines.Next();
  return lines.Expect(proof::EntryLine(proof::LeafOf(*inclusion)));
}

}  // namespace creneau::ctl
