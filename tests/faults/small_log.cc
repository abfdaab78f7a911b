#include "tests/faults/small_log.h"

#include <cstdio>
#include <utility>

#include "base/prng.h"
#include "booking/audit.h"
#include "tests/ledger/catch.h"
#include "wal/format.h"

namespace creneau::faults {
namespace {

const std::string kData = "data";

std::string AgendaText(const std::string& name, int days) {
  return "agenda = \"" + name + R"("
title = "Dommages"
office = "Préfecture simulée"
timezone = "Europe/Paris"
policy = "direct"
identity = [["dossier", "birth_date"]]
hold_s = 300
notice_hours = 0
horizon_days = 366
alternative = "aucune"
[[session]]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
from = 2027-06-01
until = 2027-06-0)" +
         std::to_string(days) + R"(
hours = ["09:00-14:00"]
minutes = 10
seats = { web = 2 }
)";
}

booking::EngineOptions Options(const LogOptions& options) {
  booking::EngineOptions engine;
  engine.data = kData;
  engine.keys = "keys";
  engine.segment_bytes = options.segment_bytes;
  engine.max_batch_bytes = options.segment_bytes - 2 * limits::kPageBytes;
  engine.steward_thread = false;
  engine.log_threads = false;
  return engine;
}

absl::StatusOr<std::unique_ptr<booking::Engine>> Open(const LogOptions& options, sim::Disk& disk,
                                                      const Clock& clock) {
  sim::SimEntropy entropy(7);
  return booking::Engine::Open(Options(options), disk, clock, entropy, [](const absl::Status&) {});
}

// Keeps the records, and where each batch with records ended.
class Collector final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    records.emplace_back(record);
    return absl::OkStatus();
  }
  std::vector<std::string> records;
};

// Holds, confirmations and cancellations, a batch each, now and then a seal; calendars that take
// several pages.
class Office {
 public:
  Office(const LogOptions& options, sim::Disk& disk, sim::SimClock& clock)
      : options_(options), disk_(disk), clock_(clock) {
    engine = *Open(options, disk, clock);
    act_ = std::make_unique<booking::Act>(pool_, engine->log());
    Publish("a", 7);
  }
  ~Office() {
    act_.reset();
    engine.reset();
  }

  void Publish(const std::string& name, int days) {
    const std::string text = AgendaText(name, days);
    booking::PublishRequest request;
    request.name = name;
    request.body = text;
    REQUIRE(engine->Publish(request, {.person = "uid:1000"}).outcome == Outcome::kOk);
  }
  void Act() {
    clock_.now = clock_.now + static_cast<int64_t>(prng_.Below(8));
    if (prng_.Below(5) == 0) clock_.now = clock_.now + 2 * limits::kSealAfterMs;
    engine->log().Turn();
    act_->Begin();
    const std::string dossier = "D" + std::to_string(1000 + people_++);
    booking::HoldRequest request;
    request.agenda = "a";
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    const auto held = engine->Hold(*act_, request, clock_.now);
    REQUIRE(held.outcome == Outcome::kOk);
    const booking::HolderRequest holder{held.reservation.name.view(), held.reservation.key.view()};
    if (prng_.Below(2) == 0) REQUIRE(wait_.Finish(*act_));
    act_->Begin();
    const auto what = prng_.Below(3) == 0 ? &booking::Engine::Cancel : &booking::Engine::Confirm;
    REQUIRE(((*engine).*what)(*act_, holder, clock_.now).outcome == Outcome::kOk);
    REQUIRE(wait_.Finish(*act_));
  }
  uint64_t segment() const { return engine->log().current_segment().segment; }

  std::unique_ptr<booking::Engine> engine;

 private:
  const LogOptions options_;
  sim::Disk& disk_;
  sim::SimClock& clock_;
  Prng prng_{11};
  booking::CommitPool pool_;
  booking::BlockingWait wait_;
  std::unique_ptr<booking::Act> act_;
  int people_ = 0;
};

// The state that a start on these files comes to.
std::string StateOf(const LogOptions& options, const sim::Disk& disk, const Clock& clock) {
  sim::Disk copy(7);
  copy.CopyFrom(disk);
  const auto engine = Open(options, copy, clock);
  REQUIRE(engine.ok());
  return (*engine)->Digest();
}

}  // namespace

