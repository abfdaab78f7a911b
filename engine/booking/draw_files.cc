#include "booking/draw_files.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace creneau::booking {
namespace {

using proof::DrawFile;

std::optional<LocalMinute> SlotGiven(const DrawDrawn& drawn, size_t place) {
  const uint32_t slot = drawn.given[place];
  if (slot == rules::kNoSlot) return std::nullopt;
  return drawn.slots[slot].start;
}

std::string Line(DrawFile file, const DrawCommitted& committed, const DrawDrawn* drawn, size_t at) {
  switch (file) {
    case DrawFile::kRules:
      break;
    case DrawFile::kEntries:
      return proof::EntryLine(
          proof::LeafOf(committed.tags[at], committed.wishes[at], committed.HolderAt(at)));
    case DrawFile::kSeats:
      return proof::SeatLine(committed.slots[at].start, committed.slots[at].seats);
    case DrawFile::kRanks: {
      const uint32_t leaf = drawn->order[at];
      return proof::RankLine(at + 1, committed.tags[leaf], drawn->ranks[leaf]);
    }
    case DrawFile::kAllocation:
      return proof::AllocationLine(at + 1, committed.tags[drawn->order[at]], SlotGiven(*drawn, at));
  }
  CHECK(false);
}

proof::Hash DigestOf(DrawFile file, const DrawCommitted& committed, const DrawDrawn* drawn) {
  return proof::Sha256Of(LinesFrom(file, committed, drawn, 0, SIZE_MAX));
}

}  // namespace

std::vector<uint32_t> DoublesIn(const std::vector<codec::DrawEntry>& entries,
                                const PersonOf& person_of) {
  std::vector<uint32_t> doubles;
  std::set<Subject> seen;
  for (uint32_t i = 0; i < entries.size(); ++i) {
    if (!codec::TakesPart(entries[i].state)) continue;
    if (!seen.insert(person_of(entries[i].subject)).second) doubles.push_back(i);
  }
  return doubles;
}

std::shared_ptr<const DrawCommitted> CommitTo(const proof::DrawKey& key,
                                              const std::vector<codec::DrawEntry>& entries,
                                              std::vector<rules::DrawSlot> slots,
                                              const EntryHolder& holder_of) {
  std::vector<Subject> subjects;
  std::vector<uint32_t> taking_part;
  for (uint32_t i = 0; i < entries.size(); ++i) {
    if (!codec::TakesPart(entries[i].state)) continue;
    subjects.push_back(entries[i].subject);
    taking_part.push_back(i);
  }
  const std::vector<proof::DrawTag> tags = proof::TagsOf(key, subjects);
  std::vector<uint32_t> sorted(tags.size());
  std::iota(sorted.begin(), sorted.end(), 0u);
  std::sort(sorted.begin(), sorted.end(),
            [&tags](uint32_t a, uint32_t b) { return tags[a] < tags[b]; });
  auto committed = std::make_shared<DrawCommitted>();
  committed->leaf_of.assign(entries.size(), DrawCommitted::kNoLeaf);
  std::vector<proof::Hash> leaves;
  leaves.reserve(tags.size());
  for (const uint32_t at : sorted) {
    const uint32_t entry = taking_part[at];
    committed->leaf_of[entry] = static_cast<uint32_t>(leaves.size());
    if (holder_of) committed->holders.push_back(holder_of(entries[entry]));
    leaves.push_back(proof::HashOfLeaf(
        proof::LeafOf(tags[at], entries[entry].wishes, committed->HolderAt(leaves.size()))));
    committed->tags.push_back(tags[at]);
    committed->wishes.push_back(entries[entry].wishes);
    committed->entry_of.push_back(entry);
  }
  committed->tree = proof::MerkleTree(std::move(leaves));
  committed->slots = std::move(slots);
  committed->seats = DigestOf(DrawFile::kSeats, *committed, nullptr);
  return committed;
}

std::shared_ptr<const DrawDrawn> DrawFrom(const proof::Hash& seed, const DrawCommitted& committed) {
  auto drawn = std::make_shared<DrawDrawn>();
  drawn->ranks = proof::RanksOf(seed, committed.tags);
  drawn->order = proof::OrderOf(drawn->ranks, committed.tags);
  drawn->slots = committed.slots;
  drawn->place_of.resize(drawn->order.size());
  std::vector<std::string_view> wishes;
  wishes.reserve(drawn->order.size());
  for (uint32_t place = 0; place < drawn->order.size(); ++place) {
    drawn->place_of[drawn->order[place]] = place;
    wishes.push_back(committed.wishes[drawn->order[place]]);
  }
  drawn->given = rules::Allocate(wishes, drawn->slots);
  drawn->against_tags = rules::TestUniformity(drawn->place_of);
  std::vector<uint32_t> by_entry;
  by_entry.reserve(drawn->order.size());
  for (const uint32_t leaf : committed.leaf_of) {
    if (leaf != DrawCommitted::kNoLeaf) by_entry.push_back(drawn->place_of[leaf]);
  }
  drawn->against_entries = rules::TestUniformity(by_entry);
  drawn->allocation = DigestOf(DrawFile::kAllocation, committed, drawn.get());
  return drawn;
}

std::string WhatIsWrong(const DrawDrawn& drawn) {
  for (const auto& [order, found] : {std::pair{"in which people entered", &drawn.against_entries},
                                     std::pair{"of the tags", &drawn.against_tags}}) {
    if (found->passes()) continue;
    return absl::StrCat("The ranks follow the order ", order, ": ", found->found, " of the best ",
                        found->best, " are among the first ", found->first, " of ",
                        drawn.order.size(),
                        ". No draw would give that. Nothing was published; have the engine looked "
                        "into.");
  }
  return "";
}

size_t LinesOf(DrawFile file, const DrawCommitted& committed, const DrawDrawn* drawn) {
  if (file == DrawFile::kEntries) return committed.tags.size();
  if (file == DrawFile::kSeats) return committed.slots.size();
  CHECK(drawn != nullptr && file != DrawFile::kRules);
  return drawn->order.size();
}

std::string LinesFrom(DrawFile file, const DrawCommitted& committed, const DrawDrawn* drawn,
                      size_t after, size_t most) {
  const size_t all = LinesOf(file, committed, drawn);
  std::string lines;
  for (size_t at = after; at < all && at - after < most; ++at) {
    lines += Line(file, committed, drawn, at);
    lines += '\n';
  }
  return lines;
}

}  // namespace creneau::booking
