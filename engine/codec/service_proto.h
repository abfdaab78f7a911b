// Within codec only: service.h from the messages of its records.
#pragma once

#include "absl/status/statusor.h"
#include "codec/service.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: no record of ours says that.
absl::StatusOr<ServiceMinute> FromProto(const v1::ServiceMinute& in);
absl::StatusOr<ChannelTotals> FromProto(const v1::ChannelTotals& in);

}  // namespace creneau::codec
