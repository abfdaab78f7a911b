#include "bench/creneau-bench/crowd/office.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "base/text.h"
#include "bench/creneau-bench/crowd/population.h"
#include "bench/creneau-bench/requests.h"

namespace creneau::bench {
namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr int64_t kMsPerMinute = 60'000;
constexpr uint32_t kSlotsADay = 36;  // from 8:00 to 20:00, 20 minutes each
constexpr uint32_t kDays = 28;
// Counters of an office; 64 seats are the most that a slot has.
constexpr uint32_t kSeatsOfASlot[] = {4, 16, 64};
constexpr size_t kRosterLines = 10'000;

std::string Hour(int minutes) { return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60); }

// `slots` of them on each of `days` from `first` on.
void AddSession(int32_t first, uint32_t days, uint32_t slots, uint32_t seats, std::string* out) {
  if (days == 0 || slots == 0 || seats == 0) return;
  absl::StrAppendFormat(
      out,
      "[[session]]\nweekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\n"
      "from = %s\nuntil = %s\nhours = [\"08:00-%s\"]\nminutes = 20\nseats = { web = %d }\n"
      "holidays = \"open\"\n",
      FormatDate(CivilFromDays(first)),
      FormatDate(CivilFromDays(first + static_cast<int>(days) - 1)),
      Hour(8 * 60 + static_cast<int>(slots) * 20), seats);
}

void AddOpening(const OpeningTimes& times, std::string* out) {
  absl::StrAppendFormat(
      out,
      "[opening]\nweekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\n"
      "gather = \"%s\"\nopen = \"%s\"\nclose = \"%s\"\n",
      Hour(times.gather), Hour(times.open), Hour(times.close));
}

}  // namespace

OpeningTimes TimesOf(const CrowdOptions& options, Instant now) {
  constexpr std::pair<const char*, int> kZones[] = {{"UTC", 0}, {"Etc/GMT-12", 12 * 60}};
  OpeningTimes times;
  for (const auto& [zone, offset] : kZones) {
    const auto gather_ms = static_cast<int64_t>(options.gather_s * 1000);
    const int64_t minute = now.ms / kMsPerMinute + offset;
    const int64_t open = (now.ms + gather_ms + kMsPerMinute - 1) / kMsPerMinute + offset;
    const int64_t day = minute / kMinutesPerDay;
    times.timezone = zone;
    times.today = static_cast<int32_t>(day);
    times.gather = static_cast<int>(minute - day * kMinutesPerDay);
    times.open = static_cast<int>(open - day * kMinutesPerDay);
    times.close = times.open + static_cast<int>(std::ceil(options.minutes));
    if (times.close < kMinutesPerDay) break;
  }
  return times;
}

std::string OfficeToml(const std::string& name, uint32_t seats, const CrowdOptions& options,
                       const OpeningTimes& times) {
  uint32_t of_a_slot = 0;
  for (const uint32_t one : kSeatsOfASlot) {
    of_a_slot = one;
    if (seats <= one * kSlotsADay * kDays) break;
  }
  const uint32_t slots = seats / of_a_slot;
  const uint32_t full_days = slots / kSlotsADay;
  std::string out = absl::StrFormat(
      "agenda = \"%s\"\ntitle = \"Banc d'essai\"\noffice = \"Préfecture du banc d'essai\"\n"
      "timezone = \"%s\"\npolicy = \"%s\"\nidentity = [[\"dossier\", \"birth_date\"]]\n"
      "identity_proof = \"%s\"\nhold_s = %d\nnotice_hours = 0\nhorizon_days = %d\n"
      "alternative = \"aucun : banc d'essai\"\n",
      name, times.timezone, options.queue ? "queue" : "direct",
      options.listed ? "listed" : "declared", options.hold_s, full_days + 10);
  if (options.queue && !options.listed) out += "accept_invented = true\n";
  if (options.queue) AddOpening(times, &out);
  const int32_t tomorrow = times.today + 1;
  const int32_t then = tomorrow + static_cast<int32_t>(full_days);
  AddSession(tomorrow, full_days, kSlotsADay, of_a_slot, &out);
  AddSession(then, 1, slots % kSlotsADay, of_a_slot, &out);
  AddSession(then + 1, 1, 1, seats % of_a_slot, &out);
  return out;
}

std::vector<AgendaText> Offices(const CrowdOptions& options, Instant now) {
  const OpeningTimes times = TimesOf(options, now);
  std::vector<AgendaText> offices;
  for (uint32_t i = 0; i < options.agendas; ++i) {
    const uint32_t seats =
        options.seats / options.agendas + (i < options.seats % options.agendas ? 1 : 0);
    const std::string name = "bench-" + std::to_string(i);
    offices.push_back({name, OfficeToml(name, seats, options, times)});
  }
  return offices;
}

std::vector<std::string> RosterOf(const CrowdOptions& options, uint32_t agenda) {
  const Population population(options, Timeline{0, kNsPerSecond, kNsPerSecond});
  std::vector<std::string> pieces;
  size_t lines = kRosterLines;
  for (uint32_t number = 0; number < population.size(); ++number) {
    const Person person = population.Make(number);
    if (person.agenda != agenda || person.traits.group == Group::kInvented) continue;
    if (lines >= kRosterLines) {
      pieces.emplace_back("dossier,birth_date\n");
      lines = 0;
    }
    const Identity identity = IdentityOf(options.common.seed, number);
    std::string& piece = pieces.back();
    piece += identity.dossier_view();
    piece += ',';
    piece += identity.birth_date_view();
    piece += '\n';
    ++lines;
  }
  return pieces;
}

}  // namespace creneau::bench
