#include "tools/creneauctl/replies.h"

#include "base/ids.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::string Joined(const json::array& values, std::string_view separator) {
  std::string text;
  for (const json::value& value : values) {
    if (!text.empty()) text += separator;
    text += value.is_string() ? std::string(value.as_string().c_str()) : json::serialize(value);
  }
  return text;
}

void AddRules(const json::object& rules, Sheet* sheet) {
  std::string identity;
  for (const json::value& alternative : Array(rules, "identity")) {
    if (!alternative.is_array()) continue;
    if (!identity.empty()) identity += ", or ";
    identity += Joined(alternative.as_array(), " and ");
  }
  sheet->Add("identity", identity + " (" + Text(rules, "identity_proof") + ")");
  const json::object& opening = Object(rules, "opening");
  sheet->Add("opening", opening.empty()
                            ? "always"
                            : Joined(Array(opening, "weekdays"), " ") + ", " +
                                  Text(opening, "open") + " to " + Text(opening, "close"));
  sheet->Add("hold", Text(rules, "hold_s") + " s");
  sheet->Add("bookable", "from " + Text(rules, "horizon_days") + " days to " +
                             Text(rules, "notice_hours") + " hours before the slot");
  sheet->Add("cooldown", Joined(Array(rules, "cooldown_hours"), " to ") + " hours");
  sheet->Add("alternative", Text(rules, "alternative"));
}

std::string Channels(const json::object& channels) {
  Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight,
               Align::kRight, Align::kRight, Align::kRight});
  table.Row(
      {"CHANNEL", "PUBLISHED", "FREE", "HELD", "CONFIRMED", "COOLING", "OFFERED", "CANCELLED"});
  for (const Channel channel : kAllChannels) {
    const std::string name(ChannelName(channel));
    const json::object& counts = Object(channels, name);
    if (counts.empty()) continue;
    table.Row({name, Text(counts, "published"), Text(counts, "free"), Text(counts, "held"),
               Text(counts, "confirmed"), Text(counts, "cooling"), Text(counts, "offered"),
               Text(counts, "cancelled")});
  }
  return table.Text();
}

// Of all seats that are published.
std::string ShareOf(const json::object& counts, uint64_t all) {
  const std::optional<uint64_t> published = Whole(counts, "published");
  if (!published || all == 0) return "";
  return std::to_string((*published * 100 + all / 2) / all) + " %";
}

