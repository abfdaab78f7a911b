// agenda notice, agenda releases, record show: what everybody can check of an agenda.
#include "codec/agenda_file.h"
#include "rules/calendar.h"
#include "rules/notice.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::string Path(const Session& session, const std::string& what) {
  return "/v1/agendas/" + PercentEncode(session.command().agenda) + what;
}

// The document, or nothing with *exit_code set and the reason said.
std::optional<std::string> Fetch(const Session& session, const std::string& target,
                                 int* exit_code) {
  const absl::StatusOr<HttpReply> reply = session.client().Send({"GET", target, {}, ""});
  if (!reply.ok()) {
    *exit_code = session.FailToSend(reply.status());
  } else if (!IsSuccess(*reply)) {
    *exit_code = session.Refused(*reply);
  } else {
    return reply->body;
  }
  return std::nullopt;
}

// Of a file that need not be published.
int NoticeOfFile(const Session& session, rules::Language language) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> toml = ReadInput(command.agenda);
  if (!toml.ok()) return session.Fail(kExitIo, std::string(toml.status().message()));
  const codec::AgendaFile file = codec::ReadAgendaToml(*toml);
  if (!file.errors.empty()) {
    const rules::Diagnostic& first = file.errors.front();
    return session.Fail(kExitRefused,
                        command.agenda + ":" + std::to_string(first.line) + ": " + first.message);
  }
  rules::NoticeFacts facts;
  for (const rules::CalendarSlot& slot : file.slots) {
    for (size_t c = 0; c < kChannels; ++c) facts.seats[c] += slot.seats.of[c];
  }
  absl::TimeZone zone;
  rules::LoadZone(file.agenda.timezone, &zone);
  const auto paragraphs = rules::NoticeOf(file.agenda, zone, facts, language);
  if (!command.json) {
    session.Print(rules::NoticeText(paragraphs));
    return kExitOk;
  }
  std::vector<std::string> list;
  for (const rules::NoticeParagraph& paragraph : paragraphs) {
    list.push_back(JsonObject(
        {{"rule", JsonText(std::string(paragraph.rule))}, {"text", JsonText(paragraph.text)}}));
  }
  session.Print(JsonObject({{"agenda", JsonText(file.agenda.name)},
                            {"lang", JsonText(std::string(rules::LanguageTag(language)))},
                            {"text", JsonText(rules::NoticeText(paragraphs))},
                            {"paragraphs", JsonList(list)}}));
  return kExitOk;
}

std::string SeatsOf(const json::object& seats) {
  std::string text;
  for (const Channel channel : kAllChannels) {
    const std::string name(ChannelName(channel));
    const std::string count = Text(seats, name);
    if (!count.empty() && count != "0") text += (text.empty() ? "" : ", ") + name + " " + count;
  }
  return text;
}

std::string RenderReleases(const json::object& document) {
  Table table({Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  table.Row({"OPENS", "CLOSES", "APPOINTMENTS", "SEATS"});
  for (const json::value& value : Array(document, "releases")) {
    if (!value.is_object()) continue;
    const json::object& day = value.as_object();
    std::string opens = Minute(Text(day, "opens_at"));
    std::string closes = Minute(Text(day, "closes_at"));
    if (Array(day, "appointments").empty()) table.Row({opens, closes, "none new", ""});
    for (const json::value& of_day : Array(day, "appointments")) {
      if (!of_day.is_object()) continue;
      const json::object& release = of_day.as_object();
      if (Text(day, "opens_at").empty()) opens = Minute(Text(release, "from"));
      table.Row({opens, closes, Text(release, "first") + " to " + Text(release, "last").substr(11),
                 SeatsOf(Object(release, "seats"))});
      opens = closes = "";
    }
  }
  return table.Text();
}

std::string CountsOf(const json::object& counts) {
  std::string text;
  for (const auto& member : counts)
    text += (text.empty() ? "" : ", ") + std::string(member.key()) + " " +
            json::serialize(member.value());
  return text;
}

std::string RenderRecord(const json::object& document) {
  Table table({Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft});
  table.Row({"MINUTE", "PHASE", "FREE", "WAITING", "REFUSED"});
  for (const json::value& value : Array(document, "minutes")) {
    if (!value.is_object()) continue;
    const json::object& line = value.as_object();
    table.Row({Minute(Text(line, "from")),
               Text(line, "phase") + (IsTrue(line, "paused") ? " (paused)" : ""),
               SeatsOf(Object(line, "free")), Text(line, "waiting"),
               CountsOf(Object(line, "refused"))});
  }
  std::string text = table.Text();
  for (const json::value& value : Array(document, "engine")) {
    if (!value.is_object()) continue;
    const json::object& line = value.as_object();
    const std::string from = Minute(Text(line, "from"));
    if (const std::string since = Text(line, "down_since"); !since.empty())
      text += "down from " + since + " to " + Text(line, "from") + "\n";
    if (const std::string since = Text(line, "unknown_since"); !since.empty())
      text += "nothing known from " + since + " to " + Text(line, "down_since") + "\n";
    if (const json::object& shed = Object(line, "shed"); !shed.empty())
      text += from + " refused unread: " + CountsOf(shed) + "\n";
    for (const char* count : {"over_rate", "turned_away", "stalled_s"}) {
      if (const std::string number = Text(line, count); !number.empty())
        text += from + " " + count + " " + number + "\n";
    }
  }
  const json::object& checkpoint = Object(document, "checkpoint");
  if (!checkpoint.empty())
    text += "covered by the checkpoint of batch " + Text(checkpoint, "batch") + ", up to LSN " +
            Text(checkpoint, "lsn") + "\n";
  return text;
}

}  // namespace

int AgendaNotice(const Session& session) {
  const Command& command = session.command();
  const rules::Language language =
      rules::LanguageFromTag(command.lang).value_or(rules::Language::kFrench);
  if (!rules::IsName(command.agenda)) return NoticeOfFile(session, language);
  int exit_code = kExitOk;
  const auto body = Fetch(session, Path(session, "/notice?lang=" + command.lang), &exit_code);
  if (!body) return exit_code;
  session.Print(command.json ? *body : Text(ParseDocument(*body), "text"));
  return kExitOk;
}

int AgendaReleases(const Session& session) {
  int exit_code = kExitOk;
  const std::string days = std::to_string(session.command().release_days);
  const auto body = Fetch(session, Path(session, "/releases?days=" + days), &exit_code);
  if (!body) return exit_code;
  session.Print(session.command().json ? *body : RenderReleases(ParseDocument(*body)));
  return kExitOk;
}

// With --json an object for each page; a page is what the engine gives at once.
int RecordShow(const Session& session) {
  const Command& command = session.command();
  std::string query = command.week.empty() ? "" : "?week=" + command.week;
  for (;;) {
    int exit_code = kExitOk;
    const auto body = Fetch(session, Path(session, "/record" + query), &exit_code);
    if (!body) return exit_code;
    const json::object document = ParseDocument(*body);
    session.Print(command.json ? *body : RenderRecord(document));
    const std::string next = Text(document, "next");
    if (next.empty()) return kExitOk;
    query = "?week=" + PercentEncode(Text(document, "week")) + "&after=" + PercentEncode(next);
  }
}

}  // namespace creneau::ctl
