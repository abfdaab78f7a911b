// What the crowd (crowd.h) means for the people of the office: some are refused, and come again.
#include <algorithm>
#include <utility>

#include "tests/sim/ask.h"

namespace creneau::sim {
namespace {

constexpr size_t kMostLater = 16;
// The whole state of the engine is compared for one refusal of so many.
constexpr uint64_t kComparedOneIn = 8;

}  // namespace

void Life::Crowds() {
  Complain(crowd_.Work());
  if (const std::string what = crowd_.Come(); !what.empty()) Reach(what);
}

// Somebody asks while the log's batch is under way. No later than the steward's next round is due:
// what time has brought by then is not for them to say.
void Life::Meanwhile() {
  Complain(crowd_.Work());
  const bool late = machine_.clock.now - last_tick_ > limits::kExpiryLagMs;
  if (!machine_.up() || machine_.engine().log().in_flight_ms() == 0 || late || Below(2) == 0)
    return;
  Reach("asked-while-the-log-writes");
  Hold();
  const auto& live = auditor_.book().live;
  if (!live.empty()) OnBooking(std::string(live.begin()->second));
}

// Whoever was told when to come again does, if it is time. False: nobody.
bool Life::ComeAgain() {
  if (later_.empty() || machine_.clock.now < later_.begin()->first) return false;
  const std::function<void()> ask = std::move(later_.begin()->second);
  later_.erase(later_.begin());
  again_ = true;
  ask();
  again_ = false;
  return true;
}

// What a refusal must not change; empty where none is to be expected, or nobody looks.
std::string Life::BeforeRefusal(http::Audience audience) {
  Complain(crowd_.Work());
  bool lags = false;
  for (size_t i = 0; i < Crowd::kThreads; ++i) lags |= crowd_.thread(i).load().lag_us > 0;
  if (audience != http::Audience::kPublic || !lags || digest_ % kComparedOneIn != 0) return "";
  return EngineState();
}

std::string Life::EngineState() {
  std::string state = machine_.engine().Digest();
  for (size_t i = kDirectAgendas; i < agendas_; ++i) {
    if (machine_.engine().FindAgenda(OfficeAgendas()[i].name) == nullptr) continue;
    const auto opening =
        machine_.engine().ReadQueue(OfficeAgendas()[i].name, machine_.clock.now).opening;
    state +=
        " " + std::to_string(opening.state.gathered) + " " + std::to_string(opening.state.late);
  }
  return state;
}

bool Life::WasRefused(const std::string& request, const std::string& before, const Told& told,
                      std::function<void()> again) {
  if (!machine_.decision()) return false;
  Decision decision = *machine_.decision();
  decision.lane = Lanes::LaneOf(request);
  Complain(lanes_.Answered(decision, again_, told));
  if (decision.shed == surge::Shed::kNo) return false;
  if (!before.empty()) {
    Reach("refusal-without-effect");
    if (EngineState() != before) Complain("a refusal for load has changed something: " + request);
  }
  const Instant due = machine_.clock.now + told.retry_after_s * kMsPerSecond;
  if (again && later_.size() < kMostLater) later_.emplace(due, std::move(again));
  return true;
}

}  // namespace creneau::sim
