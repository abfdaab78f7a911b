// The keys of an agenda file that say how seats are shared: between channels, among families, with
// the waitlist, the court and those who draw lots.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/limits_draw.h"
#include "base/limits_waitlist.h"
#include "codec/agenda_toml.h"
#include "rules/beacon.h"
#include "rules/calendar.h"
#include "rules/draw_text.h"
#include "rules/no_computer.h"

namespace creneau::codec {
namespace {

std::optional<Channel> ReadChannel(TomlReader& table, std::string_view key) {
  const toml::node* node = table.Need(key, "expected a channel, like \"phone\"");
  if (node == nullptr) return std::nullopt;
  const auto channel = ChannelFromName(node->value_exact<std::string>().value_or(""));
  if (!channel) {
    table.Error(*node,
                absl::StrCat("`", std::string(key), "` must be web, phone, desk, post or court"));
  }
  return channel;
}

// A channel's unused seats go to one other, and what has gone does not go on: each stands on one
// side only.
void ReadFlow(TomlReader& file, AgendaFile& out) {
  const toml::node* node = file.Find("flow");
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous<toml::table>()) {
    file.Error(*node, "`flow` is written as tables [[flow]] with from, to and hours_before");
    return;
  }
  for (const toml::node& item : *array) {
    TomlReader table(*item.as_table(), "[[flow]]", out.errors);
    const auto from = ReadChannel(table, "from");
    const auto to = ReadChannel(table, "to");
    const auto hours = table.Number("hours_before", 1, 24 * 60, "hours");
    if (!hours && table.Find("hours_before") == nullptr)
      table.ErrorHere("`hours_before` is missing in [[flow]]: how long before a slot begins?");
    table.RefuseUnknown();
    if (!from || !to || !hours) continue;
    if (*from == *to) {
      table.ErrorHere("[[flow]] must go from one channel to another one");
      continue;
    }
    for (const rules::Flow& other : out.agenda.flow) {
      if (other.from == *from || other.from == *to || other.to == *from) {
        table.ErrorHere(
            "[[flow]] may name a channel as `from` once, and what has gone there must not go on: "
            "use a channel as `from` or as `to`, not both");
        return;
      }
    }
    out.agenda.flow.push_back({*from, *to, *hours});
  }
}

void ReadOfferHours(TomlReader& file, AgendaFile& out) {
  const toml::node* node = file.Find("offer_hours");
  if (node == nullptr) return;
  if (node->as_table() == nullptr) {
    file.Error(*node, "`offer_hours` must be a table like { web = 72, post = 240 }");
    return;
  }
  TomlReader table(*node->as_table(), "offer_hours", out.errors);
  for (const Channel channel : kAllChannels) {
    int& hours = out.agenda.offer_hours[static_cast<size_t>(channel)];
    hours = table.Number(ChannelName(channel), 1, 60 * 24, "hours").value_or(hours);
  }
  table.RefuseUnknown();
}

bool ReadFlag(TomlReader& file, std::string_view key) {
  const toml::node* node = file.Find(key);
  if (node == nullptr) return false;
  if (!node->is_boolean())
    file.Error(*node, absl::StrCat("`", std::string(key), "` must be true or false"));
  return node->value_exact<bool>().value_or(false);
}

std::optional<LocalMinute> ReadLocal(TomlReader& table, std::string_view key,
                                     const std::string& timezone) {
  const toml::node* node = table.Need(key, "expected the office's time, like 2026-12-01T08:00:00");
  if (node == nullptr) return std::nullopt;
  const auto time = node->value_exact<toml::date_time>();
  const auto day = time && !time->offset ? CivilOf(time->date) : std::nullopt;
  if (!day || time->time.second != 0 || time->time.nanosecond != 0) {
    table.Error(*node, absl::StrCat("`", std::string(key),
                                    "` must be a time at the office in whole minutes, without "
                                    "quotes or offset, like 2026-12-01T08:00:00"));
    return std::nullopt;
  }
  const LocalMinute minute{DaysFromCivil(*day) * 24 * 60 + time->time.hour * 60 +
                           time->time.minute};
  absl::TimeZone zone;
  std::string error;
  if (rules::LoadZone(timezone, &zone)) rules::InstantOf(minute, zone, &error);
  if (!error.empty()) {
    table.Error(*node, error);
    return std::nullopt;
  }
  return minute;
}

// It becomes a line of a published file.
std::string ReadLine(TomlReader& table, std::string_view key) {
  const std::string text = table.Text(key, true, limits::kDrawTextBytes).value_or("");
  if (!text.empty() && !rules::IsDrawLine(text))
    table.Error(*table.Find(key), absl::StrCat("`", std::string(key), "` must be one line"));
  return text;
}

void ReadDraw(TomlReader& file, AgendaFile& out) {
  const toml::node* node = file.Find("draw");
  const bool draws = out.agenda.policy == rules::Policy::kDraw;
  if (node == nullptr && draws) {
    file.ErrorHere(
        "a draw is announced: add [draw] with id, beacon, round, from, until, round_at, "
        "seats_from, seats_until");
  }
  if (node == nullptr) return;
  if (!draws || node->as_table() == nullptr) {
    file.Error(*node, draws ? "`draw` is written as a table [draw]"
                            : "[draw] is for `policy` = \"draw\": this agenda has none");
    return;
  }
  TomlReader table(*node->as_table(), "[draw]", out.errors);
  rules::DrawRules draw;
  draw.id = table.Text("id", true, 64).value_or("");
  if (!draw.id.empty() && !rules::IsName(draw.id)) {
    table.Error(*table.Find("id"),
                "`id` must be 1 to 64 lower-case letters, digits and hyphens, like \"2026-12\"");
  }
  draw.beacon = ReadLine(table, "beacon");
  draw.round = ReadLine(table, "round");
  const auto from = ReadLocal(table, "from", out.agenda.timezone);
  const auto until = ReadLocal(table, "until", out.agenda.timezone);
  const auto round_at = ReadLocal(table, "round_at", out.agenda.timezone);
  const auto seats_from = table.Date("seats_from", true);
  const auto seats_until = table.Date("seats_until", true);
  table.RefuseUnknown();
  if (!from || !until || !round_at || !seats_from || !seats_until) return;
  draw.entries_from = *from;
  draw.entries_until = *until;
  draw.round_at = *round_at;
  draw.seats_from = *seats_from;
  draw.seats_until = *seats_until;
  if (!rules::IsInOrder(draw)) {
    table.ErrorHere(
        "[draw] goes in this order: `from`, `until` (entries), `round_at` (the number is public), "
        "then on later days `seats_from` and `seats_until`");
    return;
  }
  absl::TimeZone zone;
  std::string error;
  if (rules::LoadZone(out.agenda.timezone, &zone)) {
    const Instant is_public = rules::InstantOf(draw.round_at, zone, &error);
    const std::string wrong = rules::WrongWithRound(draw.beacon, draw.round, is_public);
    if (!wrong.empty()) table.Error(*table.Find("round"), wrong);
  }
  out.agenda.draw = draw;
}

// A family of names that nobody knows: what one ticket may take grows with it.
void WarnOfInventedFamilies(TomlReader& file, AgendaFile& out) {
  const rules::Agenda& agenda = out.agenda;
  const bool queue = agenda.policy == rules::Policy::kQueue;
  const bool raced = queue || (agenda.policy == rules::Policy::kDirect && file.Find("opening"));
  if (!raced || agenda.party_max < 2 || agenda.identity_proof != rules::IdentityProof::kDeclared)
    return;
  const toml::source_position at = file.Find("party_max")->source().begin;
  out.warnings.push_back(
      {static_cast<int>(at.line), static_cast<int>(at.column),
       absl::StrCat("`party_max` = ", agenda.party_max, " with declared identities: one ",
                    queue ? "ticket" : "request", " takes up to ", agenda.party_max,
                    " seats, for relatives that may be invented; say `identity_proof` = "
                    "\"listed\" or \"asserted\", or leave `party_max` out and send families to "
                    "the desk")});
}

// Nobody can be offered anything who has less time to answer than an offer takes.
void CheckOffersOfWaitlist(TomlReader& file, const rules::Agenda& agenda) {
  constexpr int64_t kLeastHours = limits::kLeastOfferMs / kMsPerHour;
  static_assert(limits::kLeastOfferMs % kMsPerHour == 0);
  for (const Channel channel : kAllChannels) {
    const int hours = agenda.offer_hours[static_cast<size_t>(channel)];
    if (!agenda.waitlist || hours >= kLeastHours) continue;
    const std::string name(ChannelName(channel));
    file.Error(*file.Find("offer_hours"),
               absl::StrCat("`offer_hours`: ", name, " = ", hours,
                            " is too short for a waitlist, which offers nothing that its holder "
                            "has less than ",
                            kLeastHours, " hours to answer: say ", name, " = ", kLeastHours,
                            " or more (72 where nothing is said, 240 by post)"));
  }
}

}  // namespace

