// From the log back to the state: reads records in order into a ledger and a registry. For recovery
// and for the audits that creneauctl runs; alone with both.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "booking/people.h"
#include "booking/registry.h"
#include "booking/rosters.h"
#include "booking/told.h"
#include "codec/event.h"
#include "env/file.h"
#include "ledger/ledger.h"
#include "wal/log.h"

namespace creneau::booking {

class Replay final : public wal::RecordReader {
 public:
  Replay(ledger::Ledger& ledger, Registry& registry, Rosters& rosters)
      : ledger_(ledger), registry_(registry), rosters_(rosters) {}
  // The service records after that one are remembered (told.h); by default none.
  void RememberServiceAfter(Lsn lsn) { service_ = ToldService(lsn); }

  // Events of seats are applied a little later, when their memory has come; what is wrong with one
  // is told by a later call, at the end of its batch's records at the latest.
  absl::Status Read(Lsn lsn, Instant written_at, std::string_view record) override;
  absl::Status EndRecords() override { return ApplyAll(); }
  // Derives what the ledger derives (Rebuild).
  absl::Status End() override;

  // Begins with what a snapshot holds instead of nothing. After it: the records from its segment
  // on.
  absl::Status Load(env::FileSystem& files, const std::string& path);

  // What End has seen.
  const ledger::Rebuilt& rebuilt() const { return rebuilt_; }
  Lsn last() const { return last_; }  // of what was read or loaded
  // The latest of each agenda, and of each subject in its agenda's.
  std::vector<codec::OpeningState> openings() const;
  std::vector<codec::TurnLapsed> turns() const;
  // Who is whom, and what waits for a second person. Once.
  std::unique_ptr<People> TakePeople() { return std::move(people_); }
  // Before that: the peppers without which an engine cannot go on from here.
  std::vector<NeededPepper> NeededPeppers() const { return people_->peppers.Needed(registry_); }
  // Those that were accepted, in their order. Known from the first record of their era on.
  const std::vector<codec::LossAccepted>& losses() const { return losses_; }
  // Since when live holds are owed time that a crash kept from them; nothing: they have got it all.
  std::optional<Instant> owed_since() const { return owed_since_; }
  ToldService& service() { return service_; }
  const ToldTotals& totals() const { return totals_; }

 private:
  struct Pending {
    Lsn lsn;
    ledger::Event event;
  };
  static constexpr size_t kAhead = 16;

  absl::Status ReadOther(Instant written_at, std::string_view record);
  absl::Status Apply(const Pending& pending);
  absl::Status ApplyAll();
  absl::Status Take(codec::CalendarPart& part, Instant written_at);
  absl::Status Take(const codec::Outage& outage);
  absl::Status Take(const codec::OpeningState& opening);
  absl::Status Take(const codec::TurnLapsed& turn);
  absl::Status Take(const codec::SubjectsLinked& linked);
  absl::Status Take(const codec::ActProposed& proposed);
  absl::Status Take(const codec::WaitlistPlace& place);
  absl::Status Take(const codec::DayClosed& closed);
  absl::Status Take(const codec::LossAccepted& loss);
  absl::Status Take(const codec::PepperEpoch& pepper);
  void Take(const codec::SeatsShifted& shifted);
  absl::Status Take(const codec::Mandate& mandate);
  template <typename Record>
  absl::Status TakeOfDraw(const Record& record);

  absl::Status Rebuild();

  ledger::Ledger& ledger_;
  Registry& registry_;
  Rosters& rosters_;
  // A calendar version whose last part has not come. One that never comes was never acknowledged.
  std::optional<codec::CalendarPart> open_;
  std::optional<codec::SeatsShifted> shifted_;  // whose calendar has not come
  std::optional<Instant> owed_since_;
  std::map<AgendaId, codec::OpeningState> openings_;
  std::map<std::pair<AgendaId, Subject>, codec::TurnLapsed> turns_;
  std::unique_ptr<People> people_ = std::make_unique<People>();
  ToldService service_{Lsn{UINT64_MAX}};
  ToldTotals totals_;
  std::vector<codec::LossAccepted> losses_;
  std::array<Pending, kAhead> pending_;  // a ring, of which the oldest is at first_
  size_t first_ = 0;
  size_t count_ = 0;
  Lsn last_;
  ledger::Rebuilt rebuilt_;
  // What a snapshot was taken of: a log that ends before it has lost what was acknowledged.
  Lsn covers_;
  std::string snapshot_;
};

}  // namespace creneau::booking
