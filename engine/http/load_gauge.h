// How busy an I/O thread is: how long bytes lie in the kernel until their connection has its turn,
// and how far behind the log is. A descriptor of our own joins the queue of connections that have
// something to say (Readiness), and how long it takes to come up is what they wait as well; a
// hundred times a second at most, so no request pays for it (surge/lag_meter.h).
//
// Of one thread, which also owns the Readiness; that outlives it.
#pragma once

#include "booking/engine.h"
#include "http/descriptor.h"
#include "http/gate.h"
#include "http/readiness.h"
#include "http/telemetry.h"
#include "surge/lag_meter.h"
#include "surge/shedding.h"

namespace creneau::http {

class LoadGauge final : private Readiness::Watcher, private Readiness::Observer, public LoadSource {
 public:
  // Throws std::system_error where there is no descriptor left.
  LoadGauge(Readiness& readiness, const wal::Log& log, const Clock& clock, Counters& counters);

  // What is known of the log is as of the latest look at the sockets.
  const surge::Load& load() noexcept override;

 private:
  bool Ready(uint32_t events) noexcept override;
  void GoOn() noexcept override {}
  void TakenIn(size_t told) noexcept override;

  const wal::Log& log_;
  const Clock& clock_;
  Counters& counters_;
  // An eventfd, of which nobody reads: each write to it is an event to those who watch edges.
  Descriptor probe_;
  bool met_ = false;  // in the look under way
  surge::LagMeter meter_;
  surge::Load load_;
};

}  // namespace creneau::http
