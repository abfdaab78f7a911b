// Records of acts about identities as messages: what identity_acts.cc and event.cc share. Not for
// others.
#pragma once

#include "absl/status/statusor.h"
#include "codec/identity_acts.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

// DataLoss: nothing of ours would say that.
absl::StatusOr<SubjectsLinked> FromProto(const v1::SubjectsLinked& in);
absl::StatusOr<Rekeyed> FromProto(const v1::Rekeyed& in);
absl::StatusOr<ActProposed> FromProto(const v1::ActProposed& in);
absl::StatusOr<ActSettled> FromProto(const v1::ActSettled& in);
absl::StatusOr<HolderNotice> FromProto(const v1::HolderNotice& in);

}  // namespace creneau::codec
