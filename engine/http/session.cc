#include "http/session.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "base/check.h"
#include "http/receipt_reply.h"
#include "http/staff_rule.h"
#include "http/text.h"

namespace creneau::http {
namespace {

// No further request is answered before this much has been sent: a month of slots is 400 kB, and a
// client may ask for it sixteen times in one packet. So a connection holds this and one reply.
constexpr size_t kMaxPendingReplyBytes = 64 * 1024;
// What a connection keeps for its next replies: sixteen holds fit. Times limits::kMaxConnections
// this is 256 MiB.
constexpr size_t kKeptReplyBytes = 16 * 1024;
static_assert(kKeptReplyBytes * limits::kMaxConnections <= size_t{256} << 20);

}  // namespace

std::string_view SessionContext::DateAt(Instant now) {
  const int64_t second = now.ms / kMsPerSecond;
  if (second != date_second) {
    date_second = -1;  // should memory end here
    date.clear();
    AppendHttpDate(date, now);
    date_second = second;
  }
  return date;
}

void Session::Append(Entry& entry, Instant now) {
  entry.begin = replies_.size();
  entry.status = context_.reply.status;
  AppendReply(replies_, context_.reply, {entry.head_only, entry.close, context_.DateAt(now)});
}

void Session::AppendShed(Entry& entry, surge::Shed why, Instant now) {
  entry.begin = replies_.size();
  entry.outcome = Gate::OutcomeOf(why);
  entry.status = AdviceFor(entry.outcome).status;
  context_.counters.CountShed(RouteLane(entry.route), why);
  context_.gate.AppendRefusal(replies_, why, {entry.head_only, entry.close, context_.DateAt(now)});
}

void Session::ServeOne(const Request& request, booking::Act& act, Instant received_at,
                       Entry& entry) {
  Reply& reply = context_.reply;
  reply.Clear();
  Exchange exchange{.engine = context_.engine,
                    .telemetry = context_.telemetry,
                    .gate = context_.gate,
                    .reads = context_.reads,
                    .known_changes = known_changes_,
                    .times = context_.times,
                    .act = act,
                    .request = request,
                    .caller = caller_,
                    .target = context_.target,
                    .name = {},
                    .received_at = received_at,
                    .now = received_at,
                    .admin_user = admin_user_,
                    .wrong_keys = context_.wrong_keys,
                    .entries = context_.entries,
                    .staff_come_here = context_.desk != nullptr,
                    .elsewhere = context_.elsewhere,
                    .streams = context_.streams,
                    .shelf = context_.shelf,
                    .room = context_.room,
                    .reply = reply};
  entry.route = RouteCount();
  entry.head_only = request.head;
  entry.close = !request.keep_alive || context_.stopping;
  act.Begin();
  try {
    if (!context_.target.Parse(request.target)) {
      entry.close = true;  // as after every request that was not understood (design 7)
      exchange.Refuse({.outcome = Outcome::kMalformedRequest,
                       .detail = "The request target is not a valid path and query."});
    } else {
      entry.route = Dispatch(exchange, context_.audience);
      // Whose key stands no more is to keep no place at the desk.
      if (context_.audience == Audience::kStaff && request.authorization.data() != nullptr &&
          exchange.outcome == Outcome::kUnauthorized)
        entry.close = true;
    }
  } catch (...) {
    entry.rests_on_log = exchange.rests_on_log;
    throw;
  }
  if (exchange.shed != surge::Shed::kNo) return AppendShed(entry, exchange.shed, received_at);
  entry.outcome = exchange.outcome;
  entry.rests_on_log = exchange.rests_on_log;
  entry.receipt = std::move(exchange.receipt);
  entry.reading = std::move(exchange.reading);
  // What is asked behind it, in the same packet even, sees it, though it is not durable yet.
  if (request.method != Method::kGet) known_changes_ = context_.reads.Change();
  if (exchange.stream != nullptr) entry.close = true;
  Append(entry, received_at);
  stream_ = std::move(exchange.stream);
  context_.reads.Trim();
}

// Of a head with Authorization, on a citizens' thread. Nothing: whoever sent it may go on, at the
// desk where there is a place for it now, here where it is not the staff's business.
std::optional<Refusal> Session::ExamineHead(const Request& request, Instant now) {
  if (!context_.target.Parse(request.target) || !IsForStaff(request.method, context_.target))
    return std::nullopt;
  const Examined examined =
      ExamineKey(context_.engine.staff(), context_.wrong_keys, caller_, request, now);
  if (examined.outcome != Outcome::kOk) return Refusal{examined.outcome, examined.detail};
  if (!context_.stopping)
    place_ = context_.desk->Reserve(booking::ActorOf(*examined.admission.key));
  if (place_) return std::nullopt;
  return Refusal{
      Outcome::kOverloaded,
      "As many connections of the staff, or with keys of this person or site, are open as may be. "
      "Nothing was done; close some, or try again shortly."};
}

void Session::ServeRefusal(const Refusal& refusal, Instant now, Entry& entry) {
  entry = Entry{.route = RouteCount(), .outcome = refusal.outcome, .close = true};
  context_.reply.Clear();
  if (refusal.outcome == Outcome::kMethodNotAllowed) {
    context_.reply.AddHeader("Allow",
                             "GET, HEAD, POST, PUT, DELETE");  // RFC 9110 15.5.6 asks for it
  }
  if (refusal.outcome == Outcome::kUnauthorized) context_.reply.headers += kAskForKey;
  WriteProblem(context_.reply, {.outcome = refusal.outcome, .detail = refusal.detail}, now);
  Append(entry, now);
}

Session::Round Session::Serve(std::string_view bytes, booking::Act& act, Instant received_at) {
  CHECK(entry_count_ == 0 && replies_.empty());
  received_at_ = received_at;
  Round round;
  Request request;
  while (round.consumed < bytes.size() && !round.close) {
    const bool reads = entry_count_ > 0 && entries_[entry_count_ - 1].reading != nullptr;
    if (reads || entry_count_ == entries_.size() || replies_.size() > kMaxPendingReplyBytes) {
      round.more = true;
      break;
    }
    const RequestReader::Step step = reader_.Read(bytes.substr(round.consumed), request);
    if (step == RequestReader::Step::kNeedMore) break;
    std::optional<Refusal> refusal;
    if (step == RequestReader::Step::kHead) {
      refusal = ExamineHead(request, received_at);
      round.hand_over = static_cast<bool>(place_);
      if (round.hand_over) break;
      if (!refusal) continue;
    } else if (step == RequestReader::Step::kRefused) {
      refusal = reader_.refusal();
    }
    Entry& entry = entries_[entry_count_++];
    entry = Entry();
    const size_t replies_before = replies_.size();
    round.consumed = refusal ? bytes.size() : round.consumed + reader_.consumed();
    try {
      if (refusal) {
        ServeRefusal(*refusal, received_at, entry);
      } else {
        ServeOne(request, act, received_at, entry);
      }
    } catch (const std::exception& error) {
      // Out of memory, most likely. What was decided still goes to the log and is waited for, since
      // the act's nodes are the log's until then; the client gets no answer to this request and
      // learns the outcome by asking again.
      spdlog::error("a request failed inside: {}", error.what());
      --entry_count_;
      replies_.resize(replies_before);
      round.close = true;
    }
    round.waits = round.waits || entry.rests_on_log;
    round.close = round.close || entry.close;
  }
  return round;
}

void Session::ServeTimeout(Instant now) {
  CHECK(entry_count_ == 0 && replies_.empty());
  ServeRefusal({Outcome::kRequestTimeout, {}}, now, entries_[entry_count_++]);
}

Reading* Session::unread() const {
  if (entry_count_ == 0) return nullptr;
  Reading* const reading = entries_[entry_count_ - 1].reading.get();
  return reading == nullptr || reading->is_made ? nullptr : reading;
}

void Session::WriteAnew(Entry& entry, bool durable, Instant now) {
  context_.reply.Clear();
  if (!durable && entry.rests_on_log) {
    entry.outcome = Outcome::kOutcomeUnknown;
    WriteProblem(context_.reply, {.outcome = entry.outcome}, now);
  } else if (entry.receipt != nullptr) {
    WriteReceipt(context_.reply, context_.engine, *entry.receipt, now);
  } else {
    const Reading& reading = *entry.reading;
    CHECK(reading.is_made);
    entry.outcome = reading.document.outcome;
    Give(reading.order, reading.document, reading.if_none_match, now, context_.reply);
  }
  entry.status = context_.reply.status;
  AppendReply(replies_, context_.reply, {entry.head_only, entry.close, context_.DateAt(now)});
}

// Writes anew what could not be written before it was known whether the act is durable, or before
// it was read.
void Session::Amend(bool durable, Instant now) {
  std::string kept;
  kept.swap(replies_);
  for (size_t i = 0; i < entry_count_; ++i) {
    Entry& entry = entries_[i];
    const size_t end = i + 1 < entry_count_ ? entries_[i + 1].begin : kept.size();
    const bool is_unknown = !durable && entry.rests_on_log;
    if (!is_unknown && entry.receipt == nullptr && entry.reading == nullptr) {
      replies_.append(kept, entry.begin, end - entry.begin);
      continue;
    }
    WriteAnew(entry, durable, now);
    entry.receipt.reset();
    if (entry.reading == nullptr) continue;
    Reading& reading = *entry.reading;
    if (reading.room != nullptr)
      context_.shelf.Keep(std::move(reading.order), std::move(reading.document), reading.asked_at);
    entry.reading.reset();
  }
  Wipe(kept);
}

void Session::Settle(bool durable, Instant now) {
  bool amends = !durable;
  for (size_t i = 0; i < entry_count_; ++i)
    amends = amends || entries_[i].receipt != nullptr || entries_[i].reading != nullptr;
  if (amends) Amend(durable, now);
  for (size_t i = 0; i < entry_count_; ++i) {
    const Entry& entry = entries_[i];
    context_.counters.CountReply(entry.route, entry.status, entry.outcome);
    if (entry.route == ConfirmRoute() && entry.outcome == Outcome::kOk)
      context_.counters.CountConfirm(context_.engine.clock().Now() - received_at_);
  }
  entry_count_ = 0;
}

void Session::ClearReplies() {
  Wipe(replies_);
  if (replies_.capacity() > kKeptReplyBytes) std::string().swap(replies_);
}

}  // namespace creneau::http
