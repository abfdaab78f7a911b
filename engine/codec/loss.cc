#include "codec/loss.h"

#include <algorithm>

#include "base/limits.h"
#include "codec/loss_proto.h"

namespace creneau::codec {

std::string EncodeLoss(const LossAccepted& loss) {
  v1::Event message;
  v1::LossAccepted& out = *message.mutable_loss_accepted();
  out.set_at(loss.at.ms);
  out.set_after_lsn(loss.after.value);
  out.set_after_batch(loss.after_batch);
  out.set_after_written_at(loss.after_written_at.ms);
  out.set_era(loss.era);
  out.set_first_generation(loss.first_generation.value);
  out.set_agendas(loss.agendas);
  if (loss.newest) {
    out.set_known_batch(loss.newest->batch);
    out.set_known_lsn(loss.newest->lsn.value);
    out.set_known_epoch(loss.newest->epoch);
    out.set_known_at(loss.newest->at.ms);
    out.set_known_chain(std::string(loss.newest->chain.begin(), loss.newest->chain.end()));
  }
  return message.SerializeAsString();
}

absl::StatusOr<LossAccepted> FromProto(const v1::LossAccepted& in) {
  LossAccepted out;
  out.at = Instant{in.at()};
  out.after = Lsn{in.after_lsn()};
  out.after_batch = in.after_batch();
  out.after_written_at = Instant{in.after_written_at()};
  out.era = in.era();
  out.first_generation = Generation{in.first_generation()};
  out.agendas = in.agendas();
  if (out.era == 0 || out.era > limits::kMaxEra || out.first_generation.value == 0 ||
      out.first_generation.value > limits::kMaxGeneration)
    return absl::DataLossError("a loss in an era or of a generation that is none");
  if (in.known_chain().empty()) return out;
  LossAccepted::Known known{
      in.known_batch(), Lsn{in.known_lsn()}, in.known_epoch(), Instant{in.known_at()}, {}};
  if (in.known_chain().size() != known.chain.size())
    return absl::DataLossError("a loss with a checkpoint that is none");
  std::copy(in.known_chain().begin(), in.known_chain().end(), known.chain.begin());
  out.newest = known;
  return out;
}

}  // namespace creneau::codec