// The moment at which a freed seat comes back is nobody's to know, but whoever asks all the time
// need not know it (bench/attack).
void WarnOfPolling(TomlReader& file, AgendaFile& out) {
  const rules::Agenda& agenda = out.agenda;
  const auto of_web = [](const rules::Session& session) {
    return session.seats.of[static_cast<size_t>(Channel::kWeb)] > 0;
  };
  const bool web = agenda.sessions.empty() ||
                   std::any_of(agenda.sessions.begin(), agenda.sessions.end(), of_web);
  if (agenda.policy != rules::Policy::kDirect || agenda.waitlist || !web ||
      file.Find("opening") != nullptr || file.Find("policy") == nullptr)
    return;
  const toml::source_position at = file.Find("policy")->source().begin;
  out.warnings.push_back(
      {static_cast<int>(at.line), static_cast<int>(at.column),
       "always open and without a waitlist: a seat that somebody gives up goes to whoever asks "
       "most often, and that is a program; say `waitlist` = true, so that it is offered to those "
       "who wait, or add [opening]"});
}

namespace {

// The first [[flow]] that leaves those without a computer nothing, and how it would leave them
// something.
void BlameFlow(TomlReader& file, const rules::Agenda& agenda, int64_t before_ms) {
  const toml::array& written = *file.Find("flow")->as_array();
  const auto flow =
      std::find_if(agenda.flow.begin(), agenda.flow.end(),
                   [&](const rules::Flow& one) { return rules::TakesAtOnce(one, before_ms); });
  const toml::node& table = written[static_cast<size_t>(flow - agenda.flow.begin())];
  const int64_t most = (before_ms - limits::kLeastInChannelMs) / kMsPerHour;
  file.Error(*table.as_table()->get("hours_before"),
             absl::StrCat("`hours_before` = ", flow->hours_before,
                          " leaves nobody without a computer a day to take a seat: they are given "
                          "out ",
                          before_ms / kMsPerHour, " hours before their slot (`horizon_days` = ",
                          agenda.horizon_days, "), and no other seat needs no computer; ",
                          most > 0 ? absl::StrCat("say ", most, " or less")
                                   : std::string("leave this [[flow]] out"),
                          ", or say in `alternative` where the substitute for those without a "
                          "computer is"));
}

}  // namespace

