// WaitlistPlace and DayClosed as messages, for event.cc. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/waitlist.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<WaitlistPlace> FromProto(const v1::WaitlistPlace& in);
absl::StatusOr<DayClosed> FromProto(const v1::DayClosed& in);

}  // namespace creneau::codec
