// draw status, close, seed, run: where a draw stands, and its steps. draw export and verify: what
// is published of it, from the engine into files, and worked out anew from files alone.
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/text.h"
#include "proof/draw_lines.h"
#include "proof/receipt.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/draw_proof.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/receipt_check.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

constexpr const char* kFacts = "draw.json";

std::string PathOf(const Command& command) {
  return "/v1/agendas/" + PercentEncode(command.agenda) + "/draw";
}

std::string RenderDraw(const std::string& body) {
  const json::object draw = ParseDocument(body);
  Sheet sheet;
  sheet.Add("draw",
            Text(draw, "draw") + " of " + Text(draw, "agenda") + ": " + Text(draw, "phase"));
  sheet.Add("entries", std::to_string(Whole(draw, "entries").value_or(0)) + ", taken from " +
                           Text(draw, "entries_from") + " until " + Text(draw, "entries_until"));
  sheet.Add("round", Text(draw, "round") + " of " + Text(draw, "beacon") + ", public from " +
                         Text(draw, "round_at"));
  sheet.Add("seats", "from " + Text(draw, "seats_from") + " to " + Text(draw, "seats_until"));
  sheet.Add("root", Text(draw, "root"));
  sheet.Add("value", Text(draw, "value"));
  sheet.Add("seed", Text(draw, "seed"));
  if (const auto given = Whole(draw, "given")) {
    const auto count = [&draw](const char* name) {
      return std::to_string(Whole(draw, name).value_or(0));
    };
    sheet.Add("given", std::to_string(*given) + " of " + count("seats_to_give") + " seats");
    sheet.Add("offers", count("offers_open") + " open, " + count("offers_taken") + " taken, " +
                            count("offers_passed") + " passed, " + count("waiting") +
                            " people may still get one");
    sheet.Add("uniformity", Text(draw, "surprise") + " by tags, " +
                                Text(draw, "surprise_of_entries") + " by time of entry; up to " +
                                Text(draw, "surprise_limit") + " may be");
  }
  return sheet.Text();
}

int Carry(const Session& session, const HttpRequest& request) {
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(session.command().json ? reply->body : RenderDraw(reply->body));
  return kExitOk;
}

// The draw that is asked for, of a document that has the latest and those before it.
const json::object* Chosen(const json::object& document, const std::string& id) {
  if (id.empty() || Text(document, "draw") == id) return &document;
  for (const json::value& earlier : Array(document, "earlier")) {
    if (earlier.is_object() && Text(earlier.get_object(), "draw") == id)
      return &earlier.get_object();
  }
  return nullptr;
}

std::string FactsOf(const json::object& document, const json::object& draw) {
  // An engine of before does not say it.
  std::string format = Text(draw, "format");
  if (format.empty()) format = proof::DrawFormat(/*has_holders=*/false);
  std::vector<std::pair<std::string, std::string>> members = {{"format", format},
                                                              {"agenda", Text(document, "agenda")}};
  for (const char* name :
       {"draw", "rules", "root", "value", "seed", "seats", "allocation", "surprise",
        "surprise_of_entries", "announced_at", "closed_at", "round_at", "done_at", "log_position"})
    members.emplace_back(name, Text(draw, name));
  members.emplace_back("entries", std::to_string(Whole(draw, "entries").value_or(0)));
  std::string text = "{";
  for (size_t i = 0; i < members.size(); ++i)
    absl::StrAppend(&text, i == 0 ? "\n" : ",\n", "  ", JsonText(members[i].first), ": ",
                    JsonText(members[i].second));
  return text + "\n}\n";
}

std::string* MemberOf(DrawFiles& files, proof::DrawFile file) {
  switch (file) {
    case proof::DrawFile::kRules:
      return &files.rules;
    case proof::DrawFile::kEntries:
      return &files.entries;
    case proof::DrawFile::kSeats:
      return &files.seats;
    case proof::DrawFile::kRanks:
      return &files.ranks;
    case proof::DrawFile::kAllocation:
      break;
  }
  return &files.allocation;
}

