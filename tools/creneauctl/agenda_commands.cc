// agenda check, publish, list, show; slot list. Files are read here first, so that what is wrong
// with them is said with line and column before anything is sent.
#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "codec/agenda_file.h"
#include "rules/no_computer.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

// An agenda file and, where one was given, a CSV of slots, read and checked.
struct Files {
  std::string toml;
  std::string csv;
  codec::AgendaFile agenda;
  std::optional<codec::SlotsFile> extra;

  bool fine() const { return agenda.errors.empty() && (!extra || extra->errors.empty()); }
};

// A calendar is made from sessions and lists; a slot that both make is a mistake in one of the two,
// as the engine would say.
void RefuseOverlap(const std::string& file, const std::vector<rules::CalendarSlot>& sessions,
                   codec::SlotsFile* listed) {
  const auto earlier = [](const rules::CalendarSlot& a, const rules::CalendarSlot& b) {
    return a.start < b.start;
  };
  for (const rules::CalendarSlot& slot : listed->slots) {
    if (!std::binary_search(sessions.begin(), sessions.end(), slot, earlier)) continue;
    listed->errors.push_back({0, 0,
                              "slot " + FormatLocalMinute(slot.start) +
                                  " is made by the sessions of " + file +
                                  " already: leave it out of one of the two"});
  }
}

// What the engine would ask of both files together when the second is published; of the first
// alone its reader has asked it.
void RefuseWebOnly(const codec::AgendaFile& agenda, codec::SlotsFile* listed) {
  if (listed->slots.empty()) return;
  rules::WithoutComputer seats(agenda.agenda);
  for (const auto& slot : agenda.slots) seats.Add(slot.seats.of, seats.horizon_ms());
  for (const auto& slot : listed->slots) seats.Add(slot.seats.of, seats.horizon_ms());
  if (!seats.Wrong().empty()) listed->errors.push_back({0, 0, std::string(seats.Wrong())});
}

// Nothing when a file cannot be read; then *exit_code is set and the reason was said.
std::optional<Files> ReadFiles(const Session& session, int* exit_code) {
  const Command& command = session.command();
  Files files;
  absl::StatusOr<std::string> toml = ReadInput(command.file);
  if (!toml.ok()) {
    *exit_code = session.Fail(kExitIo, std::string(toml.status().message()));
    return std::nullopt;
  }
  files.toml = *std::move(toml);
  files.agenda = codec::ReadAgendaToml(files.toml);
  if (command.slots_file.empty()) return files;
  absl::StatusOr<std::string> csv = ReadInput(command.slots_file);
  if (!csv.ok()) {
    *exit_code = session.Fail(kExitIo, std::string(csv.status().message()));
    return std::nullopt;
  }
  files.csv = *std::move(csv);
  // The CSV's times are those of the agenda's zone: without an agenda there is nothing to read them
  // by.
  if (!files.agenda.errors.empty()) return files;
  files.extra = codec::ReadSlotsCsv(files.csv, files.agenda.agenda);
  RefuseOverlap(command.file, files.agenda.slots, &*files.extra);
  RefuseWebOnly(files.agenda, &*files.extra);
  return files;
}

// `file:line:column: message`, as compilers say it, so that editors jump there.
std::string Located(const std::string& file, const rules::Diagnostics& diagnostics,
                    const char* kind) {
  std::string text;
  for (const rules::Diagnostic& one : diagnostics) {
    text += file + ":";
    if (one.line > 0) text += std::to_string(one.line) + ":";
    if (one.column > 0) text += std::to_string(one.column) + ":";
    text += " " + std::string(kind) + one.message + "\n";
  }
  return text;
}

int ReportErrors(const Session& session, const Files& files) {
  const Command& command = session.command();
  const bool blame_csv = files.agenda.errors.empty();
  const std::string& file = blame_csv ? command.slots_file : command.file;
  const rules::Diagnostics& errors = blame_csv ? files.extra->errors : files.agenda.errors;
  if (command.json) {
    session.Print(JsonObject({{"valid", "false"}, {"errors", JsonDiagnostics(file, errors)}}));
  } else {
    session.Warn(Located(file, errors, ""));
  }
  return kExitRefused;
}

// What a list of slots comes to.
struct Sum {
  size_t slots = 0;
  std::array<uint64_t, kChannels> seats{};
  std::string first;
  std::string last;
};

Sum SumOf(const std::vector<rules::CalendarSlot>& slots) {
  Sum sum;
  sum.slots = slots.size();
  for (const rules::CalendarSlot& slot : slots) {
    for (size_t i = 0; i < kChannels; ++i) sum.seats[i] += slot.seats.of[i];
  }
  if (slots.empty()) return sum;
  sum.first = FormatLocalMinute(slots.front().start);
  sum.last = FormatLocalMinute(slots.back().start);
  return sum;
}

std::string SumAsText(const std::string& source, const Sum& sum) {
  if (sum.slots == 0) return source + ": no slots\n";
  std::string seats;
  for (const Channel channel : kAllChannels) {
    const uint64_t count = sum.seats[static_cast<size_t>(channel)];
    if (count == 0) continue;
    seats += (seats.empty() ? "" : ", ") + std::string(ChannelName(channel)) + " " +
             std::to_string(count);
  }
  return source + ": " + std::to_string(sum.slots) + " slots from " + sum.first + " to " +
         sum.last + "; seats: " + seats + "\n";
}

