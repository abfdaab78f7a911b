// The key that signs receipts, and those that have.
#include <filesystem>

#include "base/text.h"
#include "booking/keys.h"
#include "tests/booking/receipt_fixture.h"

namespace creneau::booking {
namespace {

void Rename(const World& world, const char* from, const char* to) {
  std::filesystem::rename(world.directory + "/keys/" + from, world.directory + "/keys/" + to);
}
bool Exists(const World& world, const char* name) {
  return std::filesystem::exists(world.directory + "/keys/" + name);
}

}  // namespace

TEST_CASE("receipts outlive the key that signed them, however it is replaced") {
  World world;
  REQUIRE(world.Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  const auto attempt = world.Hold("A1000", "", "", "closed").attempt;
  const std::string old = ReceiptOf(world, attempt).receipt;
  const proof::PublicKey old_key = PublicOf(world)[0];
  CHECK_FALSE(world.engine->start_report().receipt_key_made);
  world.Stop();
  SECTION("by hand, as the README says") {
    Rename(world, "receipt.pub", "receipt.1.pub");
    std::filesystem::remove(world.directory + "/keys/receipt.key");
  }
  SECTION("with receipt.pub left behind") {
    std::filesystem::remove(world.directory + "/keys/receipt.key");
  }
  SECTION("with another secret put in its place") {
    std::ofstream(world.directory + "/keys/receipt.key") << std::string(64, 'a') << "\n";
  }
  world.Start();
  CHECK(PublicOf(world, {"receipt.1.pub"})[0] == old_key);
  CHECK(PublicOf(world)[0] != old_key);
  CHECK(world.engine->VerifyReceipt(old).receipt);
  const std::string anew = ReceiptOf(world, attempt).receipt;
  CHECK(anew != old);
  CHECK(world.engine->VerifyReceipt(anew).receipt);
  const std::vector<PublishedKey>& keys = world.engine->PublicKeys();
  REQUIRE(keys.size() == 3);
  CHECK(keys[0].key == Hex(PublicOf(world)[0]));
  CHECK(keys[0].current);
  CHECK(keys[1].key == Hex(old_key));
  CHECK_FALSE(keys[1].current);
  CHECK(keys[2].use == "checkpoint");
  // And once more: the first one stays, and nothing changes by a start.
  world.Stop();
  std::filesystem::remove(world.directory + "/keys/receipt.key");
  world.Start();
  CHECK(world.engine->start_report().receipt_key_made);
  CHECK(Exists(world, "receipt.2.pub"));
  world.Restart();
  CHECK_FALSE(Exists(world, "receipt.3.pub"));
  CHECK(world.engine->VerifyReceipt(old).receipt);
  CHECK(world.engine->VerifyReceipt(anew).receipt);
}

TEST_CASE("a directory from before there were receipts gets their key, and a broken one is named") {
  World world;
  world.Stop();
  std::filesystem::remove(world.directory + "/keys/receipt.key");
  std::filesystem::remove(world.directory + "/keys/receipt.pub");
  world.Start();
  CHECK(Exists(world, "receipt.pub"));
  CHECK_FALSE(Exists(world, "receipt.1.pub"));
  world.Stop();
  for (const char* name : {"receipt.key", "receipt.7.pub"}) {
    INFO(name);
    const std::string before = FileOf(world, name);
    std::ofstream(world.directory + "/keys/" + name) << "no key";
    const auto keys = LoadKeys(world.files, world.directory + "/keys", world.entropy,
                               {NeededPepper{}}, false, false);
    CHECK(absl::IsFailedPrecondition(keys.status()));
    CHECK(keys.status().message().find(name) != absl::string_view::npos);
    if (before.empty())
      std::filesystem::remove(world.directory + "/keys/" + name);
    else
      std::ofstream(world.directory + "/keys/" + name) << before;
  }
  world.Start();
}

}  // namespace creneau::booking
