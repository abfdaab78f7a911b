// The desk's records as messages, for event.cc. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/desk.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<HelperCount> FromProto(const v1::HelperCount& in);
absl::StatusOr<DeskNote> FromProto(const v1::DeskNote& in);

}  // namespace creneau::codec