std::string SumAsJson(const std::string& source, const Sum& sum) {
  Fields seats;
  for (const Channel channel : kAllChannels) {
    seats.emplace_back(ChannelName(channel),
                       std::to_string(sum.seats[static_cast<size_t>(channel)]));
  }
  return JsonObject({{"file", JsonText(source)},
                     {"slots", std::to_string(sum.slots)},
                     {"seats", JsonObject(seats)},
                     {"first", sum.first.empty() ? "null" : JsonText(sum.first)},
                     {"last", sum.last.empty() ? "null" : JsonText(sum.last)}});
}

HttpRequest Publication(const Command& command, const std::string& agenda, const std::string& type,
                        const std::string& body) {
  HttpRequest request{
      "PUT", "/v1/agendas/" + PercentEncode(agenda), {{"Content-Type", type}}, body};
  request.target += "?displaced=" + command.displaced;
  if (command.dry_run) request.target += "&dry_run=1";
  return request;
}

// Sends one of the two files; the reply when it was accepted, else nothing, with *exit_code set and
// the reason said.
std::optional<HttpReply> Publish(const Session& session, const HttpRequest& request,
                                 int* exit_code) {
  absl::StatusOr<HttpReply> reply = session.client().Send(request);
  if (!reply.ok()) {
    *exit_code = session.FailToSend(reply.status());
  } else if (!IsSuccess(*reply)) {
    *exit_code = session.Refused(*reply);
  } else {
    return *std::move(reply);
  }
  return std::nullopt;
}

int Show(const Session& session, const std::string& target,
         std::string (*render)(std::string_view)) {
  const absl::StatusOr<HttpReply> reply = session.client().Send({"GET", target, {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(session.command().json ? reply->body : render(reply->body));
  return kExitOk;
}

}  // namespace

int AgendaCheck(const Session& session) {
  const Command& command = session.command();
  int exit_code = kExitOk;
  const std::optional<Files> files = ReadFiles(session, &exit_code);
  if (!files) return exit_code;
  if (!files->fine()) return ReportErrors(session, *files);
  std::vector<std::pair<std::string, Sum>> sums = {{command.file, SumOf(files->agenda.slots)}};
  if (files->extra) sums.emplace_back(command.slots_file, SumOf(files->extra->slots));
  if (command.json) {
    std::vector<std::string> calendars;
    for (const auto& [source, sum] : sums) calendars.push_back(SumAsJson(source, sum));
    session.Print(
        JsonObject({{"valid", "true"},
                    {"agenda", JsonText(files->agenda.agenda.name)},
                    {"calendars", JsonList(calendars)},
                    {"warnings", JsonDiagnostics(command.file, files->agenda.warnings)}}));
    return kExitOk;
  }
  session.Warn(Located(command.file, files->agenda.warnings, "warning: "));
  session.Print(files->agenda.agenda.name + ": " + files->agenda.agenda.title);
  for (const auto& [source, sum] : sums) session.Print(SumAsText(source, sum));
  return kExitOk;
}

int AgendaPublish(const Session& session) {
  const Command& command = session.command();
  int exit_code = kExitOk;
  const std::optional<Files> files = ReadFiles(session, &exit_code);
  if (!files) return exit_code;
  if (!files->fine()) return ReportErrors(session, *files);
  const std::string& agenda = files->agenda.agenda.name;
  HttpRequest rules = Publication(command, agenda, "application/toml", files->toml);
  if (command.if_match)
    rules.headers.emplace_back("If-Match", "\"" + std::to_string(*command.if_match) + "\"");
  const std::optional<HttpReply> first = Publish(session, rules, &exit_code);
  if (!first) return exit_code;
  session.Print(command.json ? first->body : RenderPublication(first->body, command.dry_run));
  if (!files->extra) return kExitOk;
  if (command.dry_run && WouldCreate(first->body)) {
    // The engine cannot try slots on an agenda that it does not have; that they read well is known
    // already.
    if (!command.json) session.Print(SumAsText(command.slots_file, SumOf(files->extra->slots)));
    return kExitOk;
  }
  HttpRequest slots = Publication(command, agenda, "text/csv", files->csv);
  // Nobody else's publication in between.
  slots.headers.emplace_back("If-Match", "\"" + std::to_string(VersionOf(first->body)) + "\"");
  const std::optional<HttpReply> second = Publish(session, slots, &exit_code);
  if (!second) return exit_code;
  session.Print(command.json ? second->body : RenderPublication(second->body, command.dry_run));
  return kExitOk;
}

int AgendaList(const Session& session) { return Show(session, "/v1/agendas", RenderAgendaList); }

int AgendaShow(const Session& session) {
  return Show(session, "/v1/agendas/" + PercentEncode(session.command().agenda), RenderAgenda);
}

int SlotList(const Session& session) {
  const Command& command = session.command();
  std::string target = "/v1/agendas/" + PercentEncode(command.agenda) + "/slots";
  if (!command.from.empty()) target += "?from=" + command.from;
  if (!command.to.empty()) target += (command.from.empty() ? "?to=" : "&to=") + command.to;
  return Show(session, target, RenderSlots);
}

}  // namespace creneau::ctl