SmallLog::SmallLog(const LogOptions& options_in) : options(options_in) {
  {
    Office office(options, disk, clock);
    while (office.segment() < static_cast<uint64_t>(options.segments)) {
      const uint64_t before = office.segment();
      office.Act();
      if (options.snapshots && office.segment() != before)
        REQUIRE(office.engine->TakeSnapshot().ok());
    }
    office.Act();
    office.Publish("b", 8);  // the last batch takes more than a page
    if (!options.sealed) disk.Kill();
    office.engine->Close();
  }
  disk.Restart();
  for (const auto& [path, bytes] : disk.Files()) {
    if (wal::SegmentOfName(path.substr(path.rfind('/') + 1))) segments.push_back(path);
    if (path.ends_with(".snap")) snapshots.push_back(path);
  }
  Collector collector;
  REQUIRE(wal::Verify(disk, "data/log", collector, {}, "data/archive").ok());
  records = collector.records;
  // The last batch that has records begins on the last page with its magic.
  last_segment = segments.back();
  const std::vector<uint8_t>& bytes = disk.Bytes(last_segment);
  wal::BatchHeader last;
  for (uint64_t at = limits::kPageBytes; at < bytes.size(); at += limits::kPageBytes) {
    const auto header = wal::DecodeBatchHeader(std::span(bytes).subspan(at));
    if (!header || header->records == 0) continue;
    last = *header;
    last_begin = at;
  }
  last_end = last_begin + last.padded_bytes();
  REQUIRE(last_begin > 0);
  REQUIRE(last_end > last_begin + limits::kPageBytes);
  records_before_last = records.size() - last.records;
  state = StateOf(options, disk, clock);
  sim::Disk shorter(7);
  shorter.CopyFrom(disk);
  auto& cut = shorter.Bytes(last_segment);
  std::fill(cut.begin() + static_cast<ptrdiff_t>(last_begin), cut.end(), uint8_t{0});
  // What a stop in peace has signed would not let a start go on without it.
  if (options.sealed) shorter.Bytes("data/checkpoints").clear();
  state_before_last = StateOf(options, shorter, clock);
}

Patient::Patient(const SmallLog& log) : log_(log) { Restore(); }

void Patient::Restore() {
  disk.CopyFrom(log_.disk);
  mended = false;
}

Answer Patient::ReadLog() {
  Collector collector;
  const auto read = wal::Recover(disk, "data/log", collector, {}, "data/archive");
  mended = mended || (read.ok() && read->torn);
  Answer answer{read.ok(), collector.records.size(), "", std::string(read.status().message())};
  if (!read.ok()) REQUIRE(absl::IsDataLoss(read.status()));
  if (read.ok() &&
      !std::equal(collector.records.begin(), collector.records.end(), log_.records.begin(),
                  log_.records.begin() + collector.records.size()))
    FAIL("records that nobody wrote");
  return answer;
}

Answer Patient::OpenEngine() {
  const auto engine = Open(log_.options, disk, log_.clock);
  if (!engine.ok()) {
    INFO(engine.status());
    REQUIRE(absl::IsDataLoss(engine.status()));
    return {false, 0, "", std::string(engine.status().message())};
  }
  Answer answer{true, 0, (*engine)->Digest(), ""};
  disk.Kill();
  return answer;
}

Kind Patient::Judge(const Answer& first, const Answer& second, bool last_batch_touched) const {
  if (first.started != second.started || first.refusal != second.refusal ||
      first.state != second.state || (first.started && first.records != second.records)) {
    FAIL("the second start says something else: " << first.refusal << " | " << second.refusal << " "
                                                  << first.records << " " << second.records);
  }
  return JudgeOne(first, last_batch_touched);
}

Kind Patient::JudgeOne(const Answer& first, bool last_batch_touched) const {
  if (!first.started) {
    const auto says = [&first](const char* what) {
      return first.refusal.find(what) != std::string::npos;
    };
    // Or the log, where it no longer comes to what a checkpoint has signed.
    const bool names = says("data/") && says(", offset ") &&
                       (says("Restore this file") || says("Restore the log"));
    if (!names) FAIL("a refusal without file, offset and remedy: " << first.refusal);
    return Kind::kRefused;
  }
  const bool by_engine = !first.state.empty();
  if (by_engine ? first.state == log_.state : first.records == log_.records.size())
    return Kind::kExact;
  const bool torn =
      by_engine ? first.state == log_.state_before_last : first.records == log_.records_before_last;
  if (!torn || log_.options.sealed || !last_batch_touched)
    FAIL("a silent loss: " << first.records << " of " << log_.records.size() << " records");
  return Kind::kTornTail;
}

Kind Patient::TryLog(bool last_batch_touched) {
  const uint64_t calls = disk.calls();
  const Answer first = ReadLog();
  if (!first.started && disk.calls() != calls) FAIL("refused, and something was changed");
  return Judge(first, ReadLog(), last_batch_touched);
}

Kind Patient::TryEngine(bool last_batch_touched) {
  const uint64_t calls = disk.calls();
  const Answer first = OpenEngine();
  if (!first.started && disk.calls() != calls) FAIL("refused, and something was changed");
  disk.Restart();
  const Answer second = OpenEngine();
  disk.Restart();
  return Judge(first, second, last_batch_touched);
}

Kind Patient::TryPassing(bool last_batch_touched, bool end_touched) {
  const Kind first = JudgeOne(OpenEngine(), last_batch_touched);
  disk.Restart();
  disk.ReadsTrue();
  const Kind second = JudgeOne(OpenEngine(), last_batch_touched);
  disk.Restart();
  const bool went_on = first != Kind::kRefused && end_touched;
  if (went_on ? first != second && second != Kind::kRefused : second != Kind::kExact)
    FAIL("the start after a passing fault says something else");
  return first;
}

void Figures::Print(const std::string& what) const {
  std::printf("%-58s %7llu exact %6llu torn tail %7llu refused\n", what.c_str(),
              static_cast<unsigned long long>(exact), static_cast<unsigned long long>(torn),
              static_cast<unsigned long long>(refused));
}

}  // namespace creneau::faults
