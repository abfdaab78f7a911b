// What else the steward does, in this order: what time brings in parts with headers of their own.

#include "booking/engine_impl.h"

namespace creneau::booking {

void Engine::Impl::GiveDuties() {
  steward_->AlsoDo([this](Instant now, Act& act, const Steward::Await& await) {
    flows_.Look(*this, now, act, await);
  });
  steward_->AlsoDo([this](Instant now, Act& act, const Steward::Await& await) {
    mandate_alarm_.Look(*this, now, act, await);
  });
}

}  // namespace creneau::booking
