// What an entrant can show: that the entry is in the list, and is theirs.
#include "absl/strings/str_split.h"
#include "proof/receipt.h"
#include "tests/booking/draw_fixture.h"

namespace creneau::booking {

TEST_CASE("every entrant has a signed receipt of inclusion, which leads to what is published") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  std::vector<EntryView> entries;
  for (int i = 0; i < 9; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i)));
  lottery.GoTo("2026-12-01T18:00");
  const DrawView closed = lottery.State();
  for (const EntryView& entry : entries) {
    const InclusionAnswer answer =
        EntryReceipt(*lottery.engine, {entry.name, entry.key.view()}, lottery.clock.now);
    REQUIRE(answer.outcome == Outcome::kOk);
    const ReceiptVerdict verdict = lottery.engine->VerifyReceipt(answer.receipt);
    REQUIRE(verdict.receipt.has_value());
    const auto& receipt = std::get<proof::InclusionReceipt>(verdict.receipt->body);
    CHECK(receipt.root == closed.state.root);
    CHECK(receipt.draw == "2026-12");
    CHECK(receipt.entries == 9);
    CHECK(verdict.receipt->issued_at < closed.round_at);
    CHECK(receipt.rules == proof::Sha256Of(lottery.File(proof::DrawFile::kRules)));
    CHECK(lottery.File(proof::DrawFile::kEntries).find(proof::EntryLine(proof::LeafOf(receipt))) !=
          std::string::npos);
    // Whoever has the key can show that it is theirs, and nobody else.
    CHECK(receipt.entry == entry.name);
    for (const EntryView& other : entries)
      CHECK((proof::HolderOf(receipt.entry, other.key.view()) == receipt.holder) ==
            (other.name == entry.name));
  }
}

TEST_CASE("a draw that was closed before leaves had holders is read and told as it was published") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  std::vector<EntryView> entries;
  for (int i = 0; i < 9; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i)));
  lottery.GoTo("2026-12-01T18:00");
  CHECK(lottery.State().format == "creneau draw 3");
  const std::string with_holders = lottery.File(proof::DrawFile::kEntries);
  // As that engine would have closed it: the same list, each line without what came later.
  std::string list;
  std::vector<proof::Hash> leaves;
  for (const absl::string_view line : absl::StrSplit(with_holders, '\n', absl::SkipEmpty())) {
    const auto read = *proof::ReadEntryLine({line.data(), line.size()});
    const std::string leaf = proof::LeafOf(read.tag, read.wishes);
    list += proof::EntryLine(leaf) + "\n";
    leaves.push_back(proof::HashOfLeaf(leaf));
  }
  codec::DrawState state = lottery.State().state;
  state.holders = false;
  state.root = proof::MerkleTree(leaves).root();
  lottery.act->Begin();
  lottery.act->PushOwned(codec::EncodeDraw(state));
  REQUIRE(lottery.wait.Finish(*lottery.act));
  lottery.Restart();
  CHECK(lottery.State().format == "creneau draw 2");
  CHECK(lottery.State().state.root == state.root);
  CHECK(lottery.File(proof::DrawFile::kEntries) == list);
  const InclusionAnswer answer =
      EntryReceipt(*lottery.engine, {entries[0].name, entries[0].key.view()}, lottery.clock.now);
  REQUIRE(answer.outcome == Outcome::kOk);
  const ReceiptVerdict verdict = lottery.engine->VerifyReceipt(answer.receipt);
  REQUIRE(verdict.receipt.has_value());
  CHECK(std::get<proof::InclusionReceipt>(verdict.receipt->body).entry.empty());
}

}  // namespace creneau::booking
