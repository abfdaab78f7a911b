#include "tests/sim/desk.h"

#include <algorithm>

#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

using State = Booking::State;

bool MayBook(rules::Role role, const std::string& channel) {
  if (channel == "phone" || channel == "desk") return true;
  return channel == "post" && role == rules::Role::kAgent;
}

std::string GivenSlot(const Told& told) {
  return told.Member("agenda") + "/" + told.Member("slot");
}

}  // namespace

// The office is an hour ahead of UTC all life long; 1970 began on a Thursday.
int64_t MondayOf(Instant now) {
  const int64_t day = (now.ms + kMsPerHour) / kMsPerDay;
  return day - (day + 3) % 7;
}

// No earlier slot has so many free seats for sure.
std::string DeskAuditor::EarlierFree(const std::string& agenda, const std::string& channel,
                                     const std::string& given, size_t seats, Instant now) const {
  for (const std::string& slot : AgendaNamed(agenda).slots) {
    if (slot == given) break;
    const auto free = auditor_.Free(auditor_.book(), InChannel(slot, channel), now);
    if (free.first >= static_cast<int>(seats)) return slot;
  }
  return "";
}

// `slot`: or any of that agenda.
std::string DeskAuditor::NoSeat(const std::string& slot, const std::string& channel, size_t seats,
                                const Told& told, Instant now) const {
  const bool any = TimeOf(slot).empty();
  const char* const code = any ? "nothing-left" : "slot-taken";
  if (told.code != code) return Wrong(std::string("expected ") + code, told);
  for (const std::string& each : AgendaNamed(AgendaOf(slot)).slots) {
    if (!any && each != slot) continue;
    const auto free = auditor_.Free(auditor_.book(), InChannel(each, channel), now);
    if (free.first >= static_cast<int>(seats))
      return Wrong("there are free seats in " + each, told);
  }
  return "";
}

// --- the desk ------------------------------------------------------------------------------------

std::string DeskAuditor::Book(const Staff& who, const DeskWish& wish, const Told& told, Instant now,
                              bool disk_low) {
  if (!who.Covers(wish.agenda)) return Expected("forbidden", "the key is for another agenda", told);
  if (!MayBook(who.role, wish.channel)) {
    auditor_.Reach("desk-channel-of-others");
    return Expected("validation-failed", "that channel is not theirs", told);
  }
  const int person = auditor_.book().people->Of(wish.identity);
  const auto live = auditor_.book().live.find(person);
  if (live != auditor_.book().live.end()) return Existing(who, wish, live->second, told, disk_low);
  if (told.code == "read-only") {
    auditor_.Reach("desk-booking-read-only");
    return disk_low ? "" : Wrong("the disk has room", told);
  }
  // Whoever tries stands in the log, whatever comes of it.
  trust_.Did(who, {"desk", wish.agenda, "", ""});
  const bool helper = who.role == rules::Role::kHelper;
  if (helper) {
    const auto& helpers = auditor_.book().fair->helpers;
    const auto made = helpers.find({wish.agenda, who.person});
    const bool this_week = made != helpers.end() && made->second.first == MondayOf(now);
    if (this_week && made->second.second >= FairRulesOf(wish.agenda).helper_cap) {
      auditor_.Reach("cap-reached");
      const int64_t opens_s = (MondayOf(now) + 7) * (kMsPerDay / kMsPerSecond) - 3600;
      if (told.code != "cap-reached" || Seconds(told.Member("opens_at")) != opens_s)
        return Wrong("a helper has made as many as may be, until Monday", told);
      return "";
    }
    if (made != helpers.end() && !this_week) auditor_.Reach("cap-of-another-week");
  }
  if (told.status == 201) return Booked(who, wish, told, now);
  auditor_.Reach(helper ? "helper-finds-no-seat" : "desk-finds-no-seat");
  return NoSeat(wish.slot, wish.channel, 1, told, now);
}