void CheckChannels(TomlReader& file, AgendaFile& out) {
  rules::WithoutComputer seats(out.agenda);
  for (const rules::Session& session : out.agenda.sessions)
    seats.Add(session.seats.of, seats.horizon_ms());
  const std::string_view wrong = seats.Wrong();
  const toml::node* const flows = file.Find("flow");
  if (wrong == rules::kFlowsAtOnce && flows->as_array()->size() == out.agenda.flow.size()) {
    BlameFlow(file, out.agenda, seats.horizon_ms());
  } else if (!wrong.empty()) {
    file.ErrorHere(std::string(wrong));
  }
}

void ReadFairness(TomlReader& file, AgendaFile& out) {
  rules::Agenda& agenda = out.agenda;
  agenda.party_max =
      file.Number("party_max", 1, limits::kPartyMax, "people").value_or(agenda.party_max);
  agenda.helper_cap =
      file.Number("helper_cap", 0, 1000, "reservations a week").value_or(agenda.helper_cap);
  agenda.waitlist = ReadFlag(file, "waitlist");
  if (agenda.waitlist && !agenda.accept_invented &&
      agenda.identity_proof == rules::IdentityProof::kDeclared) {
    file.Error(*file.Find("waitlist"),
               "a waitlist of declared identities takes invented people too: say "
               "`identity_proof` = \"listed\" or \"asserted\", or `accept_invented` = true");
  }
  ReadFlow(file, out);
  ReadOfferHours(file, out);
  CheckOffersOfWaitlist(file, agenda);
  if (const toml::node* node = file.Find("court_overflow")) {
    const auto overflow =
        rules::CourtOverflowFromName(node->value_exact<std::string>().value_or(""));
    if (!overflow) file.Error(*node, "`court_overflow` must be \"add\" or \"count\"");
    agenda.court_overflow = overflow.value_or(rules::CourtOverflow::kAdd);
  }
  ReadDraw(file, out);
  WarnOfInventedFamilies(file, out);
}

}  // namespace creneau::codec
