// LossAccepted as a message, for event.cc. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/loss.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<LossAccepted> FromProto(const v1::LossAccepted& in);

}  // namespace creneau::codec
