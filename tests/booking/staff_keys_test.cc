// The keys of the staff: their text, their file, and who is admitted by them.
#include "booking/staff_keys.h"

#include <catch2/catch.hpp>

#include "booking/staff_access.h"
#include "tests/wal/memory_files.h"

namespace creneau::booking {
namespace {

constexpr Instant kNow{1'796'029'200'000};
constexpr int64_t kDay = 24 * kMsPerHour;

class Counting final : public Entropy {
 public:
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = next_ = static_cast<uint8_t>(next_ * 5 + 7);
  }

 private:
  uint8_t next_ = 0;
};

struct Made {
  StaffKey key;
  std::string text;  // of its holder
};

Made Make(Entropy& entropy, const std::string& person, rules::Role role = rules::Role::kAgent) {
  const BearerSecret secret = DrawSecret(entropy);
  StaffKey key{.id = DrawKeyId(entropy), .role = role, .person = person};
  key.created = kNow;
  key.expires = kNow + 90 * kDay;
  key.hash = HashOf(secret);
  return {key, WriteBearer(key.id, secret)};
}

void Put(wal::MemoryFiles& files, const std::string& text) {
  files.files["keys/staff"] = std::make_shared<wal::MemoryFiles::Bytes>(text.begin(), text.end());
}

TEST_CASE("a key has one spelling, and reads back") {
  Counting entropy;
  const BearerSecret secret = DrawSecret(entropy);
  const std::string text = WriteBearer("7K3M9QXA", secret);
  CHECK(text.size() == kBearerChars);
  CHECK(text.substr(0, 13) == "crk_7K3M9QXA_");
  const auto read = ReadBearer(text);
  REQUIRE(read);
  CHECK(read->id == "7K3M9QXA");
  CHECK(read->secret == secret);
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'!', ' ', '=', '\0', '\xbf'}) {
      std::string wrong = text;
      wrong[i] = c;
      CHECK(!ReadBearer(wrong));
    }
    CHECK(!ReadBearer(text.substr(0, i)));
  }
  CHECK(!ReadBearer(text + "A"));
  CHECK(!ReadBearer("CRK" + text.substr(3)));
  CHECK(!ReadBearer("crk_7k3m9qxa" + text.substr(12)));
  // The last character has two bits that mean nothing, and they are zero.
  int spellings = 0;
  for (int c = 33; c < 127; ++c) {
    const auto other = ReadBearer(text.substr(0, text.size() - 1) + static_cast<char>(c));
    spellings += other && other->secret == secret ? 1 : 0;
  }
  CHECK(spellings == 1);
}

TEST_CASE("the file reads back as it was written") {
  Counting entropy;
  std::vector<StaffKey> keys = {Make(entropy, "a.dupont").key,
                                Make(entropy, "site-92", rules::Role::kSite).key,
                                Make(entropy, "0@b_c-d", rules::Role::kAuditor).key};
  keys[0].agendas = {"92-naturalisation", "93-titres"};
  keys[1].assert_key = AssertKey{1, 2, 3};
  keys[2].revoked = kNow + 5'000;
  const std::string text = WriteStaffKeys(keys);
  const auto read = ReadStaffKeys(text, "keys/staff");
  REQUIRE(read.ok());
  CHECK(*read == keys);
  CHECK(ReadStaffKeys("", "keys/staff")->empty());
  CHECK(ReadStaffKeys(WriteStaffKeys({}), "keys/staff")->empty());
}

TEST_CASE("a damaged line is named, whichever octet it is, and nothing of it is told") {
  Counting entropy;
  const std::vector<StaffKey> keys = {Make(entropy, "ada").key, Make(entropy, "bert").key};
  const std::string text = WriteStaffKeys(keys);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    const auto read = ReadStaffKeys(damaged, "keys/staff");
    INFO(i << ": " << damaged);
    REQUIRE(absl::IsFailedPrecondition(read.status()));
    const std::string message(read.status().message());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<int64_t>(i), '\n');
    CHECK(message.find("keys/staff:" + std::to_string(line) + ": ") == 0);
    CHECK(message.find("creneauctl key create") != std::string::npos);
    for (const StaffKey& key : keys) CHECK(message.find(key.person) == std::string::npos);
  }
  // Cut between lines it is a file of fewer keys; anywhere else it is none.
  for (size_t size = 1; size < text.size(); ++size)
    CHECK(ReadStaffKeys(text.substr(0, size), "keys/staff").ok() == (text[size - 1] == '\n'));
  CHECK(!ReadStaffKeys(WriteStaffKeys({keys[0], keys[0]}), "keys/staff").ok());
  CHECK(!ReadStaffKeys(text + "\n", "keys/staff").ok());
}

