#include "rules/french_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "base/text.h"
#include "rules/calendar.h"

namespace creneau::rules::french {
namespace {

constexpr const char* kMonths[] = {"janvier",   "février", "mars",     "avril",
                                   "mai",       "juin",    "juillet",  "août",
                                   "septembre", "octobre", "novembre", "décembre"};
constexpr int kMinutesPerDay = 24 * 60;

}  // namespace

std::string Set(std::string_view text) {
  return absl::StrReplaceAll({text.data(), text.size()}, {{" :", "\u00a0:"},
                                                          {" ;", "\u00a0;"},
                                                          {"« ", "«\u00a0"},
                                                          {" »", "\u00a0»"},
                                                          {" %", "\u00a0%"}});
}

std::string Many(int64_t count, const char* one, const char* more) {
  return absl::StrCat(count, " ", count < 2 ? one : more);
}

std::string Clock(int minutes) {
  const std::string hour = absl::StrCat(minutes / 60, "\u00a0h");
  return minutes % 60 == 0 ? hour
                           : absl::StrCat(hour, "\u00a0", absl::Dec(minutes % 60, absl::kZeroPad2));
}

std::string Moment(Instant instant, const Zone& zone) {
  const LocalMinute local = LocalMinuteAt(instant, zone.absl());
  const int32_t day = local.value / kMinutesPerDay;
  const CivilDate date = CivilFromDays(day);
  return absl::StrCat(kDays[static_cast<size_t>((day + 3) % 7)], " ", date.day,
                      date.day == 1 ? "er " : " ", kMonths[date.month - 1], " ", date.year, ", ",
                      Clock(local.value % kMinutesPerDay));
}

std::string Place(Channel channel) {
  switch (channel) {
    case Channel::kWeb:
      return "sur internet";
    case Channel::kPhone:
      return "par téléphone";
    case Channel::kDesk:
      return "au guichet";
    case Channel::kPost:
      return "par courrier";
    case Channel::kCourt:
      return "pour les personnes convoquées sur injonction d’un juge";
  }
  CHECK(false);
}

}  // namespace creneau::rules::french
