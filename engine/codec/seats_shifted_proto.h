// SeatsShifted as a message, for event.cc. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/seats_shifted.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<SeatsShifted> FromProto(const v1::SeatsShifted& in);

}  // namespace creneau::codec
