#include "tests/sim/shares_inside.h"

namespace creneau::sim {
namespace {

int SeatsIn(const Book& book, const std::string& slot) {
  const auto at = book.slots.find(slot);
  return at == book.slots.end() ? 0 : at->second.seats;
}

// What a slot's seats are, and which of them were shifted, next to what its file says. What went
// away stays away, as far as the file has it; what came in stays, less what is no longer there to
// come, the court's last.
void CountOnTop(const std::string& slot, const Counts& before, Counts* seats, Counts* shifted) {
  int missing = 0;
  for (const std::string& channel : ChannelNames()) {
    const int by = CountOf(before, InChannel(slot, channel));
    int& has = (*seats)[InChannel(slot, channel)];
    if (by >= 0) continue;
    const int gone = std::min(-by, has);
    missing += -by - gone;
    has -= gone;
    (*shifted)[InChannel(slot, channel)] = -gone;
  }
  for (const std::string& channel : ChannelNames()) {
    const int by = CountOf(before, InChannel(slot, channel));
    if (by <= 0) continue;
    const int comes = std::max(0, by - missing);
    missing -= by - comes;
    (*seats)[InChannel(slot, channel)] += comes;
    (*shifted)[InChannel(slot, channel)] = comes;
  }
}

}  // namespace

void OnTop(const OfficeAgenda& agenda, const Counts& before, const Shares& file, Counts* seats,
           Counts* shifted) {
  for (const std::string& slot : agenda.slots) {
    for (const std::string& channel : ChannelNames())
      (*seats)[InChannel(slot, channel)] = CountOf(file, channel);
    CountOnTop(slot, before, seats, shifted);
  }
}

FairBook& ChangeFair(Book& book) {
  auto changed = std::make_shared<FairBook>(*book.fair);
  FairBook& fair = *changed;
  book.fair = std::move(changed);
  return fair;
}

Told OfChannel(const Told& status, const std::string& channel) {
  Told part;
  const size_t all = status.body.rfind("\"channels\":{");
  const size_t at = status.body.find("\"" + channel + "\":{", all);
  if (all != std::string::npos && at != std::string::npos)
    part.body = status.body.substr(at, status.body.find('}', at) + 1 - at);
  return part;
}

// --- publications and shifts ---------------------------------------------------------------------

Auditor::Seats ShareAuditor::Targets(const OfficeAgenda& agenda, const Shares& file) const {
  Counts seats;
  Counts shifted;
  const auto& agendas = auditor_.book().fair->agendas;
  const auto known = agendas.find(agenda.name + "/");
  OnTop(agenda, known == agendas.end() ? Counts() : known->second.shifted, file, &seats, &shifted);
  return seats;
}

std::string ShareAuditor::Published(const OfficeAgenda& agenda, const Shares& file, bool keep,
                                    const Told& told, Instant now, bool disk_low) {
  const Auditor::Seats seats = Targets(agenda, file);
  std::string wrong = auditor_.Publish(seats, keep, told, now, disk_low);
  if (!wrong.empty() || told.status >= 300) return wrong;
  AgendaCounts& counts = ChangeFair(auditor_.Next()).agendas[agenda.name + "/"];
  if (!counts.shifted.empty()) auditor_.Reach("published-over-a-shift");
  Counts shifted;
  Counts again;
  OnTop(agenda, counts.shifted, file, &again, &shifted);
  counts.shifted = shifted;
  ++counts.version;
  return NumberIn(told, "version") == counts.version ? "" : Wrong("it is the next version", told);
}

void ShareAuditor::Move(Book& book, const std::string& agenda, const std::string& from,
                        const std::string& to, const Moved& moved) {
  AgendaCounts& counts = ChangeFair(book).agendas[agenda];
  ++counts.version;
  for (const auto& [slot, seats] : moved) {
    book.slots[InChannel(slot, from)].seats -= seats;
    Slot& gets = book.slots[InChannel(slot, to)];
    gets.seats += seats;
    // Where a seat was to go once its holder has left, it stays.
    gets.leaving_most = std::max(0, gets.leaving_most - seats);
    counts.shifted[InChannel(slot, from)] -= seats;
    counts.shifted[InChannel(slot, to)] += seats;
    counts.shifted_out[from] += seats;
    counts.shifted_in[to] += seats;
  }
}

bool ShareAuditor::IsSure(const ShiftWish& wish, Instant now) const {
  if (wish.slots.size() == 1) return true;  // the answer says it
  return std::all_of(wish.slots.begin(), wish.slots.end(), [&](const std::string& slot) {
    const auto [least, most] = auditor_.Free(auditor_.book(), InChannel(slot, wish.from), now);
    return least == most;
  });
}

std::map<std::string, int> ShareAuditor::Surely(const ShiftWish& wish, Instant now) const {
  Moved moved;
  for (const std::string& slot : wish.slots) {
    const int free = auditor_.Free(auditor_.book(), InChannel(slot, wish.from), now).first;
    const int seats = std::min(free, wish.seats.value_or(free));
    if (seats > 0) moved[slot] = seats;
  }
  return moved;
}

std::string ShareAuditor::Shift(const ShiftWish& wish, const Told& told, Instant now,
                                bool disk_low) {
  if (told.code == "read-only") {
    auditor_.Reach("shift-read-only");
    return disk_low ? "" : Wrong("the disk has room", told);
  }
  if (told.status != 200) return Wrong("an operator shifts seats", told);
  Moved moved = Surely(wish, now);
  int least = 0;
  int most = 0;
  for (const auto& [slot, seats] : moved) least += seats;
  for (const std::string& slot : wish.slots) {
    const int free = auditor_.Free(auditor_.book(), InChannel(slot, wish.from), now).second;
    most += std::min(free, wish.seats.value_or(free));
  }
  const int seats = NumberIn(told, "seats");
  if (seats < least || seats > most)
    return Wrong("what is free goes, " + std::to_string(least) + " to " + std::to_string(most),
                 told);
  const int version = auditor_.book().fair->agendas.at(wish.agenda).version;
  if (seats == 0 || wish.dry_run) {
    auditor_.Reach(wish.dry_run ? "shift-dry-run" : "shift-of-nothing");
    return NumberIn(told, "version") == version ? "" : Wrong("nothing has changed", told);
  }
  auditor_.Reach(wish.slots.size() > 1 ? "shift-of-several-slots" : "shift");
  if (wish.slots.size() == 1) moved = {{wish.slots.front(), seats}};
  Move(auditor_.Next(), wish.agenda, wish.from, wish.to, moved);
  return NumberIn(told, "version") == version + 1 ? "" : Wrong("it is the next version", told);
}

void ShareAuditor::Add(const std::string& agenda, const std::string& slot, int seats) {
  AddSeats(auditor_.Next(), agenda, slot, seats);
}

void ShareAuditor::AddSeats(Book& book, const std::string& agenda, const std::string& slot,
                            int seats) {
  AgendaCounts& counts = ChangeFair(book).agendas[agenda];
  counts.version += seats;
  counts.shifted[InChannel(slot, "court")] += seats;
  Slot& court = book.slots[InChannel(slot, "court")];
  court.seats += seats;
  court.leaving_most = std::max(0, court.leaving_most - seats);
}

// --- what everybody sees -------------------------------------------------------------------------

std::string ShareAuditor::Differs(const Book& book, const std::string& agenda, const Told& status) {
  const auto at = book.fair->agendas.find(agenda);
  if (at == book.fair->agendas.end())
    return status.status == 404 ? "" : Wrong("nobody has published that", status);
  const AgendaCounts& counts = at->second;
  const auto is = [&](const Told& part, const char* member, int should) {
    if (NumberIn(part, member) == should) return std::string();
    return Wrong(std::string(member) + " should be " + std::to_string(should) + " in " + part.body,
                 status);
  };
  std::string wrong = is(status, "version", counts.version);
  for (const std::string& channel : ChannelNames()) {
    const Told part = OfChannel(status, channel);
    int published = 0;
    for (const std::string& slot : AgendaNamed(agenda).slots)
      published += SeatsIn(book, InChannel(slot, channel));
    if (wrong.empty()) wrong = is(part, "published", published);
    if (wrong.empty()) wrong = is(part, "shifted_in", CountOf(counts.shifted_in, channel));
    if (wrong.empty()) wrong = is(part, "shifted_out", CountOf(counts.shifted_out, channel));
    if (wrong.empty()) wrong = is(part, "by_agents", CountOf(counts.by_agents, channel));
    if (wrong.empty()) wrong = is(part, "by_helpers", CountOf(counts.by_helpers, channel));
  }
  Told court;
  if (const size_t part = status.body.find("\"by_mandate\":"); part != std::string::npos)
    court.body = status.body.substr(part);
  if (wrong.empty()) wrong = is(court, "given", counts.given);
  if (wrong.empty()) wrong = is(court, "added", counts.added);
  if (wrong.empty()) wrong = is(court, "overflow", counts.overflow);
  return wrong;
}

std::string ShareAuditor::Status(const std::string& agenda, const Told& told, Instant now) const {
  const Book& book = auditor_.book();
  std::string wrong = Differs(book, agenda, told);
  if (!wrong.empty() || auditor_.AnyLapsed(now)) return wrong;
  for (const std::string& channel : ChannelNames()) {
    const Told part = OfChannel(told, channel);
    int held = 0;
    int reserved = 0;
    for (const auto& [person, name] : book.live) {
      const Booking& booking = book.bookings.at(name);
      if (AgendaOf(booking.slot) != agenda || ChannelOf(booking.slot) != channel) continue;
      ++(booking.state == Booking::State::kHeld ? held : reserved);
    }
    int published = 0;
    int leaving = 0;
    std::pair<int, int> free;
    for (const std::string& bare : AgendaNamed(agenda).slots) {
      const std::string slot = InChannel(bare, channel);
      if (!auditor_.Knows(slot)) continue;
      const auto [least, most] = auditor_.Free(book, slot, now);
      free = {free.first + least, free.second + most};
      published += book.slots.at(slot).seats;
      leaving += book.slots.at(slot).leaving_most;
    }
    if (NumberIn(part, "held") != held || NumberIn(part, "reserved") != reserved)
      return Wrong(std::to_string(held) + " are held and " + std::to_string(reserved) +
                       " reserved on " + channel,
                   told);
    const int is_free = NumberIn(part, "free");
    if (is_free < free.first || is_free > free.second)
      return Wrong("free on " + channel + " are " + std::to_string(free.first) + " to " +
                       std::to_string(free.second),
                   told);
    const int all = is_free + held + reserved + NumberIn(part, "cooling");
    if (all < published || all > published + leaving)
      return Wrong("it does not add up on " + channel, told);
  }
  auditor_.Reach("shares-add-up");
  return "";
}

std::string ShareAuditor::Capacities(const std::string& agenda, const Told& told,
                                     Instant now) const {
  bool any = false;
  for (const std::string& slot : AgendaNamed(agenda).slots) {
    Told entry;
    const size_t at = told.body.find("\"slot\":\"" + TimeOf(slot) + "\"");
    if (at == std::string::npos) continue;
    any = true;
    entry.body = told.body.substr(at, told.body.find('}', at) + 1 - at);
    int seats = 0;
    for (const std::string& channel : ChannelNames())
      seats += SeatsIn(auditor_.book(), InChannel(slot, channel));
    if (NumberIn(entry, "capacity") != seats)
      return Wrong(slot + " has " + std::to_string(seats) + " seats", told);
    const auto [least, most] = auditor_.Free(auditor_.book(), slot, now);
    const int free = NumberIn(entry, "free");
    if ((free < least || free > most) && !auditor_.AnyLapsed(now))
      return Wrong(slot + " has free " + std::to_string(least) + " to " + std::to_string(most),
                   told);
  }
  return any ? "" : Wrong("slots are published", told);
}

}  // namespace creneau::sim
