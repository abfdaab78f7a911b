#include "http/event_text.h"

#include <array>
#include <charconv>

#include "base/check.h"
#include "http/json.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::PublicEvent;
using booking::PublicFact;

void AppendLsn(std::string& out, Lsn lsn) { out += std::to_string(lsn.value); }

// What stands around the object, which `write` appends.
template <typename Write>
void Framed(std::string& out, Lsn lsn, EventForm form, const Write& write) {
  if (form == EventForm::kEventStream) {
    out += "id: ";
    AppendLsn(out, lsn);
    out += "\ndata: ";
  }
  write();
  out += form == EventForm::kEventStream ? "\n\n" : "\n";
}

class EventWriter {
 public:
  EventWriter(std::string& out, const PublicEvent& event)
      : json_(out), event_(event), zone_(event.agenda == nullptr ? utc_ : event.agenda->zone) {}

  void Write() {
    json_.Object().Name("lsn").Spelled([this](std::string& out) { AppendLsn(out, event_.lsn); });
    Time("at", event_.at);
    json_.Name("event").String(booking::PublicFactName(event_.fact));
    if (event_.agenda != nullptr) json_.Name("agenda").String(event_.agenda->name);
    if (event_.day)
      json_.Name("day").Spelled([this](std::string& out) { AppendDay(out, *event_.day); });
    if (!event_.place.empty()) json_.Name("place").String(event_.place);
    if (!event_.entry.empty()) json_.Name("entry").String(event_.entry);
    if (!event_.draw.empty()) json_.Name("draw").String(event_.draw);
    if (event_.act != nullptr) {
      StaffAct(*event_.act);
    } else if (event_.reservation) {
      Reservation();
    }
    if (event_.lost_after)
      json_.Name("after").Spelled([this](std::string& out) { AppendLsn(out, *event_.lost_after); });
    if (event_.opening != nullptr) Opening(*event_.opening);
    if (event_.shifted != nullptr) Shifted(*event_.shifted);
    if (!event_.mandate.empty()) Mandate();
    if (event_.version != 0) json_.Name("version").Number(event_.version);
    if (event_.fact == PublicFact::kRosterImported) json_.Name("adds").Bool(event_.adds);
    json_.EndObject();
  }

 private:
  void Time(std::string_view name, Instant instant) {
    json_.Name(name).Spelled(
        [this, instant](std::string& out) { AppendRfc3339(out, instant, zone_); });
  }

  void Seat(const booking::PublicSeat& seat) {
    json_.Name("slot").Spelled([&](std::string& out) { AppendLocalMinute(out, seat.slot); });
    Time("starts_at", seat.starts_at);
    json_.Name("minutes").Number(seat.minutes);
  }

  void Reservation() {
    json_.Name("reservation").String(event_.reservation->view());
    if (event_.seat.minutes == 0) return;
    Seat(event_.seat);
    json_.Name("channel").String(ChannelName(event_.channel));
    if (event_.expires_at) Time("expires_at", *event_.expires_at);
    if (!event_.party.empty()) {
      json_.Name("reservations").Array();
      for (const auto& name : event_.party) json_.String(name.view());
      json_.EndArray();
    }
    if (event_.fact == PublicFact::kExtended)
      json_.Name("by").String(event_.by_holder ? "holder" : "outage");
    const bool displaced = event_.fact == PublicFact::kDisplaced;
    if (event_.fact == PublicFact::kMoved || event_.fact == PublicFact::kCancelled)
      json_.Name("was").String(event_.confirmed ? "confirmed" : "held");
    if (event_.fact == PublicFact::kMoved) json_.Name("moves").Number(event_.moves);
    if (event_.fact == PublicFact::kMoved || displaced) {
      json_.Name("from").Object();
      Seat(event_.from);
      json_.EndObject();
    }
  }

  void StaffAct(const codec::StaffAct& act) {
    if (event_.reservation) json_.Name("reservation").String(event_.reservation->view());
    json_.Name("what").String(act.what).Name("role").String(rules::RoleName(act.role));
    json_.Name("person").String(act.person);
    if (!act.key.empty()) json_.Name("key_id").String(act.key);
    if (!act.reason.empty()) json_.Name("reason").String(act.reason);
  }

  void Mandate() {
    json_.Name("mandate").String(event_.mandate);
    json_.Name("deadline").Spelled([this](std::string& out) { AppendDay(out, event_.deadline); });
    json_.Name("penalty_eur").Number(event_.penalty_eur);
  }

  void Shifted(const codec::SeatsShifted& shifted) {
    json_.Name("cause").String(codec::ShiftCauseName(shifted.cause));
    json_.Name("moved").Array();
    for (const codec::SeatsShifted::Moved& moved : shifted.moved) {
      json_.Object();
      if (moved.from) json_.Name("from").String(ChannelName(*moved.from));
      json_.Name("to").String(ChannelName(moved.to));
      json_.Name("seats").Number(moved.seats).Name("slots").Number(moved.slots).EndObject();
    }
    json_.EndArray();
  }

  void Opening(const codec::OpeningState& opening) {
    json_.Name("opening").Spelled([&](std::string& out) { AppendDay(out, opening.day); });
    if (opening.opened_at) Time("opened_at", *opening.opened_at);
    if (opening.closes_at) Time("closes_at", *opening.closes_at);
    json_.Name("paused").Bool(opening.paused).Name("draining").Bool(opening.draining);
    if (opening.rate_cap_per_min > 0)
      json_.Name("rate_cap_per_min").Number(opening.rate_cap_per_min);
    if (!opening.beacon.empty()) json_.Name("beacon").String(opening.beacon);
    if (opening.without_beacon) json_.Name("without_beacon").Bool(true);
  }

  const Zone utc_;
  JsonWriter json_;
  const PublicEvent& event_;
  const Zone& zone_;
};

}  // namespace

void AppendEvent(std::string& out, const PublicEvent& event, EventForm form) {
  Framed(out, event.lsn, form, [&] { EventWriter(out, event).Write(); });
}

// An EventSource takes an id without data as a place to go on from, and tells nobody of it.
void AppendPosition(std::string& out, Lsn position, EventForm form) {
  if (form == EventForm::kEventStream) {
    out += ": nothing new\nid: ";
    AppendLsn(out, position);
    out += "\n\n";
    return;
  }
  JsonWriter(out)
      .Object()
      .Name("lsn")
      .Spelled([&](std::string& text) { AppendLsn(text, position); })
      .Name("event")
      .String("position")
      .EndObject();
  out += '\n';
}

void AppendChunk(std::string& out, std::string_view text) {
  CHECK(!text.empty());  // it would be the last one
  std::array<char, 16> size{};
  const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16);
  CHECK(error == std::errc());
  out.append(size.data(), end).append("\r\n").append(text).append("\r\n");
}

}  // namespace creneau::http
