// booking::LoadKeys: files of --keys, parted by `|`; an empty one is missing. Asserted: keys
// are accepted only as they were written, the answer is the same the second time, a refusal names
// the file and changes none, and what is made is accepted afterwards. What begins with `staff:` is
// KEYS/staff instead, each of its lines but the first without its checksum; with `bearer:`, a key's
// text; with `said:`, a website's statement. Asserted: what is accepted is written again as it was,
// and a refusal names the line.

#include "booking/keys.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <map>

#include "base/text.h"
#include "booking/staff_keys.h"
#include "proof/assertion.h"
#include "tests/fuzz/fuzz.h"
#include "tests/wal/memory_files.h"

namespace creneau::booking {
namespace {

class Counting final : public Entropy {
 public:
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = ++next_;
  }

 private:
  uint8_t next_ = 0;
};

// What a file that was accepted must hold.
void CheckFile(const wal::MemoryFiles::Bytes& bytes, std::span<const uint8_t> secret) {
  std::string text(bytes.begin(), bytes.end());
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  CHECK(text == Hex(secret));
}

void FuzzStaff(std::string_view lines) {
  std::string text = "creneau-staff-keys 1\n";
  for (fuzz::Source source(lines); !source.empty();) {
    const std::string line = std::string(source.Until('\n')) + " ";
    text += line + CheckOfStaffLine(line) + "\n";
  }
  const fuzz::Copy copy(text);
  const auto keys = ReadStaffKeys(copy.view(), "keys/staff");
  if (keys.ok()) return CHECK(WriteStaffKeys(*keys) == text);
  CHECK(absl::IsFailedPrecondition(keys.status()));
  CHECK(keys.status().message().find("keys/staff:") == 0);
}

void FuzzBearer(std::string_view text) {
  const fuzz::Copy copy(text);
  const auto bearer = ReadBearer(copy.view());
  if (bearer) CHECK(WriteBearer(bearer->id, bearer->secret) == text);
}

// But for the signature, which is nobody's.
void FuzzStatement(std::string_view text) {
  const fuzz::Copy copy(text);
  const proof::Seed seed{1};
  CHECK(!proof::IsSignedBy(copy.view(), proof::PublicKeyOf(seed)));
  const auto said = proof::ReadAssertion(copy.view());
  if (!said) return;
  const std::string ours = proof::SignAssertion(*said, seed);
  constexpr size_t kBeforeSignature = 140;   // characters of 105 octets, none of which is shared
  constexpr uint64_t kMost = INT64_MAX / 4;  // later moments are read as this one
  if (static_cast<uint64_t>(said->issued_at.ms) < kMost &&
      static_cast<uint64_t>(said->expires_at.ms) < kMost)
    CHECK(ours.substr(0, kBeforeSignature) == text.substr(0, kBeforeSignature));
  CHECK(proof::IsSignedBy(ours, proof::PublicKeyOf(seed)));
}

}  // namespace
}  // namespace creneau::booking

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  const std::string_view input = fuzz::Text(data, size);
  struct Mode {
    std::string_view prefix;
    void (*fuzz)(std::string_view);
  };
  for (const auto& [prefix, fuzz] :
       {Mode{"staff:", booking::FuzzStaff}, Mode{"bearer:", booking::FuzzBearer},
        Mode{"said:", booking::FuzzStatement}}) {
    if (!input.starts_with(prefix)) continue;
    fuzz(input.substr(prefix.size()));
    return 0;
  }
  wal::MemoryFiles files;
  fuzz::Source source(input);
  const auto put = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const std::string_view text = source.Until('|');
      if (text.empty()) continue;
      files.files[std::string("keys/") + name] =
          std::make_shared<wal::MemoryFiles::Bytes>(text.begin(), text.end());
    }
  };
  put({"pepper.1", "names.key", "checkpoint.key", "checkpoint.pub"});
  const bool may_make = source.Number(1) == '+';
  const bool may_make_chain = source.Number(1) != '-';
  put({"mac.key", "chain.key"});
  put({"receipt.key", "receipt.pub", "receipt.1.pub", "receipt.x.pub"});
  const auto before = files.Copy();
  booking::Counting entropy;
  const std::vector<booking::NeededPepper> peppers(1);
  const auto keys = booking::LoadKeys(files, "keys", entropy, peppers, may_make, may_make_chain);
  const auto again = booking::LoadKeys(files, "keys", entropy, peppers, may_make, may_make_chain);
  CHECK(keys.ok() == again.ok());
  if (!keys.ok()) {
    CHECK(absl::IsFailedPrecondition(keys.status()));
    CHECK(keys.status().message().find("keys/") != absl::string_view::npos);
    for (const auto& [path, bytes] : before) CHECK(files.At(path) == bytes);
    return 0;
  }
  CHECK(!again->made);
  CHECK(keys->peppers == again->peppers && keys->names == again->names);
  CHECK(keys->checkpoint == again->checkpoint);
  CHECK(keys->mac == again->mac && keys->chain == again->chain);
  CHECK(keys->receipt == again->receipt && keys->earlier_receipts == again->earlier_receipts);
  booking::CheckFile(files.At("keys/pepper.1"), keys->peppers.at(1));
  booking::CheckFile(files.At("keys/names.key"), keys->names);
  booking::CheckFile(files.At("keys/checkpoint.key"), keys->checkpoint);
  booking::CheckFile(files.At("keys/mac.key"), keys->mac);
  booking::CheckFile(files.At("keys/chain.key"), keys->chain);
  booking::CheckFile(files.At("keys/receipt.key"), keys->receipt);
  booking::CheckFile(files.At("keys/receipt.pub"), proof::PublicKeyOf(keys->receipt));
  for (const char* name : {"keys/receipt.pub", "keys/receipt.1.pub"}) {
    const auto was = before.find(name);
    if (was == before.end()) continue;
    // No public key that could be read is lost.
    const auto key = proof::ParsePublicKey(std::string(was->second.begin(), was->second.end()));
    const auto& earlier = keys->earlier_receipts;
    CHECK(!key || *key == proof::PublicKeyOf(keys->receipt) ||
          std::find(earlier.begin(), earlier.end(), *key) != earlier.end());
  }
  booking::CheckFile(files.At("keys/checkpoint.pub"), proof::PublicKeyOf(keys->checkpoint));
  return 0;
}
