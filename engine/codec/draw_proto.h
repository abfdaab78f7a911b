// Records of draws as messages, for event.cc and agenda_proto.cc, and described. Not for others.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "codec/draw.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {

void ToProto(const rules::DrawRules& rules, v1::Draw* out);
rules::DrawRules FromProto(const v1::Draw& in);

// Replies and files write its texts as they are.
bool IsSound(const rules::DrawRules& rules);

// DataLoss: nothing of ours would say that.
absl::StatusOr<DrawState> FromProto(const v1::DrawChanged& in);
absl::StatusOr<DrawEntry> FromProto(const v1::DrawEntry& in);
absl::StatusOr<DrawResult> FromProto(const v1::DrawResult& in);

// draw_describe.cc
std::string Describe(const DrawState& state, bool json);
std::string Describe(const DrawEntry& entry, bool json);
std::string Describe(const DrawResult& result, bool json);

}  // namespace creneau::codec
