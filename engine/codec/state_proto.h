// State records as messages: what state.cc and event.cc share. Not for others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/staff_act.h"
#include "codec/state.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<OpeningState> FromProto(const v1::OpeningChanged& in);
absl::StatusOr<TurnLapsed> FromProto(const v1::TurnLapsed& in);
absl::StatusOr<RosterPart> FromProto(const v1::RosterPart& in);
absl::StatusOr<StaffAct> FromProto(const v1::StaffAct& in);

}  // namespace creneau::codec
