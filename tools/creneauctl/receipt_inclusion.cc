#include "tools/creneauctl/receipt_inclusion.h"

#include <string>

namespace creneau::ctl {

void AddInclusion(const proof::InclusionReceipt& inclusion, const Words& words, ReceiptText* text) {
  text->title = words.Say("title.inclusion");
  const Fields place = {{"place", std::to_string(inclusion.index + 1)},
                        {"entries", std::to_string(inclusion.entries)}};
  text->rows = {{words.Say("row.service"), inclusion.title},
                {words.Say("row.office"), inclusion.office},
                {words.Say("row.agenda"), inclusion.agenda},
                {words.Say("row.draw"), inclusion.draw},
                {words.Say("row.closed"), words.Moment(inclusion.closed_at, inclusion.timezone)},
                {words.Say("row.round"), words.Moment(inclusion.round_at, inclusion.timezone)},
                {words.Say("row.wishes"), inclusion.wishes},
                {words.Say("row.place"), words.Say("place", place)},
                {words.Say("row.tag"), Hex(inclusion.tag)},
                {words.Say("row.root"), Hex(inclusion.root)},
                {words.Say("row.rules"), Hex(inclusion.rules)}};
  if (!inclusion.entry.empty())
    text->rows.insert(text->rows.begin(), {words.Say("row.entry"), inclusion.entry});
  text->proves = words.Say("proves.inclusion");
  text->not_proved = {words.Say(inclusion.entry.empty() ? "not.entrant" : "not.entry"),
                      words.Say("not.drawn"), words.Say("not.other")};
}

Fields InclusionMembers(const proof::InclusionReceipt& inclusion) {
  std::vector<std::string> path;
  for (const proof::Hash& hash : inclusion.path) path.push_back(JsonText(Hex(hash)));
  Fields members;
  if (!inclusion.entry.empty())
    members = {{"entry", JsonText(inclusion.entry)}, {"holder", JsonText(Hex(inclusion.holder))}};
  const Fields others = {
      {"agenda", JsonText(inclusion.agenda)},
      {"title", JsonText(inclusion.title)},
      {"office", JsonText(inclusion.office)},
      {"draw", JsonText(inclusion.draw)},
      {"closed_at", JsonText(ReceiptTime(inclusion.closed_at, inclusion.timezone))},
      {"round_at", JsonText(ReceiptTime(inclusion.round_at, inclusion.timezone))},
      {"rules", JsonText(Hex(inclusion.rules))},
      {"root", JsonText(Hex(inclusion.root))},
      {"tag", JsonText(Hex(inclusion.tag))},
      {"wishes", JsonText(inclusion.wishes)},
      {"index", std::to_string(inclusion.index)},
      {"entries", std::to_string(inclusion.entries)},
      {"path", JsonList(path)}};
  members.insert(members.end(), others.begin(), others.end());
  return members;
}

}  // namespace creneau::ctl
