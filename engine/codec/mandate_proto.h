// Mandate as a message, for event.cc. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/mandate.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<Mandate> FromProto(const v1::MandateChanged& in);

}  // namespace creneau::codec
