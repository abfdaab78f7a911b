// The notice in English.

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "rules/calendar.h"
#include "rules/notice_words.h"

namespace creneau::rules::english {
namespace {

constexpr const char* kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                 "Friday", "Saturday", "Sunday"};
constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};
constexpr int kMinutesPerDay = 24 * 60;

std::string Many(int64_t count, const char* one) {
  return absl::StrCat(count, " ", one, count == 1 ? "" : "s");
}

std::string Seconds(int count) {
  if (count % 60 == 0) return Many(count / 60, "minute");
  if (count < 60) return Many(count, "second");
  return absl::StrCat(Many(count / 60, "minute"), " and ", Many(count % 60, "second"));
}

std::string Clock(int minutes) {
  return absl::StrCat(minutes / 60, ":", absl::Dec(minutes % 60, absl::kZeroPad2));
}

std::string Weekdays(const rules::Weekdays& weekdays) {
  if (weekdays.bits == 0x7f) return "every day";
  if (weekdays.bits == 0x1f) return "Monday to Friday";
  std::vector<std::string> days;
  for (int day = 0; day < 7; ++day) {
    if (weekdays.Has(day)) days.emplace_back(kDays[day]);
  }
  return "on " + Listed(days, " and ");
}

std::string Field(IdentityField field) {
  switch (field) {
    case IdentityField::kDossier:
      return "your file number";
    case IdentityField::kPassport:
      return "your passport number";
    case IdentityField::kForeignerNumber:
      return "your foreigner number";
    case IdentityField::kBirthDate:
      return "your date of birth";
  }
  CHECK(false);
}

std::string Place(Channel channel) {
  switch (channel) {
    case Channel::kWeb:
      return "on the web";
    case Channel::kPhone:
      return "by phone";
    case Channel::kDesk:
      return "at the desk";
    case Channel::kPost:
      return "by post";
    case Channel::kCourt:
      return "for people summoned by order of a court";
  }
  CHECK(false);
}

}  // namespace

std::string Moment(Instant instant, const Zone& zone) {
  const LocalMinute local = LocalMinuteAt(instant, zone.absl());
  const int32_t day = local.value / kMinutesPerDay;
  const CivilDate date = CivilFromDays(day);
  return absl::StrCat(kDays[(day + 3) % 7], " ", date.day, " ", kMonths[date.month - 1], " ",
                      date.year, ", ", Clock(local.value % kMinutesPerDay));
}

std::string Law(const NoticeInput& in) {
  return absl::StrCat(
      "How appointments for \"", in.agenda.title, "\" (", in.agenda.office,
      ") are given out. A computer program, Créneau, gives them out by the rules below. This "
      "notice "
      "is published under articles L. 311-3-1 and R. 311-3-1-1 of the French code of relations "
      "between the public and the administration. You may ask the administration how these rules "
      "were applied to you.");
}

std::string InForce(const NoticeInput& in) {
  if (in.facts.version == 0) return "These rules are not in force yet.";
  return absl::StrCat("Version ", in.facts.version, " of the rules, in force since ",
                      Moment(in.facts.in_force_since, in.zone), ".");
}

std::string Decides(const NoticeInput&) {
  return "On the web the program decides alone: no official chooses who gets an appointment, and "
         "the program looks neither at your name, nor at your nationality, nor at what is in your "
         "file.";
}

std::string Opens(const NoticeInput& in) {
  if (in.agenda.draw) return DrawOpens(in);
  if (!in.agenda.opening) return "Appointments can be asked for at any hour of any day.";
  const Opening& opening = *in.agenda.opening;
  std::string text = absl::StrCat("Appointments can be asked for ", Weekdays(opening.weekdays),
                                  ", from ", Clock(opening.open), " to ", Clock(opening.close));
  if (in.queue() && opening.gather < opening.open)
    absl::StrAppend(&text, "; you can come from ", Clock(opening.gather), " on");
  return text + " (the office's local time).";
}

std::string Window(const NoticeInput& in) {
  const std::string until =
      in.agenda.notice_hours == 0
          ? "until it begins"
          : absl::StrCat("until ", Many(in.agenda.notice_hours, "hour"), " before");
  return absl::StrCat("An appointment can be booked from ", Many(in.agenda.horizon_days, "day"),
                      " before its date, and ", until, ".");
}

std::string Policy(const NoticeInput& in) {
  if (in.agenda.draw) return DrawPolicy(in);
  if (!in.queue())
    return "Each request is dealt with as it comes in: the first one received for a free seat gets "
           "it.";
  return "Seats are given out in the order of a queue: to ask for one you need a ticket, and wait "
         "until your rank is called.";
}

std::string Rank(const NoticeInput& in) {
  if (!in.queue()) return "";
  const std::string opens = Clock(in.agenda.opening ? in.agenda.opening->open : 0);
  return absl::StrCat(
      "All those who took a ticket before ", opens,
      " are put in order by lot: to come first, to have a fast connection or to ask several times "
      "changes nothing, as the rank belongs to the person. Those who come after ",
      opens,
      " queue behind them, second by second; those of the same second are put in order by lot. The "
      "rank is computed from the identity, in encrypted form, and a number K that is published at "
      "the opening. The numbers K are a chain, whose last link is published in advance: ",
      Hex(in.agenda.chain_end), ".");
}

std::string Beacon(const NoticeInput& in) {
  if (!in.queue()) return "";
  if (in.agenda.beacon.empty())
    return "No public number is mixed into K: the administration, which has the chain, can know K "
           "before the opening; it cannot change it unseen.";
  return absl::StrCat(
      "Into K is mixed a public number that nobody knows before the opening, not even the "
      "administration: \"",
      in.agenda.beacon,
      "\". If the administration opens without that number, the queue's public status says so.");
}

