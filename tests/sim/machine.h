// One machine: a simulated disk and clock, an engine that comes and goes on them, and http::Session
// as its edge, without sockets. One thread; from one seed everything repeats.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "booking/engine.h"
#include "env/clock.h"
#include "env/entropy.h"
#include "http/session.h"
#include "http/telemetry.h"
#include "tests/sim/crowd.h"
#include "tests/sim/disk.h"
#include "tests/sim/told.h"

namespace creneau::sim {

class SimClock final : public Clock {
 public:
  Instant Now() const override { return now; }
  int64_t MonotonicNs() const override { return now.ms * 1'000'000; }
  Instant now{1796029200000};  // 2026-11-30T09:00:00Z, a Monday
};

class SimEntropy final : public Entropy {
 public:
  explicit SimEntropy(uint64_t seed) : prng_(seed) {}
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(prng_.Next());
  }

 private:
  Prng prng_;
};

class Machine final : public wal::Completions {
 public:
  static constexpr uint64_t kSegmentBytes = 96 * 1024;
  static constexpr size_t kBatchBytes = 64 * 1024;
  static constexpr uint64_t kSnapshotBytes = 400 * 1024;

  explicit Machine(uint64_t seed);
  // Before it starts: the public listener has an I/O thread for each of the crowd's, and they
  // refuse what they have no time for. Otherwise it has one, which always has. Not owned.
  void Face(Crowd& crowd) { crowd_ = &crowd; }
  ~Machine() override;

  // The engine starts; or why not. Once the disk has failed it there is none.
  absl::Status Start();
  // The process ends at once. Answers that have not left are lost.
  void Kill();
  // The process ends in peace: the log is drained and sealed.
  void Stop();
  bool up() const { return engine_ != nullptr; }
  // When the last process ended that had begun to serve.
  Instant ended_at() const { return ended_at_; }
  // The log has failed: the process must end.
  bool failed() const { return failed_; }

  // One request, decided at once. The answer leaves with a later Leave, under the number that is
  // returned; `decided` is what it will be if what it rests on gets durable.
  uint64_t Ask(std::string_view request, http::Audience audience, std::string* decided);
  // How the gate decided on the latest of these; nothing where there is none.
  const std::optional<Decision>& decision() const { return decision_; }
  struct Answer {
    uint64_t number;
    std::string wire;
  };
  // One turn of the log.
  void Turn() { engine_->log().Turn(); }
  // What may leave the machine now.
  std::vector<Answer> Leave();
  void Tick() { engine_->Tick(); }
  void Keep() { engine_->Keep(); }

  booking::Engine& engine() { return *engine_; }
  void Deliver(wal::Commit* chain) override;

  SimClock clock;
  Disk disk;

 private:
  struct Connection;

  http::SessionContext& NewContext(http::Audience audience);
  std::array<uint64_t, surge::kSheds> CountShed() const;
  Decision DecisionOf(IoThread& thread,
                      const std::array<uint64_t, surge::kSheds>& shed_before) const;
  void Settle(Connection& connection);

  SimEntropy entropy_;
  booking::CommitPool pool_;
  std::unique_ptr<booking::Engine> engine_;
  http::Telemetry telemetry_;
  http::Counters& counters_;
  Crowd* crowd_ = nullptr;
  std::optional<Decision> decision_;
  // Of each I/O thread: the public ones, then the operators' and the staff's.
  std::vector<std::unique_ptr<http::SessionContext>> contexts_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<const wal::Commit*> delivered_;
  std::vector<Answer> ready_;
  uint64_t next_number_ = 1;
  bool failed_ = false;
  Instant ended_at_;
};

}  // namespace creneau::sim