std::string DeskAuditor::Existing(const Staff& who, const DeskWish& wish, const std::string& name,
                                  const Told& told, bool disk_low) {
  const Booking& booking = auditor_.book().bookings.at(name);
  const bool same =
      !wish.idempotency.empty() && booking.idempotency == wish.idempotency && booking.rekeyed == 0;
  if (same && booking.asked != InChannel(wish.slot, wish.channel)) {
    auditor_.Reach("desk-key-of-another-act");
    return Expected("idempotency-mismatch", "the key was another act's", told);
  }
  if (same) {
    auditor_.Reach("desk-repeated");
    if (told.status == 200 && told.Member("reservation") == name &&
        told.Member("key") == booking.key && GivenSlot(told) == BareSlot(booking.slot))
      return "";
    return Wrong("the same reservation again", told);
  }
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  auditor_.Reach(ChannelOf(booking.slot) == wish.channel ? "desk-of-who-has-a-seat"
                                                         : "desk-of-who-has-another-channels-seat");
  trust_.Did(who, {"desk", wish.agenda, "", ""});
  if (told.body.find(name) != std::string::npos) return Wrong("the name is told", told);
  return Expected("already-reserved", "that person has a seat", told);
}

std::string DeskAuditor::Booked(const Staff& who, const DeskWish& wish, const Told& told,
                                Instant now) {
  const bool helper = who.role == rules::Role::kHelper;
  const bool any = TimeOf(wish.slot).empty();
  const std::string given = GivenSlot(told);
  const std::string slot = InChannel(given, wish.channel);
  const std::string name = told.Member("reservation");
  auditor_.Reach((helper ? "helped-on-" : "booked-on-") + wish.channel);
  if (!auditor_.Knows(slot) || (any ? AgendaOf(given) : given) != wish.slot)
    return Wrong("another slot was asked for", told);
  if (told.Member("state") != "confirmed" || told.Member("channel") != wish.channel)
    return Wrong("it is confirmed at once, in that channel", told);
  if (auditor_.Free(auditor_.book(), slot, now).second <= 0)
    return Wrong("that slot has no free seat in that channel", told);
  if (const std::string earlier =
          any ? EarlierFree(wish.agenda, wish.channel, given, 1, now) : std::string();
      !earlier.empty())
    return Wrong(earlier + " is free and earlier", told);
  if (auditor_.book().bookings.contains(name)) return Wrong("the name is another's", told);
  Booking booking;
  booking.state = State::kConfirmed;
  booking.identity = wish.identity;
  booking.person = auditor_.book().people->Of(wish.identity);
  booking.key = told.Member("key");
  booking.idempotency = wish.idempotency.empty() ? "none of " + name : wish.idempotency;
  booking.asked = InChannel(wish.slot, wish.channel);
  booking.slot = slot;
  sim::Book& next = auditor_.Next();
  next.bookings[name] = booking;
  next.live[booking.person] = name;
  FairBook& fair = ChangeFair(next);
  AgendaCounts& counts = fair.agendas[wish.agenda];
  ++(helper ? counts.by_helpers : counts.by_agents)[wish.channel];
  if (helper) {
    auto& [week, made] = fair.helpers[{wish.agenda, who.person}];
    if (week != MondayOf(now)) made = 0;
    week = MondayOf(now);
    ++made;
  }
  return "";
}

// --- families ------------------------------------------------------------------------------------

std::vector<Told> MembersOf(const Told& told) {
  std::vector<Told> members;
  constexpr const char* kBegin = "{\"reservation\":";
  for (size_t at = 0; (at = told.body.find(kBegin, at)) != std::string::npos;) {
    const size_t end = told.body.find('}', at) + 1;
    members.emplace_back().body = told.body.substr(at, end - at);
    at = end;
  }
  return members;
}

// The answer where somebody of them has a reservation already; nothing where nobody has.
std::optional<std::string> DeskAuditor::SomeOfThem(const Family& family, const Told& told,
                                                   Instant now) {
  const sim::Book& book = auditor_.book();
  std::vector<std::string> names;
  for (const int identity : family.identities) {
    const auto live = book.live.find(book.people->Of(identity));
    if (live != book.live.end()) names.push_back(live->second);
  }
  if (names.empty()) return std::nullopt;
  const auto all = [&](auto is) {
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string& name) { return is(book.bookings.at(name)); });
  };
  const bool theirs = all([&](const Booking& one) {
    return one.idempotency == family.idempotency && one.rekeyed == 0;
  });
  for (const std::string& name : names) {
    if (!theirs && told.body.find(name) != std::string::npos)
      return Wrong("the name is told", told);
  }
  if (!theirs) {
    auditor_.Reach("family-with-a-member-who-has-a-seat");
    return Expected("already-reserved", "somebody of them has a seat", told);
  }
  if (!all([&](const Booking& one) { return one.asked == family.slot; })) {
    auditor_.Reach("family-key-of-another-hold");
    return Expected("idempotency-mismatch", "the key was another hold's", told);
  }
  if (names.size() < family.identities.size()) {
    auditor_.Reach("family-repeated-in-part");
    return Expected("already-reserved", "one of them has given it up", told);
  }
  if (!all([&](const Booking& one) { return !Lapsed(one, now); })) {
    auditor_.Reach("family-repeated-when-lapsed");
    return Expected("hold-expired", "the hold has lapsed", told);
  }
  auditor_.Reach("family-repeated");
  const std::vector<Told> members = MembersOf(told);
  if (told.status != 200 || members.size() != names.size())
    return Wrong("the same holds again", told);
  for (size_t i = 0; i < names.size(); ++i) {
    if (members[i].Member("reservation") != names[i] ||
        members[i].Member("key") != book.bookings.at(names[i]).key)
      return Wrong("the same hold again, " + names[i], told);
  }
  return "";
}

