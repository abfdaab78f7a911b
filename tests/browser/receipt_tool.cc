// Receipts as the engine signs them, for checkers that are not ours.
//
//   receipt_tool receipts    one JSON object: the public key, its id, an attempt with its nonce and
//                            fields, an attempt of nobody, a confirmation and an entry in a draw
//                            with their key, an entry in a draw whose leaves have no holder, and
//                            a confirmation whose every text is as long as may be
//   receipt_tool fold        what each code point beyond ASCII stands for in a number, where it
//                            stands for anything: "0660 0", "00A0 " for nothing, "00E9 accent"
#include <cstdio>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/text.h"
#include "proof/receipt.h"
#include "rules/fold.h"

namespace creneau {
namespace {

constexpr proof::Seed kSeed{3, 1, 4};
constexpr Instant kIssued{1804580412345};  // 9 March 2027
constexpr proof::Nonce kNonce{0xA1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xFE};
constexpr const char* kHolderKey = "k3yOfTheReservation_-A";

proof::AttemptReceipt Attempt() {
  const proof::CommittedField fields[] = {{"dossier", "9200123ABC"}, {"birth_date", "1990-05-17"}};
  proof::AttemptReceipt attempt;
  attempt.at = kIssued - 12'000;
  attempt.agenda = "92-naturalisation";
  attempt.title = "Naturalisation : dépôt de dossier";
  attempt.office = "Préfecture des Hauts-de-Seine, Nanterre";
  attempt.timezone = "Europe/Paris";
  attempt.outcome = "nothing-left";
  attempt.phase = "open";
  attempt.iso_year = 2027;
  attempt.iso_week = 10;
  attempt.identity = proof::IdentityGiven::kDeclared;
  attempt.alternative = {"dossier", "birth_date"};
  attempt.commitment = proof::Commit(kNonce, fields);
  return attempt;
}

proof::AttemptReceipt Nobody() {
  proof::AttemptReceipt attempt = Attempt();
  attempt.timezone = "Indian/Reunion";
  attempt.outcome = "slot-taken";
  attempt.phase.clear();
  attempt.identity = proof::IdentityGiven::kNone;
  attempt.alternative.clear();
  attempt.commitment = {};
  return attempt;
}

proof::ConfirmationReceipt Confirmation() {
  proof::ConfirmationReceipt confirmation;
  confirmation.reservation = "3F7QK2M9XA0CW";
  confirmation.agenda = "92-naturalisation";
  confirmation.title = Attempt().title;
  confirmation.office = Attempt().office;
  confirmation.timezone = "Europe/Paris";
  confirmation.slot = "2027-04-01T09:05";
  confirmation.starts_at = Instant{1806563100000};
  confirmation.minutes = 20;
  confirmation.channel = "phone";
  confirmation.identity = proof::IdentityGiven::kListed;
  confirmation.holder = proof::HolderOf(confirmation.reservation, kHolderKey);
  confirmation.batch = 7;
  confirmation.lsn = Lsn{(1ull << 60) + 1};  // more than JavaScript counts exactly
  confirmation.epoch = 1;
  confirmation.chain.fill(0xAB);
  return confirmation;
}

proof::ConfirmationReceipt Longest() {
  const auto filled = [](std::string_view word, size_t size) {
    std::string text;
    while (text.size() < size) text += word;
    return text.substr(0, size);
  };
  proof::ConfirmationReceipt confirmation = Confirmation();
  confirmation.title = filled("Naturalisation, ", limits::kReceiptTextBytes);
  confirmation.office = filled("Nanterre, ", limits::kReceiptTextBytes);
  confirmation.agenda = filled("92-naturalisation-", limits::kReceiptNameBytes);
  return confirmation;
}

// The fifth of seven entries. Without a name: in a draw whose leaves have no holder.
proof::InclusionReceipt Inclusion(const std::string& entry) {
  proof::InclusionReceipt inclusion;
  inclusion.agenda = "92-naturalisation";
  inclusion.title = Attempt().title;
  inclusion.office = Attempt().office;
  inclusion.timezone = "Europe/Paris";
  inclusion.draw = "2026-12";
  inclusion.closed_at = kIssued - 3'600'000;
  inclusion.round_at = kIssued + 3'600'000;
  inclusion.rules.fill(0xCD);
  inclusion.tag.fill(0x5A);
  inclusion.wishes = "mon,tue morning any";
  inclusion.entry = entry;
  if (!entry.empty()) inclusion.holder = proof::HolderOf(entry, kHolderKey);
  std::vector<proof::Hash> leaves(7);
  inclusion.index = 4;
  inclusion.entries = 7;
  leaves[4] = proof::HashOfLeaf(proof::LeafOf(inclusion));
  const proof::MerkleTree tree(leaves);
  inclusion.root = tree.root();
  inclusion.path = tree.PathOf(4);
  return inclusion;
}

void PrintReceipts() {
  const proof::PublicKey key = proof::PublicKeyOf(kSeed);
  const auto print = [](const char* name, const std::string& value, const char* end) {
    std::printf("\"%s\": \"%s\"%s", name, value.c_str(), end);
  };
  std::printf("{");
  print("key", Hex(key), ", ");
  print("id", Hex(proof::KeyIdOf(key)), ", ");
  print("nonce", Hex(kNonce), ", ");
  print("holder_key", kHolderKey, ", ");
  print("attempt", proof::SignReceipt(Attempt(), kIssued, kSeed), ", ");
  print("nobody", proof::SignReceipt(Nobody(), kIssued, kSeed), ", ");
  print("confirmation", proof::SignReceipt(Confirmation(), kIssued, kSeed), ", ");
  print("inclusion", proof::SignReceipt(Inclusion("E3F7QK2M9XA0CW"), kIssued, kSeed), ", ");
  print("inclusion_of_before", proof::SignReceipt(Inclusion(""), kIssued, kSeed), ", ");
  print("longest", proof::SignReceipt(Longest(), kIssued, kSeed), "}\n");
}

std::string Utf8(char32_t value) {
  std::string text;
  const auto more = [&](int shift) { text += static_cast<char>(0x80 | ((value >> shift) & 0x3F)); };
  if (value < 0x800) {
    text += static_cast<char>(0xC0 | value >> 6);
  } else if (value < 0x10000) {
    text += static_cast<char>(0xE0 | value >> 12);
    more(6);
  } else {
    text += static_cast<char>(0xF0 | value >> 18);
    more(12);
    more(6);
  }
  more(0);
  return text;
}

void PrintFolds() {
  using Is = rules::Folded::Is;
  for (char32_t value = 0x80; value <= 0x10FFFF; ++value) {
    const rules::Folded folded = rules::FoldBeyondAscii(Utf8(value));
    if (folded.is == Is::kUnknown) continue;
    const std::string as = folded.is == Is::kCharacter  ? std::string(1, folded.character)
                           : folded.is == Is::kAccented ? "accent"
                                                        : "";
    std::printf("%04X %s\n", static_cast<unsigned>(value), as.c_str());
  }
}

}  // namespace
}  // namespace creneau

int main(int argc, char** argv) {
  const std::string_view verb = argc == 2 ? argv[1] : "";
  if (verb == "receipts") {
    creneau::PrintReceipts();
  } else if (verb == "fold") {
    creneau::PrintFolds();
  } else {
    return 2;
  }
  return 0;
}
