// PepperEpoch as a message, for event.cc. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/pepper.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<PepperEpoch> FromProto(const v1::PepperEpoch& in);

}  // namespace creneau::codec