std::string DeskAuditor::HoldAll(const Family& family, const Told& told, Instant now,
                                 bool disk_low) {
  const size_t size = family.identities.size();
  if (size > FairRulesOf(AgendaOf(family.slot)).party_max) {
    auditor_.Reach("family-too-large");
    return Expected("validation-failed", "not so many together", told);
  }
  if (auto answer = SomeOfThem(family, told, now)) return *std::move(answer);
  std::vector<int> people;
  for (const int identity : family.identities)
    people.push_back(auditor_.book().people->Of(identity));
  std::sort(people.begin(), people.end());
  if (std::adjacent_find(people.begin(), people.end()) != people.end()) {
    auditor_.Reach("family-with-one-person-twice");
    return Expected("already-reserved", "two of them are one person", told);
  }
  if (auto refusal = auditor_.NotOpen(family.slot, told, now)) return *std::move(refusal);
  if (told.code == "read-only") {
    auditor_.Reach("family-read-only");
    return disk_low ? "" : Wrong("the disk has room", told);
  }
  const bool full = auditor_.IsFull(size);
  if (told.code == "overloaded" || full) {
    if (told.code == "overloaded" && full) return "";
    return Wrong(full ? "there are as many holds as can be" : "there is room for holds", told);
  }
  if (told.status == 201) return AllHeld(family, told, now);
  auditor_.Reach("family-without-seats");
  return NoSeat(family.slot, "web", size, told, now);
}

// One book for all of them: a crash that leaves a part leaves what no book is.
std::string DeskAuditor::AllHeld(const Family& family, const Told& told, Instant now) {
  const std::vector<Told> members = MembersOf(told);
  const size_t size = family.identities.size();
  if (members.size() != size) return Wrong("a hold for each", told);
  auditor_.Reach("family-held");
  const std::string given = GivenSlot(members.front());
  const bool any = TimeOf(family.slot).empty();
  if (!auditor_.Knows(given) || (any ? AgendaOf(given) : given) != family.slot)
    return Wrong("another slot was asked for", told);
  if (auditor_.Free(auditor_.book(), given, now).second < static_cast<int>(size))
    return Wrong("that slot has not so many free seats", told);
  if (const std::string earlier =
          any ? EarlierFree(AgendaOf(given), "web", given, size, now) : std::string();
      !earlier.empty())
    return Wrong(earlier + " has seats and is earlier", told);
  sim::Book next = auditor_.book();
  for (size_t i = 0; i < size; ++i) {
    const Told& one = members[i];
    const std::string name = one.Member("reservation");
    if (next.bookings.contains(name)) return Wrong("the name is another's", told);
    if (one.Member("state") != "held" || GivenSlot(one) != given)
      return Wrong("all are held, in one slot", told);
    if (Seconds(one.Member("expires_at")) != Later(0, now.ms + kHoldMs))
      return Wrong("a hold lasts five minutes", told);
    Booking& booking = next.bookings[name];
    booking.identity = family.identities[i];
    booking.person = next.people->Of(booking.identity);
    booking.key = one.Member("key");
    booking.idempotency = family.idempotency;
    booking.asked = family.slot;
    booking.slot = given;
    booking.deadline_s = Seconds(one.Member("expires_at"));
    booking.party = told.Member("party");
    if (booking.party.empty() || one.Member("party") != booking.party)
      return Wrong("a family has a name, which all of it have", told);
    next.live[booking.person] = name;
  }
  auditor_.Next() = std::move(next);
  return "";
}

}  // namespace creneau::sim
