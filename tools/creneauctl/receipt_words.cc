#include "tools/creneauctl/receipt_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "tools/creneauctl/receipt_inclusion.h"
#include "tools/creneauctl/words_json.h"

namespace creneau::ctl {
namespace {

std::string Number(uint64_t value) { return std::to_string(value); }

// Local time with the office's offset; nothing where the zone is unknown.
std::optional<absl::TimeZone> ZoneOf(const std::string& name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) return std::nullopt;
  return zone;
}

CivilDate DateOf(const absl::CivilSecond& second) {
  return {static_cast<int>(second.year()), second.month(), second.day()};
}

Fields TimeOfDay(int hour, int minute, int second) {
  return {{"hour", Number(static_cast<uint64_t>(hour))},
          {"hour2", absl::StrFormat("%02d", hour)},
          {"minute", absl::StrFormat("%02d", minute)},
          {"second", absl::StrFormat("%02d", second)}};
}

void AddAttempt(const proof::AttemptReceipt& attempt, const Words& words, ReceiptText* text) {
  text->title = words.Say("title.attempt");
  text->rows = {{words.Say("row.service"), attempt.title},
                {words.Say("row.office"), attempt.office},
                {words.Say("row.agenda"), attempt.agenda},
                {words.Say("row.at"), words.Moment(attempt.at, attempt.timezone)},
                {words.Say("row.week"), words.Week(attempt.iso_year, attempt.iso_week)},
                {words.Say("row.outcome"), words.OfCode("outcome", attempt.outcome)}};
  if (!attempt.phase.empty()) {
    text->rows.emplace_back(words.Say("row.phase"), words.OfCode("phase", attempt.phase));
  }
  const std::string identity = words.OfCode("identity", IdentityGivenName(attempt.identity));
  const bool given = attempt.identity != proof::IdentityGiven::kNone;
  text->rows.emplace_back(
      words.Say("row.identity"),
      given ? words.Say("identity.fields",
                        {{"identity", identity}, {"fields", words.FieldNames(attempt.alternative)}})
            : identity);
  text->proves = words.Say("proves.attempt");
  text->not_proved = {words.Say(given ? "not.person" : "not.nobody"), words.Say("not.week"),
                      words.Say("not.other")};
}

void AddConfirmation(const proof::ConfirmationReceipt& confirmation, const Words& words,
                     ReceiptText* text) {
  text->title = words.Say("title.confirmation");
  const Fields log = {{"batch", Number(confirmation.batch)},
                      {"lsn", Number(confirmation.lsn.value)},
                      {"epoch", Number(confirmation.epoch)},
                      {"chain", Hex(confirmation.chain)}};
  text->rows = {{words.Say("row.reservation"), confirmation.reservation},
                {words.Say("row.service"), confirmation.title},
                {words.Say("row.office"), confirmation.office},
                {words.Say("row.agenda"), confirmation.agenda},
                {words.Say("row.slot"), words.LocalTime(*ParseLocalMinute(confirmation.slot))},
                {words.Say("row.minutes"),
                 words.Say("minutes", {{"minutes", std::to_string(confirmation.minutes)}})},
                {words.Say("row.channel"), words.OfCode("channel", confirmation.channel)},
                {words.Say("row.identity"),
                 words.OfCode("identity", IdentityGivenName(confirmation.identity))},
                {words.Say("row.log"), words.Say("log", log)}};
  text->proves = words.Say("proves.confirmation");
  text->not_proved = {words.Say("not.holder"), words.Say("not.later"), words.Say("not.other")};
}

}  // namespace

Words::Words(const std::string& lang)
    : lang_(lang), words_(boost::json::parse(kWordsJson).as_object()) {}

bool Words::Has(std::string_view name) const {
  return words_.contains(boost::json::string_view(name.data(), name.size()));
}

std::string Words::Say(std::string_view name, const Fields& values) const {
  CHECK(Has(name));
  const auto& said = words_.at(boost::json::string_view(name.data(), name.size())).as_object();
  std::string text(said.at(lang_).as_string());
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [key, value] : values) replacements.emplace_back("{" + key + "}", value);
  return absl::StrReplaceAll(text, replacements);
}

std::string Words::OfFault(std::string_view why) const {
  if (lang_ == "en") return std::string(why);
  const auto begins = [why](std::string_view with) { return why.substr(0, with.size()) == with; };
  if (begins("it is cut short")) return Say("wrong.cut");
  if (begins("there is more")) return Say("wrong.more");
  if (begins("it is not base64url") || begins("it is longer") || begins("it does not begin"))
    return Say("wrong.no-receipt");
  return Say("wrong.value");
}

std::string Words::OfCode(std::string_view kind, std::string_view code) const {
  const std::string name = std::string(kind) + "." + std::string(code);
  return Has(name) ? Say(name) : std::string(code);
}

std::string Words::Nth(std::string_view list, int index) const {
  const std::vector<std::string> all = absl::StrSplit(Say(list), ' ');
  return all.at(static_cast<size_t>(index));
}

std::string Words::Date(CivilDate date) const {
  const int32_t day = DaysFromCivil(date);
  const int weekday = ((day + 3) % 7 + 7) % 7;  // 1970 began on a Thursday
  const bool first = date.day == 1 && lang_ == "fr";
  return Say("date.day", {{"weekday", Nth("days", weekday)},
                          {"day", first ? "1er" : std::to_string(date.day)},
                          {"month", Nth("months", date.month - 1)},
                          {"year", std::to_string(date.year)}});
}

