#include "http/readings.h"

#include <catch2/catch.hpp>

#include "http/reading_room.h"
#include "tests/booking/fixture.h"

namespace creneau::http {
namespace {

constexpr Instant kAsked{1'796'029'200'000};

ReadingOrder Order(const booking::AgendaInfo& agenda, int days) {
  return {.agenda = &agenda, .what = ReadingOrder::What::kReleases, .days = days};
}

// How the answer that is kept under that order is given `after` it was asked for.
std::string Given(ReadingShelf& shelf, const ReadingOrder& order, int64_t after_ms) {
  const Document* const kept = shelf.Find(order, kAsked + after_ms);
  return kept == nullptr ? "to be read" : kept->body;
}

}  // namespace

TEST_CASE("what was read is given for a second, and for ten while one reads it anew") {
  const booking::AgendaInfo agenda{};
  const ReadingOrder order = Order(agenda, 28);
  ReadingShelf shelf;
  CHECK(Given(shelf, order, 0) == "to be read");
  shelf.Keep(order, {.body = "old"}, kAsked);
  const struct {
    int64_t after_ms;
    const char* given;
  } rows[] = {{-1, "to be read"}, {0, "old"},     {999, "old"},          {1'000, "to be read"},
              {1'001, "old"},     {9'999, "old"}, {10'000, "to be read"}};
  for (const auto& [after_ms, given] : rows) {
    INFO(after_ms);
    CHECK(Given(shelf, order, after_ms) == given);
  }
  shelf.Keep(order, {.body = "new"}, kAsked + 10'000);
  CHECK(Given(shelf, order, 10'500) == "new");
}

TEST_CASE("what is another question, failed, or is large, is not given") {
  const booking::AgendaInfo agenda{}, republished{};
  ReadingShelf shelf;
  shelf.Keep(Order(agenda, 28), {.body = "kept"}, kAsked);
  CHECK(Given(shelf, Order(republished, 28), 0) == "to be read");
  ReadingOrder other = Order(agenda, 28);
  other.form = Form::kCalendar;
  CHECK(Given(shelf, other, 0) == "to be read");
  shelf.Keep(Order(agenda, 7), {.outcome = Outcome::kOverloaded}, kAsked);
  CHECK(Given(shelf, Order(agenda, 7), 0) == "to be read");
  shelf.Keep(Order(agenda, 8), {.body = std::string(limits::kRecordPageBytes + 1, 'x')}, kAsked);
  CHECK(Given(shelf, Order(agenda, 8), 0) == "to be read");
}

TEST_CASE("what is asked of the reading room is made, and its places come back") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  ReadingRoom room(*world.engine);
  const booking::AgendaInfo& agenda = *world.engine->FindAgenda("93-titres");
  std::vector<std::unique_ptr<Reading>> taken;
  while (auto reading = room.Reserve(Order(agenda, 28), "", world.clock.now))
    taken.push_back(std::move(reading));
  CHECK(taken.size() == limits::kMaxReadings);
  struct Waiter final : Reading::Waiter {
    void HasBeenRead() override {
      if (!failed.exchange(true)) throw std::bad_alloc();  // is told again
      told.fetch_add(1);
      told.notify_one();
    }
    std::atomic<bool> failed{false};
    std::atomic<size_t> told{0};
  } waiter;
  room.Start();
  for (const auto& reading : taken) room.Ask(*reading, waiter);
  for (size_t told = 0; told < taken.size(); told = waiter.told) waiter.told.wait(told);
  room.Stop();
  for (const auto& reading : taken) {
    CHECK(reading->is_made);
    CHECK(reading->document.body == taken.front()->document.body);
  }
  CHECK(taken.front()->document.body.find("\"bookable_now\"") != std::string::npos);
  taken.clear();
  CHECK(room.Reserve(Order(agenda, 28), "", world.clock.now) != nullptr);
}

}  // namespace creneau::http
