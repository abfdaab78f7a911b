// The fault model of disk.h, rule by rule: a model that is kinder than it says would prove nothing.
#include "tests/sim/disk.h"

#include "catch2/catch.hpp"

namespace creneau::sim {
namespace {

std::vector<uint8_t> Page(char c) { return std::vector<uint8_t>(limits::kPageBytes, c); }

struct Fixture {
  Disk disk{1};

  std::unique_ptr<env::File> Make(const std::string& path) {
    auto file = disk.Open(path, env::OpenMode::kCreate);
    REQUIRE(file.ok());
    REQUIRE((*file)->WriteAt(0, Page('a')).ok());
    REQUIRE((*file)->Sync().ok());
    REQUIRE(disk.SyncDirectory("d").ok());
    return *std::move(file);
  }
  std::string Read(const std::string& path) {
    auto file = disk.Open(path, env::OpenMode::kRead);
    if (!file.ok()) return "gone";
    std::vector<uint8_t> bytes(limits::kPageBytes);
    const auto got = (*file)->ReadAt(0, bytes);
    REQUIRE(got.ok());
    return *got == 0 ? "empty" : std::string(1, static_cast<char>(bytes[0]));
  }
  void Lose(Loss loss) {
    disk.PowerLoss(loss);
    disk.Restart();
  }
};

TEST_CASE_METHOD(Fixture,
                 "what was not synced is lost or kept with the power, and kept by a kill") {
  auto file = Make("d/f");
  REQUIRE(file->WriteAt(0, Page('b')).ok());
  CHECK(Read("d/f") == "b");
  SECTION("lost") {
    Lose(Loss::kAllLost);
    CHECK(Read("d/f") == "a");
  }
  SECTION("kept") {
    Lose(Loss::kAllKept);
    CHECK(Read("d/f") == "b");
  }
  SECTION("killed, and then lost") {
    disk.Kill();
    CHECK_FALSE(file->Sync().ok());
    disk.Restart();
    CHECK(Read("d/f") == "b");
    Lose(Loss::kAllLost);
    CHECK(Read("d/f") == "a");
  }
  SECTION("synced") {
    REQUIRE(file->Sync().ok());
    Lose(Loss::kAllLost);
    CHECK(Read("d/f") == "b");
  }
}

TEST_CASE_METHOD(Fixture,
                 "a durable write is durable, and one that the power cuts is torn by sectors") {
  Make("d/f");
  auto file = disk.Open("d/f", env::OpenMode::kDurable);
  REQUIRE(file.ok());
  REQUIRE((*file)->WriteAt(0, Page('b')).ok());
  Lose(Loss::kAllLost);
  CHECK(Read("d/f") == "b");
  bool torn = false;
  for (int i = 0; i < 50; ++i) {
    auto again = disk.Open("d/f", env::OpenMode::kDurable);
    disk.FailAt(1, Fault::kPowerLoss, Loss::kTorn);
    CHECK_FALSE((*again)->WriteAt(0, Page(static_cast<char>('c' + i % 2))).ok());
    disk.Restart();
    const auto& bytes = disk.Bytes("d/f");
    for (size_t sector = 0; sector < limits::kPageBytes; sector += 512) {
      for (size_t i2 = 1; i2 < 512; ++i2) REQUIRE(bytes[sector] == bytes[sector + i2]);
      torn = torn || bytes[sector] != bytes[0];
    }
  }
  CHECK(torn);
}

TEST_CASE_METHOD(Fixture, "names are lost without a sync of their directory, in order") {
  Make("d/f");
  auto file = disk.Open("d/g", env::OpenMode::kCreate);
  REQUIRE((*file)->WriteAt(0, Page('g')).ok());
  REQUIRE((*file)->Sync().ok());
  REQUIRE(disk.Rename("d/g", "d/h").ok());
  REQUIRE(disk.Remove("d/f").ok());
  SECTION("lost") {
    Lose(Loss::kAllLost);
    CHECK(Read("d/f") == "a");
    CHECK(Read("d/g") == "gone");
    CHECK(Read("d/h") == "gone");
  }
  SECTION("any prefix") {
    Lose(Loss::kTorn);
    CHECK_FALSE((Read("d/g") != "gone" && Read("d/h") != "gone"));
    if (Read("d/f") == "gone") CHECK(Read("d/h") == "g");
  }
  SECTION("synced") {
    REQUIRE(disk.SyncDirectory("d").ok());
    Lose(Loss::kAllLost);
    CHECK(Read("d/f") == "gone");
    CHECK(Read("d/h") == "g");
  }
}

TEST_CASE_METHOD(Fixture,
                 "after a sync that failed the next one says that all is well, and it is not") {
  auto file = Make("d/f");
  REQUIRE(file->WriteAt(0, Page('b')).ok());
  disk.FailAt(1, Fault::kSyncError);
  CHECK_FALSE(file->Sync().ok());
  CHECK(file->Sync().ok());
  CHECK(Read("d/f") == "b");
  Lose(Loss::kAllKept);
  CHECK(Read("d/f") == "a");
}

TEST_CASE_METHOD(Fixture, "a full disk takes no more, and what is there can be written") {
  auto file = Make("d/f");
  disk.set_available_bytes(0);
  auto other = disk.Open("d/g", env::OpenMode::kCreate);
  REQUIRE(other.ok());
  CHECK(absl::IsResourceExhausted((*other)->ZeroFill(limits::kPageBytes)));
  CHECK(file->WriteAt(0, Page('b')).ok());
}

TEST_CASE_METHOD(Fixture, "a misdirected read gives another page") {
  auto file = Make("d/f");
  REQUIRE(file->WriteAt(limits::kPageBytes, Page('z')).ok());
  disk.Misdirect("d/f", 0, 1);
  CHECK(Read("d/f") == "z");
}

}  // namespace
}  // namespace creneau::sim