// Who has which part of the seats, and what the office and its staff have done to that: ever.
std::string Shares(const json::object& agenda) {
  const json::object& channels = Object(agenda, "channels");
  uint64_t all = 0;
  for (const Channel channel : kAllChannels)
    all += Whole(Object(channels, ChannelName(channel)), "published").value_or(0);
  Table table(
      {Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
  table.Row({"CHANNEL", "SHARE", "SHIFTED IN", "SHIFTED OUT", "BY AGENTS", "BY HELPERS"});
  for (const Channel channel : kAllChannels) {
    const std::string name(ChannelName(channel));
    const json::object& counts = Object(channels, name);
    if (counts.empty()) continue;
    table.Row({name, ShareOf(counts, all), Text(counts, "shifted_in"), Text(counts, "shifted_out"),
               Text(counts, "by_agents"), Text(counts, "by_helpers")});
  }
  std::string text = table.Text();
  const json::object& court = Object(agenda, "court");
  if (court.empty()) return text;
  text += "\nby court order  " + Text(agenda, "by_mandate") + " reserved of " +
          Text(court, "published") + " seats; " + Text(court, "given") + " given ever, of these " +
          Text(court, "added") + " added and " + Text(court, "overflow") + " from other channels\n";
  return text;
}

// One entry of a problem's `errors`: where, and what.
std::string Located(const json::object& error) {
  const std::string line = Text(error, "line");
  const std::string message = Text(error, "message");
  if (line == "0") return message;  // of the file as a whole
  if (!line.empty()) return line + ":" + Text(error, "column") + ": " + message;
  const std::string pointer = Text(error, "pointer");
  return (pointer.empty() ? Text(error, "parameter") : pointer) + ": " + message;
}

std::string Warnings(const json::object& reply) {
  std::string text;
  for (const json::value& warning : Array(reply, "warnings")) {
    if (warning.is_object()) text += "warning: " + Located(warning.as_object()) + "\n";
  }
  return text;
}

}  // namespace

std::string RenderAgendaList(std::string_view body) {
  const json::object reply = ParseDocument(body);
  if (Array(reply, "agendas").empty()) return "no agenda has been published yet\n";
  Table table({Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft});
  table.Row({"AGENDA", "VERSION", "NOW", "TITLE"});
  for (const json::value& entry : Array(reply, "agendas")) {
    if (!entry.is_object()) continue;
    const json::object& agenda = entry.as_object();
    table.Row({Text(agenda, "agenda"), Text(agenda, "version"), PhaseInWords(agenda),
               Text(agenda, "title")});
  }
  return table.Text();
}

std::string RenderAgenda(std::string_view body) {
  const json::object agenda = ParseDocument(body);
  Sheet sheet;
  sheet.Add("agenda", Text(agenda, "agenda"));
  sheet.Add("title", Text(agenda, "title"));
  sheet.Add("office", Text(agenda, "office"));
  sheet.Add("timezone", Text(agenda, "timezone"));
  sheet.Add("policy", Text(agenda, "policy"));
  sheet.Add("version",
            Text(agenda, "version") + ", published " + Minute(Text(agenda, "published_at")));
  sheet.Add("now", PhaseInWords(agenda));
  AddRules(Object(agenda, "rules"), &sheet);
  return sheet.Text() + "\n" + Channels(Object(agenda, "channels")) + "\n" + Shares(agenda);
}

std::string RenderSlots(std::string_view body) {
  const json::object reply = ParseDocument(body);
  const std::string next = Text(reply, "next");
  const std::string more = next.empty() ? "" : "more: --from " + next + "\n";
  if (Array(reply, "slots").empty()) return "no slot that can be booked now in these days\n" + more;
  Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  table.Row({"SLOT", "MINUTES", "FREE", "CAPACITY"});
  for (const json::value& entry : Array(reply, "slots")) {
    if (!entry.is_object()) continue;
    const json::object& slot = entry.as_object();
    table.Row(
        {Text(slot, "slot"), Text(slot, "minutes"), Text(slot, "free"), Text(slot, "capacity")});
  }
  return table.Text() + more;
}

namespace {

std::string RenderedOne(const json::object& reply) {
  Sheet sheet;
  sheet.Add("reservation", Text(reply, "reservation"));
  sheet.Add("key", Text(reply, "key"));
  sheet.Add("state", Text(reply, "state"));
  sheet.Add("agenda", Text(reply, "agenda"));
  const std::string minutes = Text(reply, "minutes");
  sheet.Add("slot", Text(reply, "slot") + (minutes.empty() ? "" : ", " + minutes + " minutes"));
  const std::string expires = Text(reply, "expires_at");
  if (!expires.empty()) {
    const std::string left = Text(reply, "expires_in_s");
    sheet.Add("expires", expires.substr(0, 19) + (left.empty() ? "" : ", in " + left + " s"));
  }
  if (Text(reply, "day_closed") == "yes")
    sheet.Add("day", "closed by the office; another seat is looked for, or move it");
  sheet.Add("moves left", Text(reply, "moves_left"));
  sheet.Add("family", Text(reply, "party"));
  return sheet.Text();
}

}  // namespace

std::string RenderReservation(std::string_view body) { return RenderedOne(ParseDocument(body)); }

std::string RenderFamily(std::string_view body) {
  const json::object reply = ParseDocument(body);
  Sheet sheet;
  sheet.Add("family", Text(reply, "party"));
  std::string text = sheet.Text();
  const json::value* const all = reply.if_contains("reservations");
  if (all == nullptr || !all->is_array()) return text;
  for (const json::value& one : all->as_array()) {
    if (one.is_object()) text += "\n" + RenderedOne(one.as_object());
  }
  return text;
}

std::string RenderAct(std::string_view body) {
  const json::object act = ParseDocument(body);
  std::string out = Text(act, "act") + "  " + Text(act, "what") + " in " + Text(act, "agenda") +
                    ", " + Text(act, "reason") + ", proposed by " + Text(act, "proposed_by") +
                    " at " + Text(act, "proposed_at");
  if (const std::string by = Text(act, "approved_by"); !by.empty())
    return out + ", approved by " + by;
  if (const std::string by = Text(act, "withdrawn_by"); !by.empty())
    return out + ", withdrawn by " + by;
  return out + ", waits for another person until " + Text(act, "act_expires_at");
}

std::string RenderPublication(std::string_view body, bool dry_run) {
  const json::object reply = ParseDocument(body);
  const std::string version = Text(reply, "version");
  const bool created = Text(reply, "created") == "yes";
  std::string text = Text(reply, "agenda");
  if (dry_run) {
    text += created ? ": would be made" : ": would change, version " + version + " is in force";
  } else {
    text += (created ? ": made, version " : ": changed, version ") + version;
  }
  text += "; " + Text(reply, "slots") + " slots, " + Text(reply, "seats_added") + " seats added, " +
          Text(reply, "seats_withdrawn") + " withdrawn";
  const std::string kept = Text(reply, "seats_kept");
  if (!kept.empty() && kept != "0") text += ", " + kept + " reserved ones kept until they end";
  return text + "\n" + Warnings(reply);
}

std::string RenderSnapshots(std::string_view body) {
  const json::object reply = ParseDocument(body);
  Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kLeft});
  const auto row = [&](const json::object& one) {
    const bool damaged = Text(one, "damaged") == "yes";
    table.Row({Text(one, "snapshot"), "position " + Text(one, "lsn"), Text(one, "bytes") + " bytes",
               Text(one, "seats") + " seats", damaged ? "DAMAGED" : Text(one, "taken_at")});
  };
  if (Find(reply, "snapshots") == nullptr) row(reply);
  for (const json::value& one : Array(reply, "snapshots")) {
    if (one.is_object()) row(one.as_object());
  }
  const std::string text = table.Text();
  return text.empty() ? "no snapshots\n" : text;
}

