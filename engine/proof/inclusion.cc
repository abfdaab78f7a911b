#include "proof/inclusion.h"

#include "base/check.h"
#include "base/limits_draw.h"
#include "proof/receipt_octets.h"

namespace creneau::proof {
namespace {

// Head, signature, and a body of the longest texts and the longest path.
constexpr size_t kLongest = 26 + 64 + 7 * 2 + 4 * limits::kReceiptNameBytes +
                            2 * limits::kReceiptTextBytes + limits::kWishesChars + 2 * 8 + 4 * 32 +
                            2 * 4 + 1 + limits::kDrawPathHashes * 32;
static_assert(kLongest <= limits::kReceiptBytes);

// `whose`: reads what only a receipt with a holder has.
template <typename Whose>
InclusionReceipt Read(ReceiptReader& in, Whose whose) {
  InclusionReceipt receipt;
  receipt.agenda = in.Name("the agenda's name is none");
  receipt.title = in.Words("the title is no text");
  receipt.office = in.Words("the office is no text");
  receipt.timezone = in.Name("the time zone is none");
  receipt.draw = in.Name("the draw's name is none");
  receipt.closed_at = in.Time("the time of the closing is out of range");
  receipt.round_at = in.Time("the time of the round is out of range");
  in.Fill(&receipt.rules);
  in.Fill(&receipt.root);
  in.Fill(&receipt.tag);
  whose(receipt);
  receipt.wishes = in.Text(limits::kWishesChars, "the wishes are no text");
  receipt.index = static_cast<uint32_t>(in.Number(4, 0, UINT32_MAX, ""));
  receipt.entries = static_cast<uint32_t>(in.Number(4, 1, UINT32_MAX, "there are no entries"));
  const uint64_t hashes = in.Number(1, 0, limits::kDrawPathHashes, "the path is too long");
  for (uint64_t i = 0; i < hashes && in.ok(); ++i) in.Fill(&receipt.path.emplace_back());
  if (in.ok()) in.Expect(LeadsToRoot(receipt), "its path does not lead to its root");
  return receipt;
}

}  // namespace

std::string LeafOf(const InclusionReceipt& receipt) {
  return LeafOf(receipt.tag, receipt.wishes,
                receipt.entry.empty() ? std::nullopt : std::optional(receipt.holder));
}

bool LeadsToRoot(const InclusionReceipt& receipt) {
  return LeadsTo(receipt.root, HashOfLeaf(LeafOf(receipt)), receipt.index, receipt.entries,
                 receipt.path);
}

void WriteInclusion(ReceiptWriter& out, const InclusionReceipt& receipt) {
  CHECK(receipt.path.size() <= limits::kDrawPathHashes);
  CHECK(receipt.wishes.size() <= limits::kWishesChars);
  CHECK(LeadsToRoot(receipt));
  out.Name(receipt.agenda);
  out.Words(receipt.title);
  out.Words(receipt.office);
  out.Name(receipt.timezone);
  out.Name(receipt.draw);
  out.Time(receipt.closed_at);
  out.Time(receipt.round_at);
  out.Raw(receipt.rules);
  out.Raw(receipt.root);
  out.Raw(receipt.tag);
  if (!receipt.entry.empty()) {
    out.Name(receipt.entry);
    out.Raw(receipt.holder);
  }
  out.Fitting(receipt.wishes, limits::kWishesChars);
  out.Number(receipt.index, 4);
  out.Number(receipt.entries, 4);
  out.Number(receipt.path.size(), 1);
  for (const Hash& hash : receipt.path) out.Raw(hash);
}

InclusionReceipt ReadInclusion(ReceiptReader& in) {
  return Read(in, [&in](InclusionReceipt& receipt) {
    receipt.entry = in.Name("the entry's name is none");
    in.Expect(!receipt.entry.empty(), "the entry's name is none");
    in.Fill(&receipt.holder);
  });
}

InclusionReceipt ReadInclusionOfBefore(ReceiptReader& in) {
  return Read(in, [](InclusionReceipt&) {});
}

}  // namespace creneau::proof
