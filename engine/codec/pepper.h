// What the log says of peppers, and its record (proto/creneau/v1/event.proto): which epoch a group
// of agendas is in, which peppers there are, and which are destroyed. Each tells its state whole,
// so that reading it twice changes nothing. Plain values; pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.h"

namespace creneau::codec {

struct PepperEpoch {
  uint32_t epoch = 1;  // 1 to limits::kPepperEpochs
  Instant at;
  // Whose applicants are hashed with that pepper from now on; empty: the record is about the pepper
  // itself.
  std::string group;
  uint32_t left = 0;     // of a group: the epoch it was in; 0: none, it begins
  bool retired = false;  // of a pepper: it is to be destroyed; else: there is one
  uint64_t check = 0;    // of a pepper (booking/pepper_files.h)
  friend bool operator==(const PepperEpoch&, const PepperEpoch&) = default;
};

// Fits into CommitPool::Node::kRecordBytes.
std::string EncodePepper(const PepperEpoch& pepper);

}  // namespace creneau::codec
