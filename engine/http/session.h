// What a connection says, without the connection: bytes in, replies out. Reads the requests at the
// front of a buffer, answers each at once from the engine, and holds the replies until what they
// rest on is durable.
//
// One Session per connection, one SessionContext per thread; both belong to that thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/limits.h"
#include "booking/act.h"
#include "booking/engine.h"
#include "http/callers.h"
#include "http/event_stream.h"
#include "http/gate.h"
#include "http/parser.h"
#include "http/read_cache.h"
#include "http/readings.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/staff_desk.h"
#include "http/target.h"
#include "http/telemetry.h"
#include "http/time_cache.h"

namespace creneau::http {

// What the sessions of one thread share. Used within one call only, never across a suspension.
struct SessionContext {
  booking::Engine& engine;
  const Telemetry& telemetry;
  Counters& counters;
  Audience audience;
  bool stopping = false;  // every reply is now the last of its connection
  Reply reply;
  Target target;
  std::string date;  // as in the Date header, of date_second
  int64_t date_second = -1;
  ReadCache reads{};
  TimeCache times{};
  Gate gate{};
  std::string elsewhere{};  // Exchange::elsewhere
  // Where connections go on that come with a key of the staff; null: staff routes are not for this
  // listener, or are served here.
  StaffDesk* desk = nullptr;
  AddressRates* wrong_keys = nullptr;  // staff_rule.h
  AddressRates* entries = nullptr;     // Exchange::entries
  EventStreams* streams = nullptr;     // Exchange::streams
  ReadingRoom* room = nullptr;         // Exchange::room
  ReadingShelf shelf{};

  std::string_view DateAt(Instant now);
};

class Session {
 public:
  // `caller`: who is at the other end, as far as caps care.
  Session(SessionContext& context, size_t max_body_bytes, const Caller& caller = {})
      : context_(context),
        caller_(caller),
        admin_user_("uid:" + std::to_string(caller.uid)),
        reader_(max_body_bytes) {
    if (context.desk != nullptr) reader_.ShowHeads();
  }
  ~Session() { Wipe(replies_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  struct Round {
    size_t consumed = 0;  // bytes that will not be looked at again
    bool waits = false;   // a reply rests on the act: push its barrier, wait, then Settle
    bool close = false;   // nothing more is read from this connection
    bool more = false;    // there may be more whole requests in the buffer
    // What is left in the buffer is for the desk, once these replies were sent: TakePlace.
    bool hand_over = false;
  };
  // Answers up to limits::kMaxPipelined requests, fewer once their replies are large, or once one
  // of them is to be read. `received_at`: when the latest bytes came, and with them all of these
  // requests.
  Round Serve(std::string_view bytes, booking::Act& act, Instant received_at);

  // Answers a request that was not whole in time; the connection is then closed.
  void ServeTimeout(Instant now);

  // After Serve or ServeTimeout: makes replies() what may be sent. Not durable: every answer that
  // rests on the log becomes outcome-unknown.
  void Settle(bool durable, Instant now);

  // What has to be made before Settle, by the room; null: nothing.
  Reading* unread() const;

  const std::string& replies() const { return replies_; }
  // After they were sent. An idle connection keeps little memory.
  void ClearReplies();

  // At the desk, after a round that is to be handed over. Once.
  StaffDesk::Place TakePlace() { return std::move(place_); }

  // Whom the connection is to be handed to once the replies have been sent; null: nobody. The last
  // thing that is asked on it.
  bool ends_in_stream() const { return stream_ != nullptr; }
  std::unique_ptr<EventStream> TakeStream() { return std::move(stream_); }

  bool in_body() const { return reader_.in_body(); }
  bool TakeContinue() { return reader_.TakeContinue(); }

 private:
  // A reply in replies_, with what is needed to take it back.
  struct Entry {
    size_t begin = 0;
    size_t route = 0;
    int status = 0;
    Outcome outcome = Outcome::kOk;
    bool rests_on_log = false;
    bool head_only = false;
    bool close = false;
    std::unique_ptr<booking::PendingReceipt> receipt{};  // Exchange::receipt
    std::unique_ptr<Reading> reading{};                  // Exchange::reading; of the last one only
  };

  void ServeOne(const Request& request, booking::Act& act, Instant received_at, Entry& entry);
  std::optional<Refusal> ExamineHead(const Request& request, Instant now);
  void ServeRefusal(const Refusal& refusal, Instant now, Entry& entry);
  void Append(Entry& entry, Instant now);
  void AppendShed(Entry& entry, surge::Shed why, Instant now);
  void Amend(bool durable, Instant now);
  void WriteAnew(Entry& entry, bool durable, Instant now);

  SessionContext& context_;
  const Caller caller_;
  const std::string admin_user_;
  RequestReader reader_;
  StaffDesk::Place place_;
  std::string replies_;
  std::unique_ptr<EventStream> stream_;
  std::array<Entry, limits::kMaxPipelined> entries_;
  size_t entry_count_ = 0;
  Instant received_at_;         // of all entries
  uint64_t known_changes_ = 0;  // of the thread's: up to the latest of this connection
};

}  // namespace creneau::http
