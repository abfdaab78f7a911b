// The receipt that every entrant of a draw has (design 5): that the entry is among those that were
// committed to at the closing, and with which wishes. It holds what leads from the entry to the
// root, so whoever has it can hold it against what was published. Its octets: receipt.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"
#include "proof/draw.h"

namespace creneau::proof {

struct InclusionReceipt {
  std::string agenda;  // its name
  std::string title;
  std::string office;
  std::string timezone;  // IANA
  std::string draw;      // its id
  Instant closed_at;
  Instant round_at;  // when the random value was to be public, at the earliest
  Hash rules{};      // SHA-256 of rules.txt
  Hash root{};
  DrawTag tag{};
  std::string wishes;      // rules/wishes.h
  uint32_t index = 0;      // of the leaf
  uint32_t entries = 0;    // leaves
  std::vector<Hash> path;  // from the leaf to the root
};

// Whether the path leads from the entry to the root.
bool LeadsToRoot(const InclusionReceipt& receipt);

// For receipt.cc. What is read leads to its root.
class ReceiptWriter;
class ReceiptReader;
void WriteInclusion(ReceiptWriter& out, const InclusionReceipt& receipt);
InclusionReceipt ReadInclusion(ReceiptReader& in);

}  // namespace creneau::proof
