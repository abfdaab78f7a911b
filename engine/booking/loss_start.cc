// The start that accepts a loss: the steps of loss.h.

#include <utility>

#include "absl/strings/str_cat.h"
#include "booking/engine_impl.h"
#include "booking/loss.h"
#include "wal/format.h"

namespace creneau::booking {

// Steps 1 to 3, and where the log goes on.
absl::Status Engine::Impl::BeginLoss(const Accepting& accepting, wal::Recovery* goes_on) {
  const wal::Recovery& log = report_.recovery;
  const Instant now = clock_.Now();
  const absl::StatusOr<uint64_t> era =
      NextEra(files_, options_.keys, now, log.epoch, accepting.newest);
  if (!era.ok()) return era.status();
  auto kept =
      KeepLostAside(files_, options_.data, options_.keys, accepting.after, log.last_segment, *era);
  if (!kept.ok()) return kept.status();
  report_.lost_aside = *std::move(kept);
  codec::LossAccepted loss;
  loss.at = now;
  loss.after = accepting.after;
  loss.after_batch = log.last_batch;
  loss.after_written_at = log.last_written_at;
  loss.era = *era;
  loss.first_generation = ledger_.NextOfAll();
  for (const AgendaInfo* agenda : registry_.All())
    loss.agendas = std::max(loss.agendas, uint32_t{agenda->id.value} + 1);
  if (const auto& newest = accepting.newest) {
    loss.newest = codec::LossAccepted::Known{newest->batch, newest->lsn, newest->epoch, newest->at,
                                             newest->chain};
  }
  report_.loss = loss;
  goes_on->epoch = (*era << wal::kEraShift) - 1;  // of the segment before
  goes_on->last_lsn = Lsn{FirstLsnOf(*era, log.last_lsn, accepting.newest).value - 1};
  return absl::OkStatus();
}

// Steps 4 to 6. Nobody is at work yet: nothing is logged in the new era before this record.
absl::Status Engine::Impl::AcceptLoss() {
  const codec::LossAccepted& loss = *report_.loss;
  const std::string record = codec::EncodeLoss(loss);
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  act.Begin();
  act.PushBytes(record);
  if (!wait.Finish(act))
    return absl::InternalError("the log failed while a loss was accepted: start again");
  ledger_.RaiseGenerations(loss.first_generation);
  losses_.push_back(loss);
  names_.emplace(keys_.names, ErasOf(losses_));
  report_.mac_key_made = false;  // on purpose, and told of
  checkpoint_batch_ = 0;         // of the lost state
  if (const absl::Status status = WriteCheckpoint(); !status.ok()) return status;
  return FinishAcceptance(files_, options_.data);
}

}  // namespace creneau::booking