std::string NameOf(proof::DrawFile file) { return std::string(proof::DrawFileName(file)) + ".txt"; }

// Page by page. Nothing: it went wrong, and `exit_code` says how.
std::optional<std::string> Fetch(const Session& session, const std::string& id,
                                 proof::DrawFile file, int* exit_code) {
  std::string text;
  for (uint64_t after = 0;;) {
    const HttpRequest request{
        "GET",
        absl::StrCat(PathOf(session.command()), "?file=", std::string(proof::DrawFileName(file)),
                     "&draw=", PercentEncode(id), "&after=", after),
        {},
        ""};
    const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
    if (!reply.ok()) {
      *exit_code = session.FailToSend(reply.status());
      return std::nullopt;
    }
    if (!IsSuccess(*reply)) {
      *exit_code = session.Refused(*reply);
      return std::nullopt;
    }
    const json::object page = ParseDocument(reply->body);
    text += Text(page, "lines");
    const std::optional<uint64_t> next = Whole(page, "next");
    if (!next || *next <= after) return text;
    after = *next;
  }
}

bool Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return static_cast<bool>(file);
}

// Empty: written.
std::string WriteAll(const std::string& directory, DrawFiles& files) {
  std::error_code failed;
  const std::filesystem::path into(directory);
  std::filesystem::create_directories(into, failed);
  if (failed || !std::filesystem::is_directory(into, failed))
    return "cannot make the directory " + directory;
  if (!std::filesystem::is_empty(into, failed) || failed)
    return directory + " is not empty: an export goes into a directory of its own";
  for (const proof::DrawFile file : proof::kAllDrawFiles) {
    if (!Write(into / NameOf(file), *MemberOf(files, file)))
      return "cannot write " + (into / NameOf(file)).string();
  }
  return Write(into / kFacts, files.facts) ? "" : "cannot write " + (into / kFacts).string();
}

absl::StatusOr<DrawFiles> ReadAll(const std::string& directory) {
  DrawFiles files;
  const std::filesystem::path from(directory);
  const auto read = [&from](const std::string& name, std::string* text) {
    absl::StatusOr<std::string> given = ReadInput((from / name).string());
    if (given.ok()) *text = *std::move(given);
    return given.status();
  };
  if (absl::Status status = read(kFacts, &files.facts); !status.ok()) return status;
  for (const proof::DrawFile file : proof::kAllDrawFiles) {
    if (absl::Status status = read(NameOf(file), MemberOf(files, file)); !status.ok())
      return status;
  }
  return files;
}

std::string AsText(const DrawReport& report) {
  Sheet sheet;
  sheet.Add("draw", report.draw + " of " + report.agenda + ": RIGHT, as far as its files tell");
  sheet.Add("entries", std::to_string(report.entries) + ", closed at " + report.closed_at +
                           ", root " + Hex(report.root));
  sheet.Add("value", report.value + "; compare it with round " + report.round + " of " +
                         report.beacon + ", public from " + report.round_at + " (" +
                         report.timezone + ")");
  sheet.Add("seed", Hex(report.seed));
  sheet.Add("seats", std::to_string(report.given) + " of " + std::to_string(report.seats) +
                         " given, by rank and wishes");
  sheet.Add("uniformity", report.surprise);
  if (!report.unchecked.empty())
    sheet.Add("unchecked", absl::StrJoin(report.unchecked, ", ") +
                               ": the engine's word; its files show the form and the order of "
                               "times only");
  return sheet.Text();
}