std::string Turn(const NoticeInput& in) {
  if (!in.queue()) return "";
  return absl::StrCat("When your turn comes you have ",
                      Seconds(static_cast<int>(limits::kGrantLifeMs / 1000)),
                      " to ask for a seat; after that you need another ticket, at the end of the "
                      "queue. Whoever lets ",
                      limits::kTurnsPerOpening,
                      " held seats go without confirming has had a turn in that opening.");
}

std::string Work(const NoticeInput& in) {
  if ((!in.queue() && !in.agenda.draw) || in.agenda.proof_of_work == ProofDemand::kOff) return "";
  const std::string_view what = in.queue() ? "take a ticket" : "enter the draw";
  return absl::StrCat(
      in.agenda.proof_of_work == ProofDemand::kAlways
          ? absl::StrCat("To ", std::string(what), ", your browser has to compute for some seconds")
          : absl::StrCat("When very many people ask, your browser has to compute for some seconds "
                         "to ",
                         std::string(what)),
      ", without you doing anything. If your device cannot, the office can let you "
      "off.");
}

std::string Identity(const NoticeInput& in) {
  std::string text = "To book you give ";
  for (size_t i = 0; i < in.agenda.identity.size(); ++i) {
    std::vector<std::string> fields;
    for (const IdentityField field : in.agenda.identity[i]) fields.push_back(Field(field));
    absl::StrAppend(&text, i == 0 ? "" : ", or else ", Listed(fields, " and "));
  }
  return text + ". Nothing else about you is asked for to give out a seat.";
}

std::string Proof(const NoticeInput& in) {
  switch (in.agenda.identity_proof) {
    case IdentityProof::kDeclared:
      return absl::StrCat(
          "This identity is declared: it is not checked when you book, but at the appointment. So "
          "nothing keeps anybody from naming a person who does not exist",
          in.agenda.accept_invented
              ? "; the administration knows this and has accepted it for this agenda."
              : ".");
    case IdentityProof::kListed:
      return "Only people on the administration's list can book; whoever is not on it is told so, "
             "and can turn to the office.";
    case IdentityProof::kAsserted:
      return "The administration's website checks this identity and vouches for it.";
  }
  CHECK(false);
}

std::string OnlyOne(const NoticeInput& in) {
  const bool alone = in.agenda.group == in.agenda.name;
  return absl::StrCat(
      "A person can have one appointment at a time ",
      alone ? "for this service" : absl::StrCat("for all services of the group ", in.agenda.group),
      ". An appointment cannot be handed over: the identity does not change.");
}

std::string Hold(const NoticeInput& in) {
  if (in.agenda.draw) return DrawHold(in);
  return absl::StrCat("The seat you choose is kept for you for ", Seconds(in.agenda.hold_s),
                      ", for you to confirm; once, you can have the same time again. Without "
                      "confirmation the seat goes back. If the service is down, the time is "
                      "lengthened by as much.");
}

std::string Moves(const NoticeInput&) {
  return absl::StrCat("A confirmed appointment can be cancelled, or moved ", limits::kMaxMoves,
                      " times at most.");
}

std::string Channels(const NoticeInput& in) {
  if (in.total() == 0) return "No seats are published for appointments to come.";
  std::vector<std::string> shares;
  for (const Channel channel : kAllChannels) {
    const uint64_t seats = in.seats(channel);
    if (seats == 0) continue;
    shares.push_back(
        absl::StrCat(seats, " ", Place(channel), " (", Percent(seats, in.total(), '.'), " %)"));
  }
  return absl::StrCat("Seats published for appointments to come: ", Listed(shares, " and "),
                      ". Each seat is offered in one of these ways only.");
}

std::string Alternative(const NoticeInput& in) {
  if (!in.agenda.alternative.empty())
    return absl::StrCat("If you cannot use the web, the administration says: \"",
                        in.agenda.alternative, "\".");
  std::vector<std::string> places;
  for (const Channel channel : {Channel::kPhone, Channel::kDesk, Channel::kPost}) {
    if (in.seats(channel) > 0) places.push_back(Place(channel));
  }
  if (places.empty()) return "No way without the web is named for this service.";
  return absl::StrCat("If you cannot use the web, you can ask for an appointment ",
                      Listed(places, " or "), ".");
}

std::string Stored(const NoticeInput&) {
  return "The program keeps no name, number, date of birth, address or phone number: only a "
         "pseudonym, computed with a secret key. That is personal data under the GDPR, and the log "
         "that has it is protected as such.";
}

std::string Retention(const NoticeInput& in) {
  return absl::StrCat("The public service record, which names nobody, is kept for at least ",
                      Many(in.agenda.retention_days, "day"),
                      ". After that time the administration may destroy the key of the pseudonyms; "
                      "they then stand for nobody.");
}

std::string Receipt(const NoticeInput&) {
  return absl::StrCat(
      "If you get no appointment you can ask, for ", kAttemptDays,
      " days, for a signed receipt of your attempt, which anybody can verify. A dated "
      "screenshot is still evidence. Each confirmed appointment has its receipt, too.");
}

std::string Check(const NoticeInput& in) {
  std::string text = absl::StrCat(
      "To check: the service record (/v1/agendas/", in.agenda.name,
      "/record) says minute by minute how many seats were free, how many people were refused and "
      "why, and when the service was down; the calendar (/v1/agendas/",
      in.agenda.name,
      "/releases) says when seats will be offered. The log is signed: what is written there cannot "
      "be changed afterwards unseen.");
  if (in.queue())
    text += " Anybody can repeat the draw of an opening from K and the queue's public status.";
  return text;
}

}  // namespace creneau::rules::english
