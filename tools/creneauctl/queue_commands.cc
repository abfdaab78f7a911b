// queue status, pause, resume, rate, drain, extend: an opening as it stands, and what an operator
// can do to it by hand. queue verify: what anybody can check of it from published files.
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/queue_proof.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

int Carry(const Session& session, const HttpRequest& request) {
  const absl::StatusOr<HttpReply> reply = session.client().Send(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(session.command().json ? reply->body : RenderQueue(reply->body));
  return kExitOk;
}

HttpRequest OrderFor(const Command& command) {
  HttpRequest request{"POST", "/v1/agendas/" + PercentEncode(command.agenda), {}, ""};
  const auto with = [&request](const std::string& body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
  };
  switch (command.verb) {
    case Verb::kQueuePause:
      request.target += "/pause";
      break;
    case Verb::kQueueResume:
      request.target += "/resume";
      break;
    case Verb::kQueueDrain:
      request.target += "/drain";
      break;
    case Verb::kQueueRate:
      request.target += "/rate";
      with(NumberBody("per_min", command.per_min));
      break;
    case Verb::kQueueBeacon:
      request.target += command.without ? "/without-beacon" : "/beacon";
      if (!command.without) with(TextBody("value", command.value));
      break;
    default:
      request.target += "/extend";
      with(NumberBody("minutes", command.minutes));
      break;
  }
  return request;
}

std::string ProofAsJson(const QueueProof& proof) {
  std::vector<std::string> tickets;
  for (const QueueProof::TicketPlace& ticket : proof.tickets) {
    tickets.push_back(JsonObject({{"line", std::to_string(ticket.line)},
                                  {"rank", JsonText(std::to_string(ticket.rank.value))},
                                  {"place", std::to_string(ticket.place)},
                                  {"admitted", ticket.admitted ? "true" : "false"}}));
  }
  return JsonObject({{"right", "true"},
                     {"agenda", JsonText(proof.agenda)},
                     {"opening", JsonText(proof.opening)},
                     {"k", JsonText(proof.k)},
                     {"beacon", JsonText(proof.beacon)},
                     {"beacon_value", JsonText(proof.beacon_value)},
                     {"chain_end", JsonText(proof.chain_end)},
                     {"hashes", std::to_string(proof.hashes)},
                     {"documents", std::to_string(proof.documents)},
                     {"served_rank", JsonText(std::to_string(proof.served_rank))},
                     {"tickets", JsonList(tickets)}});
}

std::string ProofAsText(const QueueProof& proof) {
  Sheet sheet;
  sheet.Add("opening", proof.agenda + ", " + proof.opening);
  sheet.Add("k", proof.k);
  if (!proof.beacon.empty()) {
    sheet.Add("beacon",
              proof.beacon_value.empty()
                  ? proof.beacon + ": NOTHING of it was mixed in"
                  : proof.beacon_value + ", mixed in; compare it with its source: " + proof.beacon);
  }
  sheet.Add("chain", "it belongs to: hashed " + std::to_string(proof.hashes) + " times it gives " +
                         proof.chain_end);
  sheet.Add("served", "up to rank " + std::to_string(proof.served_rank) +
                          (proof.documents > 1 ? "; in " + std::to_string(proof.documents) +
                                                     " documents it never fell and K never changed"
                                               : ""));
  std::string text = sheet.Text();
  if (proof.tickets.empty()) return text;
  Table table({Align::kRight, Align::kRight, Align::kRight, Align::kLeft});
  table.Row({"LINE", "PLACE", "RANK", "ADMITTED"});
  for (const QueueProof::TicketPlace& ticket : proof.tickets) {
    table.Row({std::to_string(ticket.line), std::to_string(ticket.place),
               std::to_string(ticket.rank.value), ticket.admitted ? "yes" : "not yet"});
  }
  return text + "\n" + table.Text() +
         "places are among the tickets given; signatures are the engine's to check\n";
}

}  // namespace

int QueueVerify(const Session& session) {
  const Command& command = session.command();
  std::vector<std::string> paths = {command.file};
  paths.insert(paths.end(), command.status_files.begin(), command.status_files.end());
  if (!command.tickets_file.empty()) paths.push_back(command.tickets_file);
  std::vector<NamedText> texts;
  for (const std::string& path : paths) {
    absl::StatusOr<std::string> text = ReadInput(path);
    if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
    texts.push_back({path == "-" ? "stdin" : path, *std::move(text)});
  }
  std::optional<NamedText> tickets;
  if (!command.tickets_file.empty()) {
    tickets = std::move(texts.back());
    texts.pop_back();
  }
  const NamedText agenda = std::move(texts.front());
  texts.erase(texts.begin());
  const absl::StatusOr<QueueProof> proof = ProveQueue(agenda, texts, tickets, command.without);
  if (!proof.ok()) {
    return session.Fail(absl::IsDataLoss(proof.status()) ? kExitIntegrity : kExitRefused,
                        std::string(proof.status().message()));
  }
  session.Print(command.json ? ProofAsJson(*proof) : ProofAsText(*proof));
  return kExitOk;
}

int QueueStatus(const Session& session) {
  return Carry(
      session,
      {"GET", "/v1/agendas/" + PercentEncode(session.command().agenda) + "/queue", {}, ""});
}

int QueueOrder(const Session& session) {
  const HttpRequest request = OrderFor(session.command());
  if (session.command().dry_run) {
    session.Print(DescribeRequest(request, session.command().json));
    return kExitOk;
  }
  return Carry(session, request);
}

}  // namespace creneau::ctl