std::string Words::Moment(Instant at, const std::string& zone_name) const {
  const std::optional<absl::TimeZone> zone = ZoneOf(zone_name);
  const absl::CivilSecond local =
      absl::ToCivilSecond(absl::FromUnixMillis(at.ms), zone.value_or(absl::UTCTimeZone()));
  Fields values = TimeOfDay(local.hour(), local.minute(), local.second());
  values.emplace_back("date", Date(DateOf(local)));
  return Say(zone ? "date.zone" : "date.utc",
             {{"date", Say("date.second", values)}, {"zone", zone_name}});
}

std::string Words::LocalTime(LocalMinute minute) const {
  const absl::CivilMinute local = absl::CivilMinute(1970, 1, 1, 0, 0) + minute.value;
  Fields values = TimeOfDay(local.hour(), local.minute(), 0);
  values.emplace_back("date", Date(DateOf(absl::CivilSecond(local))));
  return Say("date.minute", values);
}

std::string Words::Week(int iso_year, int iso_week) const {
  // The fourth of January is always in the first week.
  const int32_t fourth = DaysFromCivil({iso_year, 1, 4});
  const int32_t monday = fourth - ((fourth + 3) % 7 + 7) % 7 + 7 * (iso_week - 1);
  std::string date = Date(CivilFromDays(monday));
  date.erase(0, date.find(' ') + 1);  // that it is a Monday is said
  return Say(
      "week",
      {{"week", std::to_string(iso_week)}, {"year", std::to_string(iso_year)}, {"monday", date}});
}

std::string Words::FieldNames(const std::vector<std::string>& fields) const {
  std::string text;
  for (const std::string& field : fields) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", OfCode("field", field));
  }
  return text;
}

std::string ReceiptTime(Instant at, const std::string& zone_name) {
  const absl::TimeZone zone = ZoneOf(zone_name).value_or(absl::UTCTimeZone());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", absl::FromUnixMillis(at.ms), zone);
}

std::string_view IdentityGivenName(proof::IdentityGiven identity) {
  switch (identity) {
    case proof::IdentityGiven::kNone:
      return "none";
    case proof::IdentityGiven::kDeclared:
      return "declared";
    case proof::IdentityGiven::kListed:
      return "listed";
    case proof::IdentityGiven::kAsserted:
      return "asserted";
  }
  CHECK(false);
}

ReceiptText InWords(const proof::Receipt& receipt, const Words& words) {
  ReceiptText text;
  std::string zone;
  if (const auto* attempt = std::get_if<proof::AttemptReceipt>(&receipt.body)) {
    AddAttempt(*attempt, words, &text);
    zone = attempt->timezone;
  } else if (const auto* inclusion = std::get_if<proof::InclusionReceipt>(&receipt.body)) {
    AddInclusion(*inclusion, words, &text);
    zone = inclusion->timezone;
  } else {
    const auto& confirmation = std::get<proof::ConfirmationReceipt>(receipt.body);
    AddConfirmation(confirmation, words, &text);
    zone = confirmation.timezone;
  }
  text.rows.emplace_back(words.Say("row.issued"), words.Moment(receipt.issued_at, zone));
  text.rows.emplace_back(words.Say("row.key"), Hex(receipt.key));
  return text;
}

Fields AsJson(const proof::Receipt& receipt) {
  Fields members;
  const auto add = [&members](const char* name, std::string_view text) {
    members.emplace_back(name, JsonText(text));
  };
  std::string zone;
  if (const auto* attempt = std::get_if<proof::AttemptReceipt>(&receipt.body)) {
    zone = attempt->timezone;
    add("kind", "attempt");
    add("at", ReceiptTime(attempt->at, zone));
    add("agenda", attempt->agenda);
    add("title", attempt->title);
    add("office", attempt->office);
    add("outcome", attempt->outcome);
    add("phase", attempt->phase);
    add("iso_week", absl::StrFormat("%04d-W%02d", attempt->iso_year, attempt->iso_week));
    add("identity", IdentityGivenName(attempt->identity));
    std::vector<std::string> fields;
    for (const std::string& field : attempt->alternative) fields.push_back(JsonText(field));
    members.emplace_back("fields", JsonList(fields));
    add("commitment", Hex(attempt->commitment));
  } else if (const auto* inclusion = std::get_if<proof::InclusionReceipt>(&receipt.body)) {
    zone = inclusion->timezone;
    add("kind", "inclusion");
    for (auto& member : InclusionMembers(*inclusion)) members.push_back(std::move(member));
  } else {
    const auto& confirmation = std::get<proof::ConfirmationReceipt>(receipt.body);
    zone = confirmation.timezone;
    add("kind", "confirmation");
    add("reservation", confirmation.reservation);
    add("agenda", confirmation.agenda);
    add("title", confirmation.title);
    add("office", confirmation.office);
    add("slot", confirmation.slot);
    add("starts_at", ReceiptTime(confirmation.starts_at, zone));
    members.emplace_back("minutes", std::to_string(confirmation.minutes));
    add("channel", confirmation.channel);
    add("identity", IdentityGivenName(confirmation.identity));
    add("holder", Hex(confirmation.holder));
    add("batch", Number(confirmation.batch));
    add("lsn", Number(confirmation.lsn.value));
    add("epoch", Number(confirmation.epoch));
    add("chain", Hex(confirmation.chain));
  }
  add("timezone", zone);
  add("issued_at", ReceiptTime(receipt.issued_at, zone));
  add("key", Hex(receipt.key));
  return members;
}

}  // namespace creneau::ctl