TEST_CASE("fields that are none are refused, however right the checksum") {
  Counting entropy;
  const auto reads = [&](auto change) {
    StaffKey key = Make(entropy, "ada").key;
    change(key);
    return ReadStaffKeys(WriteStaffKeys({key}), "keys/staff").ok();
  };
  CHECK(reads([](StaffKey&) {}));
  CHECK(!reads([](StaffKey& key) { key.id = "7K3M9QX"; }));
  CHECK(!reads([](StaffKey& key) { key.id = "7K3M9QXI"; }));
  for (const char* person : {"", "Ada", "uid:0", "a b", "-"})
    CHECK(!reads([=](StaffKey& key) { key.person = person; }));
  for (const char* agenda : {"", "92 nat", "92,93,", "-", "Nat"})
    CHECK(!reads([=](StaffKey& key) { key.agendas = {agenda}; }));
  CHECK(!reads([](StaffKey& key) { key.assert_key = AssertKey{}; }));  // of an agent
  CHECK(!reads([](StaffKey& key) { key.agendas.assign(limits::kStaffKeyAgendas + 1, "a"); }));
}

TEST_CASE("who is admitted") {
  Counting entropy;
  wal::MemoryFiles files;
  StaffAccess access;
  using Verdict = Admission::Verdict;
  const Made ada = Make(entropy, "ada");
  const auto admit = [&](const std::string& text, Instant now = kNow) {
    const auto bearer = ReadBearer(text);
    REQUIRE(bearer);
    return access.Admit(*bearer, now);
  };
  REQUIRE(access.Reload(files, "keys").ok());  // there is no file
  CHECK(admit(ada.text).verdict == Verdict::kUnknown);
  Put(files, WriteStaffKeys({ada.key}));
  CHECK(admit(ada.text).verdict == Verdict::kUnknown);  // not before somebody says so
  REQUIRE(access.Reload(files, "keys").ok());
  const Admission admitted = admit(ada.text);
  REQUIRE(admitted.verdict == Verdict::kStands);
  CHECK(admitted.key->person == "ada");
  CHECK(admit(ada.text, ada.key.expires + (-1)).verdict == Verdict::kStands);
  CHECK(admit(ada.text, ada.key.expires).verdict == Verdict::kExpired);

  // Another's secret, another's id, a secret that is off by a bit.
  const Made bert = Make(entropy, "bert");
  CHECK(admit(bert.text).verdict == Verdict::kUnknown);
  CHECK(admit(ada.text.substr(0, 13) + bert.text.substr(13)).verdict == Verdict::kUnknown);
  CHECK(admit(bert.text.substr(0, 13) + ada.text.substr(13)).verdict == Verdict::kUnknown);
  std::string off = ada.text;
  off[20] = off[20] == 'A' ? 'B' : 'A';
  CHECK(admit(off).verdict == Verdict::kUnknown);

  // A bad file changes nothing, a good one everything, at once.
  Put(files, WriteStaffKeys({ada.key}) + "rubbish\n");
  CHECK(!access.Reload(files, "keys").ok());
  CHECK(admit(ada.text).verdict == Verdict::kStands);
  const Actor actor = ActorOf(*admitted.key);
  CHECK(access.StillStands(actor, kNow));
  CHECK(!access.StillStands(actor, ada.key.expires));
  StaffKey revoked = ada.key;
  revoked.revoked = kNow;
  Put(files, WriteStaffKeys({revoked, bert.key}));
  REQUIRE(access.Reload(files, "keys").ok());
  CHECK(admit(ada.text).verdict == Verdict::kRevoked);
  CHECK(admit(bert.text).verdict == Verdict::kStands);
  CHECK(!access.StillStands(actor, kNow));
  CHECK(access.StillStands({.person = "uid:1000"}, kNow));
  CHECK(admitted.key->person == "ada");  // for as long as somebody has it
}

}  // namespace
}  // namespace creneau::booking
