// Batches: what they send next, and what is made of what comes back.
#include <algorithm>

#include "base/check.h"
#include "bench/creneau-bench/response.h"
#include "bench/creneau-bench/worker.h"

namespace creneau::bench {
namespace {

bool IsSuccess(int status) { return status >= 200 && status < 300; }

constexpr std::string_view kUnexpected = "unexpected-reply";

}  // namespace

Worker::Batch* Worker::NewBatch() {
  Batch* batch = free_;
  if (batch != nullptr) {
    free_ = batch->next;
  } else {
    batch = &batches_.emplace_back();
    batch->journeys.resize(options_.pipeline);
  }
  ++live_;
  batch->live = true;
  batch->step = 0;
  for (Journey& journey : batch->journeys) {
    journey.kind = profile_->Draw();
    journey.going = true;
    journey.awaiting = false;
    journey.held = false;
    journey.told.state = Told::State::kHeld;
    journey.told.agenda = static_cast<uint32_t>(next_agenda_++ % options_.agendas.size());
  }
  return batch;
}

void Worker::Retire(Batch* batch) {
  CHECK(batch->live);
  if (!options_.unchecked) {
    for (const Journey& journey : batch->journeys) {
      if (journey.held) journal_.Add(journey.told);
    }
  }
  batch->live = false;
  batch->next = free_;
  free_ = batch;
  --live_;
}

size_t Worker::WriteStep(Batch* batch) {
  out_.clear();
  batch->next_reply = 0;
  size_t requests = 0;
  for (Journey& journey : batch->journeys) {
    journey.awaiting = journey.going && batch->step < StepsOf(journey.kind);
    if (!journey.awaiting) continue;
    ++requests;
    const Told& told = journey.told;
    switch (StepOf(journey.kind, batch->step)) {
      case Kind::kHold:
        requests_.Hold(told.agenda, &out_);
        break;
      case Kind::kConfirm:
        requests_.Confirm(told.name.view(), told.key.view(), &out_);
        break;
      case Kind::kCancel:
        requests_.Cancel(told.name.view(), told.key.view(), &out_);
        break;
      case Kind::kRead:
        requests_.Read(told.agenda, &out_);
        break;
    }
  }
  return requests;
}

void Worker::Stepped(Batch* batch, int64_t now) {
  ++batch->step;
  const bool more =
      std::any_of(batch->journeys.begin(), batch->journeys.end(), [batch](const Journey& journey) {
        return journey.going && batch->step < StepsOf(journey.kind);
      });
  if (!more) return Retire(batch);
  const int64_t due = start_ns_ + profile_->NextStepNs(now - start_ns_);
  if (due >= end_ns_) return Retire(batch);
  if (due <= now) return Due(batch, due);
  thinking_.push({due, batch});
}

Worker::Verdict Worker::JudgeHold(const Reply& reply, Journey* journey) {
  // Its parts are needed even where nothing is checked: a confirm names them.
  Told& told = journey->told;
  const std::string_view name = JsonText(reply.body, "\"reservation\"");
  const std::string_view key = JsonText(reply.body, "\"key\"");
  const std::string_view slot = JsonText(reply.body, "\"slot\"");
  const bool fits = told.name.Set(name) && told.key.Set(key) && told.slot.Set(slot);
  const bool whole = fits && !name.empty() && !key.empty();
  if (!whole) return {false, kUnexpected};
  journey->held = true;
  if (options_.unchecked) return {true, {}};
  const bool right = reply.status <= 201 && !slot.empty() &&
                     JsonText(reply.body, "\"state\"") == "held" &&
                     JsonText(reply.body, "\"agenda\"") == options_.agendas[told.agenda];
  return {right, right ? std::string_view() : kUnexpected};
}

Worker::Verdict Worker::JudgeHeld(Kind kind, const Reply& reply, Journey* journey) {
  Told& told = journey->told;
  const bool confirm = kind == Kind::kConfirm;
  const bool right = options_.unchecked ||
                     (reply.status == 200 &&
                      JsonText(reply.body, "\"state\"") == (confirm ? "confirmed" : "cancelled") &&
                      JsonText(reply.body, "\"reservation\"") == told.name.view() &&
                      JsonText(reply.body, "\"slot\"") == told.slot.view());
  told.state = !right    ? Told::State::kUnknown
               : confirm ? Told::State::kConfirmed
                         : Told::State::kCancelled;
  return {right, right ? std::string_view() : kUnexpected};
}

Worker::Verdict Worker::Judge(Kind kind, const Reply& reply, Journey* journey) {
  if (!IsSuccess(reply.status)) {
    if (kind == Kind::kConfirm || kind == Kind::kCancel) {
      journey->told.state = Told::State::kUnknown;
    }
    return {false, JsonText(reply.body, "\"code\"")};
  }
  Verdict verdict{true, {}};
  switch (kind) {
    case Kind::kHold:
      verdict = JudgeHold(reply, journey);
      break;
    case Kind::kConfirm:
    case Kind::kCancel:
      verdict = JudgeHeld(kind, reply, journey);
      break;
    case Kind::kRead:
      if (!options_.unchecked && JsonText(reply.body, "\"agenda\"").empty()) {
        verdict = {false, kUnexpected};
      }
      break;
  }
  if (!verdict.success) ++wrong_replies_;
  return verdict;
}

void Worker::Count(Kind kind, int status, const Verdict& verdict, int64_t due_ns, int64_t now) {
  ++replies_;
  if (!verdict.success) ++errors_;
  const int64_t latency = std::max<int64_t>(now - due_ns, 0);
  const bool answered = status != 0;
  const int64_t second = answered && now >= begin_ns_ ? (now - begin_ns_) / kNsPerSecond : -1;
  if (due_ns < begin_ns_) {
    before_.Count(kind, status, verdict.code, verdict.success, static_cast<uint64_t>(latency), -1);
  } else {
    measured_.Count(kind, status, verdict.code, verdict.success, static_cast<uint64_t>(latency),
                    second);
  }
  if (!answered || now < begin_ns_ || now >= end_ns_) return;
  ++measured_.replies;
  if (kind == Kind::kConfirm && verdict.success) ++measured_.confirmed;
  measured_.last_reply_ns = now;
}

void Worker::CountLost(Batch* batch, std::string_view why, int64_t now) {
  for (Journey& journey : batch->journeys) {
    if (!journey.awaiting) continue;
    const Kind kind = StepOf(journey.kind, batch->step);
    if (kind == Kind::kConfirm || kind == Kind::kCancel) {
      journey.told.state = Told::State::kUnknown;
    }
    journey.awaiting = false;
    journey.going = false;
    Count(kind, 0, {false, why}, batch->due_ns, now);
  }
}

}  // namespace creneau::bench
