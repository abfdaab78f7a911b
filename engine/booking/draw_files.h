// A draw worked out: what its entries were committed to as, and what the seed makes of them. And
// the published files of it (proof/DRAW.md), line by line. Pure but for memory; values are
// immutable once made: any thread. A tenth of a second for a hundred thousand entries.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/draw.h"
#include "proof/draw.h"
#include "proof/draw_lines.h"
#include "rules/draw_allocation.h"
#include "rules/uniformity.h"

namespace creneau::booking {

// The entries that take part, in the order of their tags; and the seats that are given to them.
struct DrawCommitted {
  static constexpr uint32_t kNoLeaf = UINT32_MAX;

  std::vector<proof::DrawTag> tags;
  std::vector<std::string> wishes;   // of each
  std::vector<proof::Hash> holders;  // of each; none: the leaves have none (proof/draw.h)
  std::vector<uint32_t> entry_of;    // of each: place among the entries
  std::vector<uint32_t> leaf_of;     // of each entry: place among the tags, or kNoLeaf
  proof::MerkleTree tree{{}};
  std::vector<rules::DrawSlot> slots;
  proof::Hash seats{};  // SHA-256 of seats.txt

  std::optional<proof::Hash> HolderAt(size_t leaf) const {
    return holders.empty() ? std::nullopt : std::optional(holders[leaf]);
  }
};

// Who somebody is by now (identities.h).
using PersonOf = std::function<Subject(const Subject&)>;
// The places of entries that a person has beside the first of theirs that takes part.
std::vector<uint32_t> DoublesIn(const std::vector<codec::DrawEntry>& entries,
                                const PersonOf& person_of);

// Whose an entry is.
using EntryHolder = std::function<proof::Hash(const codec::DrawEntry&)>;
// Those that take part: neither withdrawn before the closing nor a double. No `holder_of`: the
// leaves have none.
std::shared_ptr<const DrawCommitted> CommitTo(const proof::DrawKey& key,
                                              const std::vector<codec::DrawEntry>& entries,
                                              std::vector<rules::DrawSlot> slots,
                                              const EntryHolder& holder_of);

struct DrawDrawn {
  std::vector<proof::Hash> ranks;      // of each tag
  std::vector<uint32_t> order;         // places of tags, by rank
  std::vector<uint32_t> place_of;      // of each tag, by rank
  std::vector<rules::DrawSlot> slots;  // those committed to
  std::vector<uint32_t> given;         // by rank: place among the slots, or rules::kNoSlot
  rules::Uniformity against_tags;
  rules::Uniformity against_entries;  // the order in which people entered
  proof::Hash allocation{};           // SHA-256 of allocation.txt
};

std::shared_ptr<const DrawDrawn> DrawFrom(const proof::Hash& seed, const DrawCommitted& committed);

// Why that must not be published: its ranks do not look drawn. Empty: it may be.
std::string WhatIsWrong(const DrawDrawn& drawn);

// How many lines a file has; lines from `after` on, `most` at most, each with its end. The file of
// rules is not made of these: rules::DrawRulesText. `drawn` may be null where the file needs none.
size_t LinesOf(proof::DrawFile file, const DrawCommitted& committed, const DrawDrawn* drawn);
std::string LinesFrom(proof::DrawFile file, const DrawCommitted& committed, const DrawDrawn* drawn,
                      size_t after, size_t most);

}  // namespace creneau::booking
