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
  // The entry's name, and whose it is: HolderOf that name and its key (receipt.h). No name: of a
  // draw whose leaves have no holder (draw.h), and anybody can show such a receipt as theirs.
  std::string entry;
  Hash holder{};
  std::string wishes;      // rules/wishes.h
  uint32_t index = 0;      // of the leaf
  uint32_t entries = 0;    // leaves
  std::vector<Hash> path;  // from the leaf to the root
};

// What was hashed for the tree.
std::string LeafOf(const InclusionReceipt& receipt);
// Whether the path leads from the entry to the root.
bool LeadsToRoot(const InclusionReceipt& receipt);

// For receipt.cc. What is read leads to its root.
class ReceiptWriter;
class ReceiptReader;
void WriteInclusion(ReceiptWriter& out, const InclusionReceipt& receipt);
InclusionReceipt ReadInclusion(ReceiptReader& in);
InclusionReceipt ReadInclusionOfBefore(ReceiptReader& in);

}  // namespace creneau::proof
