// Agenda files in TOML: the keys of the whole file, and what they say together.

#include "codec/agenda_toml.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "rules/calendar.h"
#include "rules/identity.h"

namespace creneau::codec {
namespace {

constexpr size_t kLongestText = 200;

std::string ReadName(TomlReader& file, std::string_view key, bool needed) {
  const auto name = file.Text(key, needed, kLongestText);
  if (!name || rules::IsName(*name)) return name.value_or("");
  file.Error(
      *file.Find(key),
      absl::StrCat(
          "`", std::string(key),
          "` must be 1 to 64 lower-case letters, digits and hyphens, like \"92-naturalisation\""));
  return "";
}

void ReadPolicy(TomlReader& file, rules::Agenda& agenda) {
  if (const toml::node* node = file.Need("policy", "expected \"direct\", \"queue\" or \"draw\"")) {
    const auto policy = rules::PolicyFromName(node->value_exact<std::string>().value_or(""));
    if (!policy) file.Error(*node, "`policy` must be \"direct\", \"queue\" or \"draw\"");
    agenda.policy = policy.value_or(rules::Policy::kDirect);
  }
  if (const toml::node* node = file.Find("identity_proof")) {
    const auto proof = rules::IdentityProofFromName(node->value_exact<std::string>().value_or(""));
    if (!proof)
      file.Error(*node, "`identity_proof` must be \"declared\", \"listed\" or \"asserted\"");
    agenda.identity_proof = proof.value_or(rules::IdentityProof::kDeclared);
  }
}

// Invented people are the hole in any queue: who leaves it open has to say so (design 5).
void CheckInvented(TomlReader& file, rules::Agenda& agenda) {
  const toml::node* node = file.Find("accept_invented");
  if (node != nullptr && !node->is_boolean()) {
    file.Error(*node, "`accept_invented` must be true or false");
    return;
  }
  agenda.accept_invented = node != nullptr && node->value_exact<bool>().value_or(false);
  if (agenda.policy != rules::Policy::kDirect && !agenda.accept_invented &&
      agenda.identity_proof == rules::IdentityProof::kDeclared) {
    file.ErrorHere(
        "a queue or draw of declared identities takes invented people too: say `identity_proof` = "
        "\"listed\" and import a roster, or \"asserted\" and have the website vouch, or "
        "`accept_invented` = true, which the public notice then shows");
  }
}

// Entries last and cost nothing: a minute of invented ones would fill a draw.
void CheckEntriesCost(TomlReader& file, const rules::Agenda& agenda) {
  if (agenda.policy != rules::Policy::kDraw ||
      agenda.identity_proof != rules::IdentityProof::kDeclared ||
      agenda.proof_of_work == rules::ProofDemand::kAlways)
    return;
  file.ErrorHere(
      "a draw of declared identities asks a proof of work of each entry, or invented people fill "
      "it: say `proof_of_work` = \"always\", or `identity_proof` = \"listed\" or \"asserted\"");
}

void ReadProofOfWork(TomlReader& file, rules::Agenda& agenda) {
  const toml::node* node = file.Find("proof_of_work");
  if (node == nullptr) return;
  const auto demand = rules::ProofDemandFromName(node->value_exact<std::string>().value_or(""));
  if (!demand) {
    file.Error(*node, "`proof_of_work` must be \"off\", \"load\" or \"always\"");
  } else if (*demand != rules::ProofDemand::kOff && agenda.policy == rules::Policy::kDirect) {
    file.Error(*node,
               "`proof_of_work` is asked of those who arrive at a queue, or enter a draw: this "
               "agenda has none");
  }
  agenda.proof_of_work = demand.value_or(rules::ProofDemand::kOff);
}

void ReadBeacon(TomlReader& file, rules::Agenda& agenda) {
  const auto beacon = file.Text("beacon", /*needed=*/false, kLongestText);
  if (beacon && agenda.policy != rules::Policy::kQueue) {
    file.Error(*file.Find("beacon"),
               "`beacon` is mixed into the draw of a queue's ranks: this agenda has none; of a "
               "draw it stands in [draw]");
  }
  agenda.beacon = beacon.value_or("");
}

std::vector<rules::IdentityAlternative> ReadIdentity(TomlReader& file) {
  static constexpr char kExpected[] =
      "`identity` must be a list of alternatives, like [[\"dossier\", \"birth_date\"], "
      "[\"passport\", \"birth_date\"]]";
  std::vector<rules::IdentityAlternative> alternatives;
  const toml::node* node = file.Need(
      "identity", "expected what names an applicant, like [[\"dossier\", \"birth_date\"]]");
  if (node == nullptr) return alternatives;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty()) {
    file.Error(*node, kExpected);
    return alternatives;
  }
  for (const toml::node& item : *array) {
    const toml::array* names = item.as_array();
    if (names == nullptr || names->empty()) {
      file.Error(item, kExpected);
      continue;
    }
    rules::IdentityAlternative one;
    for (const toml::node& name : *names) {
      const auto field = rules::IdentityFieldFromName(name.value_exact<std::string>().value_or(""));
      if (!field || std::find(one.begin(), one.end(), *field) != one.end()) {
        file.Error(
            name, "`identity` takes dossier, passport, foreigner_number and birth_date, each once");
        continue;
      }
      one.push_back(*field);
    }
    std::sort(one.begin(), one.end());
    if (one == rules::IdentityAlternative{rules::IdentityField::kBirthDate}) {
      file.Error(item, "`identity`: a birth_date alone names no one person; add a number to it");
    } else if (std::find(alternatives.begin(), alternatives.end(), one) != alternatives.end()) {
      file.Error(item, "`identity` has this alternative already");
    }
    alternatives.push_back(one);
  }
  return alternatives;
}

void ReadCooldown(TomlReader& file, rules::Agenda& agenda) {
  const toml::node* node = file.Find("cooldown_hours");
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  const auto bound = [&](size_t i) {
    return array != nullptr && array->size() == 2 ? (*array)[i].value_exact<int64_t>().value_or(-1)
                                                  : -1;
  };
  if (bound(0) < 1 || bound(1) > 720 || bound(0) > bound(1)) {
    file.Error(*node,
               "`cooldown_hours` must be two whole numbers from 1 to 720, the smaller first, like "
               "[1, 24]");
    return;
  }
  agenda.cooldown_min_hours = static_cast<int>(bound(0));
  agenda.cooldown_max_hours = static_cast<int>(bound(1));
}

void ReadOpening(TomlReader& file, AgendaFile& out) {
  const toml::node* node = file.Find("opening");
  if (node == nullptr) return;
  if (node->as_table() == nullptr) {
    file.Error(*node, "`opening` is written as a table [opening]");
    return;
  }
  TomlReader table(*node->as_table(), "[opening]", out.errors);
  rules::Opening opening;
  const auto weekdays = table.Days("weekdays");
  const auto open = table.TimeOfDay("open");
  const auto close = table.TimeOfDay("close");
  const auto gather = table.Find("gather") == nullptr ? open : table.TimeOfDay("gather");
  table.RefuseUnknown();
  if (!weekdays || !open || !close || !gather) return;
  if (*gather > *open || *open >= *close) {
    table.ErrorHere("[opening] must have `gather` no later than `open`, and `open` before `close`");
    return;
  }
  opening.weekdays = *weekdays;
  opening.gather = *gather;
  opening.open = *open;
  opening.close = *close;
  out.agenda.opening = opening;
}

void ReadRules(TomlReader& file, AgendaFile& out) {
  rules::Agenda& agenda = out.agenda;
  agenda.name = ReadName(file, "agenda", /*needed=*/true);
  agenda.title = file.Text("title", true, kLongestText).value_or("");
  agenda.office = file.Text("office", true, kLongestText).value_or("");
  agenda.timezone = file.Text("timezone", true, kLongestText).value_or("");
  absl::TimeZone zone;
  if (!agenda.timezone.empty() && !rules::LoadZone(agenda.timezone, &zone)) {
    file.Error(
        *file.Find("timezone"),
        "`timezone` must be a name of the IANA list, like \"Europe/Paris\" or \"Indian/Reunion\"");
    agenda.timezone.clear();
  }
  agenda.group = ReadName(file, "group", /*needed=*/false);
  if (agenda.group.empty()) agenda.group = agenda.name;
  ReadPolicy(file, agenda);
  CheckInvented(file, agenda);
  ReadProofOfWork(file, agenda);
  CheckEntriesCost(file, agenda);
  ReadBeacon(file, agenda);
  agenda.identity = ReadIdentity(file);
  agenda.hold_s = file.Number("hold_s", 60, 3600, "seconds").value_or(agenda.hold_s);
  agenda.notice_hours =
      file.Number("notice_hours", 0, 24 * 60, "hours").value_or(agenda.notice_hours);
  agenda.horizon_days = file.Number("horizon_days", 1, 366, "days").value_or(agenda.horizon_days);
  agenda.retention_days =
      file.Number("retention_days", limits::kRetentionDaysMin, limits::kRetentionDaysMax, "days")
          .value_or(agenda.retention_days);
  agenda.alternative = file.Text("alternative", false, 1000).value_or("");
  ReadCooldown(file, agenda);
  if (agenda.notice_hours >= agenda.horizon_days * 24) {
    file.ErrorHere("`notice_hours` reaches as far as `horizon_days`: no slot could ever be booked");
  }
}

void MakeCalendar(AgendaFile& out) {
  if (!out.errors.empty() || out.agenda.sessions.empty()) return;
  CivilDate first = out.agenda.sessions[0].from;
  for (const rules::Session& session : out.agenda.sessions) first = std::min(first, session.from);
  for (const rules::Session& session : out.agenda.sessions) {
    if (DaysFromCivil(session.until) - DaysFromCivil(first) <= limits::kCalendarDaysMax) continue;
    out.errors.push_back({session.line, session.column,
                          absl::StrCat("this session ends more than ", limits::kCalendarDaysMax,
                                       " days after the first one begins: correct the year")});
  }
  if (!out.errors.empty()) return;
  rules::Calendar calendar = rules::ExpandSessions(out.agenda);
  out.errors.insert(out.errors.end(), calendar.diagnostics.begin(), calendar.diagnostics.end());
  out.slots = std::move(calendar.slots);
  if (out.errors.empty() && out.slots.empty()) {
    out.warnings.push_back(
        {0, 0,
         "the sessions make no slot: weekdays, dates, holidays and exceptions leave nothing"});
  }
}

}  // namespace

AgendaFile ReadAgendaToml(std::string_view text) {
  AgendaFile out;
  if (auto deep = FindDeepNesting(text)) {
    out.errors.push_back(*std::move(deep));
    return out;
  }
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    out.errors.push_back({static_cast<int>(at.line), static_cast<int>(at.column),
                          absl::StrCat("not TOML: ", std::string(error.description()))});
    return out;
  }
  TomlReader file(table, "", out.errors);
  ReadRules(file, out);
  ReadFairness(file, out);
  ReadOpening(file, out);
  if (out.agenda.policy == rules::Policy::kQueue && file.Find("opening") == nullptr) {
    file.ErrorHere(
        "a queue is that of an opening: add [opening] with weekdays, gather, open, close");
  }
  if (const toml::node* node = file.Find("opening");
      node != nullptr && out.agenda.policy == rules::Policy::kDraw) {
    file.Error(*node, "a draw has days on which people enter, in [draw], and no opening");
  }
  ReadSessions(file, out);
  WarnOfPolling(file, out);
  file.RefuseUnknown();
  CheckChannels(file, out);
  MakeCalendar(out);
  std::stable_sort(out.errors.begin(), out.errors.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return out;
}

}  // namespace creneau::codec
