// One request on its way to its reply: all that a handler sees and sets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/instant.h"
#include "base/outcome.h"
#include "booking/act.h"
#include "booking/actor.h"
#include "booking/engine.h"
#include "booking/staff_access.h"
#include "http/audience.h"
#include "http/callers.h"
#include "http/event_stream.h"
#include "http/gate.h"
#include "http/problem.h"
#include "http/read_cache.h"
#include "http/readings.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/target.h"
#include "http/time_cache.h"

namespace creneau::http {

class EventStream;
class EventStreams;
class ReadingRoom;
class Telemetry;

struct Exchange {
  booking::Engine& engine;
  const Telemetry& telemetry;
  Gate& gate;
  ReadCache& reads;
  uint64_t known_changes;  // those of the thread's that whoever asks may know of
  TimeCache& times;
  booking::Act& act;
  const Request& request;
  const Caller& caller;
  const Target& target;
  std::string_view name;  // what stood where the route has {}; empty when it has none
  Instant received_at;    // the request's last byte
  Instant now;
  Audience audience = Audience::kPublic;  // of the listener
  std::string_view admin_user{};          // at the other end of the admin socket: "uid:1000"
  AddressRates* wrong_keys = nullptr;     // null: nobody is refused for showing many
  AddressRates* entries = nullptr;        // of draws, by address; null: nobody counts them
  bool staff_come_here = false;  // to a public listener: their routes are shown, to be refused
  // On staff routes, before the handler is called, and on no others. Points into `admission`, and
  // into the session: whoever keeps it for longer copies what it says.
  std::optional<booking::Actor> actor{};
  booking::Admission admission{};
  std::string_view elsewhere;  // of an address that has nothing here; empty: the usual words

  EventStreams* streams = nullptr;  // null: this listener has none
  ReadingShelf& shelf;
  ReadingRoom* room = nullptr;  // null: this thread may wait

  Reply& reply;
  // What the connection is handed to once the reply's head has been sent.
  std::unique_ptr<EventStream> stream{};
  Outcome outcome = Outcome::kOk;
  // The answer rests on what the log may not have yet: it leaves when the act's barrier is durable,
  // or becomes outcome-unknown.
  bool rests_on_log = false;
  // A receipt that is to be signed once the act is durable: the reply is written then, in place of
  // this one.
  std::unique_ptr<booking::PendingReceipt> receipt{};
  // What is to be read, or was: the reply is written from it when it is there, in place of this
  // one.
  std::unique_ptr<Reading> reading{};
  surge::Shed shed = surge::Shed::kNo;  // why the gate refused it, and nothing was done

  void Refuse(const Problem& problem) {
    outcome = problem.outcome;
    WriteProblem(reply, problem, now);
  }
};

}  // namespace creneau::http