std::string RenderQueue(std::string_view body) {
  const json::object status = ParseDocument(body);
  Sheet sheet;
  sheet.Add("agenda", Text(status, "agenda"));
  sheet.Add("opening", Text(status, "opening"));
  sheet.Add("now", PhaseInWords(status) + (IsTrue(status, "draining") ? ", DRAINING" : ""));
  // An agenda without a queue has a phase and nothing else of all this.
  if (Text(status, "opening").empty()) return sheet.Text();
  sheet.Add("gathered", Text(status, "gathered"));
  sheet.Add("waiting", Text(status, "waiting"));
  sheet.Add("admitted", Text(status, "served") + ", up to rank " + Text(status, "served_rank"));
  const std::string cap = Text(status, "rate_cap_per_min");
  sheet.Add("rate", Text(status, "rate_per_min") + " a minute" +
                        (cap.empty() || cap == "0" ? "" : ", at most " + cap));
  sheet.Add("limited by", Text(status, "limited_by"));
  sheet.Add("free", Text(status, "free"));
  sheet.Add("k", Text(status, "k"));
  if (const json::object& beacon = Object(status, "beacon"); !beacon.empty()) {
    const std::string value = Text(beacon, "value");
    sheet.Add("beacon", (!value.empty()              ? value
                         : IsTrue(beacon, "without") ? "WITHOUT"
                                                     : "not told yet") +
                            " (" + Text(beacon, "source") + ")");
  }
  sheet.Add("chain",
            "from " + Text(status, "chain_from") + ", ends in " + Text(status, "chain_end"));
  return sheet.Text();
}

std::string RenderRoster(std::string_view body) {
  const json::object reply = ParseDocument(body);
  return Text(reply, "agenda") + ": " + Text(reply, "listed") + " people are listed now\n";
}

std::string RenderProblem(int status, std::string_view body) {
  const json::object problem = ParseDocument(body);
  const std::string code = Text(problem, "code");
  if (code.empty()) return "refused: HTTP " + std::to_string(status) + ", without saying why\n";
  std::string text = "refused: " + code + ": " + Text(problem, "detail") + "\n";
  const std::string opens = Text(problem, "opens_at");
  if (!opens.empty()) text += "opens at: " + Minute(opens) + "\n";
  const std::string free = Joined(Array(problem, "alternatives"), "  ");
  if (!free.empty()) text += "free near it: " + free + "\n";
  const std::string slots = Joined(Array(problem, "slots"), "  ");
  if (!slots.empty()) text += "slots: " + slots + "\n";
  for (const json::value& error : Array(problem, "errors")) {
    if (error.is_object()) text += Located(error.as_object()) + "\n";
  }
  return text;
}

std::string ProblemCode(std::string_view body) { return Text(ParseDocument(body), "code"); }

std::string NameOf(std::string_view body) { return Text(ParseDocument(body), "reservation"); }

std::string KeyOf(std::string_view body) { return Text(ParseDocument(body), "key"); }

std::string WithoutKey(std::string_view body) {
  json::object reply = ParseDocument(body);
  reply.erase("key");
  return json::serialize(reply);
}

std::string WithLinesOfFile(std::string_view body, int lines_before) {
  json::value reply = ParseDocument(body);
  json::value* const errors = reply.as_object().if_contains("errors");
  if (lines_before == 0 || errors == nullptr || !errors->is_array()) return std::string(body);
  for (json::value& error : errors->as_array()) {
    if (!error.is_object()) continue;
    json::value* const line = error.as_object().if_contains("line");
    if (line != nullptr && line->is_int64() && line->as_int64() > 1) {
      line->as_int64() += lines_before;
    }
  }
  return json::serialize(reply);
}

std::string WithMembers(std::string_view body, const Fields& more) {
  json::object reply = ParseDocument(body);
  for (const auto& [name, text] : more) reply[name] = text;
  return json::serialize(reply);
}

std::vector<std::vector<std::string>> IdentityAlternatives(std::string_view body) {
  std::vector<std::vector<std::string>> ways;
  const json::object agenda = ParseDocument(body);
  for (const json::value& alternative : Array(Object(agenda, "rules"), "identity")) {
    if (!alternative.is_array()) continue;
    std::vector<std::string> fields;
    for (const json::value& field : alternative.as_array()) {
      if (field.is_string()) fields.emplace_back(field.as_string().c_str());
    }
    if (!fields.empty()) ways.push_back(std::move(fields));
  }
  return ways;
}

unsigned VersionOf(std::string_view body) {
  const json::object reply = ParseDocument(body);
  const json::value* version = Find(reply, "version");
  if (version == nullptr || !version->is_int64()) return 0;
  return static_cast<unsigned>(version->as_int64());
}

bool WouldCreate(std::string_view body) { return Text(ParseDocument(body), "created") == "yes"; }

}  // namespace creneau::ctl