std::string AsJson(const DrawReport& report, bool has_receipt) {
  std::string unchecked;
  for (const std::string& name : report.unchecked)
    absl::StrAppend(&unchecked, unchecked.empty() ? "" : ", ", JsonText(name));
  return JsonObject({{"right", "true"},
                     {"agenda", JsonText(report.agenda)},
                     {"draw", JsonText(report.draw)},
                     {"beacon", JsonText(report.beacon)},
                     {"round", JsonText(report.round)},
                     {"round_at", JsonText(report.round_at)},
                     {"closed_at", JsonText(report.closed_at)},
                     {"value", JsonText(report.value)},
                     {"root", JsonText(Hex(report.root))},
                     {"seed", JsonText(Hex(report.seed))},
                     {"entries", std::to_string(report.entries)},
                     {"seats", std::to_string(report.seats)},
                     {"given", std::to_string(report.given)},
                     {"surprise", JsonText(report.surprise)},
                     {"unchecked", "[" + unchecked + "]"},
                     {"receipt", has_receipt ? "\"in it\"" : "null"}});
}

int Judge(const Session& session, const absl::Status& status) {
  return session.Fail(absl::IsDataLoss(status) ? kExitIntegrity : kExitRefused,
                      std::string(status.message()));
}

}  // namespace

int DrawStatus(const Session& session) {
  return Carry(session, {"GET", PathOf(session.command()), {}, ""});
}

int DrawStep(const Session& session) {
  const Command& command = session.command();
  HttpRequest request{"POST", PathOf(command), {}, ""};
  request.target += command.verb == Verb::kDrawClose  ? "/close"
                    : command.verb == Verb::kDrawSeed ? "/seed"
                                                      : "/run";
  if (command.verb == Verb::kDrawSeed) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = TextBody("value", command.value);
  }
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  return Carry(session, request);
}

int DrawExport(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<HttpReply> reply =
      session.client().SendRepeatable({"GET", PathOf(command), {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  const json::object document = ParseDocument(reply->body);
  const json::object* const draw = Chosen(document, command.draw);
  if (draw == nullptr) return session.Fail(kExitRefused, "this agenda had no draw " + command.draw);
  if (Text(*draw, "phase") != "done")
    return session.Fail(kExitRefused, "draw " + Text(*draw, "draw") + " is " +
                                          Text(*draw, "phase") + ": it has no result yet");
  DrawFiles files;
  files.facts = FactsOf(document, *draw);
  int exit_code = kExitOk;
  for (const proof::DrawFile file : proof::kAllDrawFiles) {
    std::optional<std::string> text = Fetch(session, Text(*draw, "draw"), file, &exit_code);
    if (!text) return exit_code;
    *MemberOf(files, file) = *std::move(text);
  }
  if (const std::string wrong = WriteAll(command.out, files); !wrong.empty())
    return session.Fail(kExitIo, wrong);
  const absl::StatusOr<DrawReport> report = VerifyDraw(files);
  if (!report.ok()) return Judge(session, report.status());
  session.Print(command.json ? AsJson(*report, false)
                             : AsText(*report) + "files         in " + command.out + "\n");
  return kExitOk;
}

int DrawVerify(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<DrawFiles> files = ReadAll(command.file);
  if (!files.ok()) return session.Fail(kExitIo, std::string(files.status().message()));
  const absl::StatusOr<DrawReport> report = VerifyDraw(*files);
  if (!report.ok()) return Judge(session, report.status());
  const bool has_receipt = !command.receipt_file.empty();
  if (has_receipt) {
    const absl::StatusOr<std::string> text = ReadInput(command.receipt_file);
    if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
    const absl::StatusOr<proof::Receipt> receipt = proof::ReadReceipt(WithoutSpaces(*text));
    if (!receipt.ok())
      return session.Fail(kExitRefused,
                          command.receipt_file + ": " + std::string(receipt.status().message()));
    const absl::Status in_it = CheckInclusion(*receipt, *files, *report);
    if (!in_it.ok()) return Judge(session, in_it);
  }
  std::string text = AsText(*report);
  if (has_receipt)
    text +=
        "receipt       its entry is in the list; creneauctl receipt verify says who signed it\n";
  session.Print(command.json ? AsJson(*report, has_receipt) : text);
  return kExitOk;
}

}  // namespace creneau::ctl
