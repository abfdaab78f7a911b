// The records of a snapshot <-> protobuf bytes (proto/creneau/v1/snapshot.proto). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/instant.h"
#include "ledger/slot_record.h"

namespace creneau::codec {

std::string EncodeSlot(const ledger::SlotRecord& slot);
// DataLoss when the bytes are no slot. Whether it fits with the others is the ledger's to say.
absl::StatusOr<ledger::SlotRecord> DecodeSlot(std::string_view bytes);

// One of EncodeCalendar's records, and when that version was published.
struct PublishedPart {
  Instant published_at;
  std::string event;
};
std::string EncodePublishedPart(const PublishedPart& part);
absl::StatusOr<PublishedPart> DecodePublishedPart(std::string_view bytes);

// An event that tells a state whole (state.h).
std::string EncodeState(std::string event);
absl::StatusOr<std::string> DecodeState(std::string_view bytes);

}  // namespace creneau::codec
