// Chain, ranks and tickets: what is published proves what was done, and nothing altered passes.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "base/prng.h"
#include "base/text.h"
#include "catch2/catch.hpp"
#include "surge/arrivals.h"
#include "surge/key_chain.h"
#include "surge/line.h"
#include "surge/people_counter.h"
#include "surge/rank.h"
#include "surge/ticket.h"

namespace creneau::surge {
namespace {

constexpr int32_t kDay = kChainFirstDay + 334;  // 2026-12-01
constexpr OpeningId kOpening{AgendaId{3}, kDay};

KeyedHash::Key KeyOf(uint8_t fill) {
  KeyedHash::Key key;
  key.fill(fill);
  return key;
}

Ticket ExampleOf(const KeyedHash& secret) {
  return {kOpening, Bucket{17}, 4711, TagOf(secret, kOpening, Subject{1, 2}),
          Nonce{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
}

}  // namespace

TEST_CASE("what a beacon gave is mixed into K by HMAC-SHA-256, and nothing changes nothing") {
  ChainValue k;
  std::iota(k.begin(), k.end(), uint8_t{0});
  CHECK(WithBeacon(k, "") == k);
  // By another program: Python's hmac.
  CHECK(Hex(WithBeacon(k, "4f1c e9")) ==
        "e35f4356fa78d50c303dc5fac4854eb2abf6b9b4562286d22a815ecfcddc2556");
}

TEST_CASE("the K of every day leads to the end that was published, and no other value does") {
  const KeyChain chain(KeyOf(1), "92-naturalisation");
  const ChainValue end = chain.End();
  for (const int32_t day : {kChainFirstDay, kDay, kChainFirstDay + kChainDays - 1}) {
    const std::optional<ChainValue> k = chain.KeyOf(day);
    REQUIRE(k);
    CHECK(BelongsToChain(*k, day, end));
    CHECK(!BelongsToChain(*k, day + 1, end));
    CHECK(!BelongsToChain(*k, day - 1, end));
    ChainValue other = *k;
    other[31] ^= 1;
    CHECK(!BelongsToChain(other, day, end));
  }
  CHECK(!chain.KeyOf(kChainFirstDay - 1));
  CHECK(!chain.KeyOf(kChainFirstDay + kChainDays));
  CHECK(KeyChain(KeyOf(1), "92-naturalisation").End() == end);
  CHECK(KeyChain(KeyOf(1), "92-titres").End() != end);
  CHECK(KeyChain(KeyOf(2), "92-naturalisation").End() != end);
}

TEST_CASE("a tag is a subject's in one opening, and the rank follows from K and tag alone") {
  const KeyedHash secret(KeyOf(1));
  const Tag tag = TagOf(secret, kOpening, Subject{1, 2});
  CHECK(tag == TagOf(secret, kOpening, Subject{1, 2}));
  CHECK(tag != TagOf(secret, kOpening, Subject{2, 1}));
  CHECK(tag != TagOf(secret, {AgendaId{4}, kDay}, Subject{1, 2}));
  CHECK(tag != TagOf(secret, {AgendaId{3}, kDay + 1}, Subject{1, 2}));
  CHECK(tag != TagOf(KeyedHash(KeyOf(2)), kOpening, Subject{1, 2}));

  // HMAC-SHA-256 of sixteen zero octets under 32 zero octets, by Python's hmac.
  const Rank rank = RankOf(ChainValue{}, Tag{}, Bucket{2});
  CHECK(rank.bucket() == Bucket{2});
  CHECK((rank.value & Rank::kDrawnMax) == 0x853c7403937dull);
}

TEST_CASE("those who gather come before those of the first second, and these before the next") {
  const Instant opened{1'000'000};
  CHECK(BucketAt(opened, opened - 5) == Bucket{1});
  CHECK(BucketAt(opened, opened) == Bucket{1});
  CHECK(BucketAt(opened, opened + 999) == Bucket{1});
  CHECK(BucketAt(opened, opened + 1000) == Bucket{2});
  CHECK(BucketAt(opened, opened + int64_t{70'000} * 1000) == Bucket{kMaxBucket});
  const KeyedHash secret(KeyOf(1));
  const ChainValue k = *KeyChain(KeyOf(1), "a").KeyOf(kDay);
  for (uint64_t person = 0; person < 100; ++person) {
    const Tag tag = TagOf(secret, kOpening, Subject{person, 7});
    const Rank gathered = RankOf(k, tag, Bucket{0});
    CHECK(gathered > Rank{0});
    CHECK(gathered <= RankAt(Bucket{0}, 1));
    CHECK(RankAt(Bucket{0}, 1) < RankOf(k, tag, Bucket{1}));
    CHECK(RankOf(k, tag, Bucket{1}) <= RankAt(Bucket{1}, 1));
    CHECK(RankAt(Bucket{1}, 1) < RankOf(k, tag, Bucket{2}));
  }
}

// 200 openings of 500 people: Spearman's rank correlation of arrival and place. Under fairness a
// coefficient has mean 0 and variance 1/499; their mean over openings is then within four of its
// standard deviations but once in 16,000 seeds, and the seed is fixed.
TEST_CASE("who gathers first has no better place than who gathers last") {
  constexpr int kOpenings = 200;
  constexpr int kPeople = 500;
  const KeyedHash secret(KeyOf(5));
  const KeyChain chain(KeyOf(6), "92-naturalisation");
  double sum = 0;
  for (int opening = 0; opening < kOpenings; ++opening) {
    const OpeningId id{AgendaId{1}, kDay + opening};
    const ChainValue k = *chain.KeyOf(id.day);
    std::vector<std::pair<Rank, int>> places;
    for (int arrival = 0; arrival < kPeople; ++arrival) {
      const Subject subject{static_cast<uint64_t>(arrival), 99};
      places.push_back({RankOf(k, TagOf(secret, id, subject), Bucket{0}), arrival});
    }
    std::sort(places.begin(), places.end());
    double squares = 0;
    for (int place = 0; place < kPeople; ++place) {
      const double apart = places[static_cast<size_t>(place)].second - place;
      squares += apart * apart;
    }
    sum += 1 - 6 * squares / (double{kPeople} * (double{kPeople} * kPeople - 1));
  }
  const double mean = sum / kOpenings;
  const double deviation = 1 / std::sqrt((kPeople - 1.0) * kOpenings);
  const double p_value = std::erfc(std::abs(mean) / deviation / std::sqrt(2.0));
  INFO("Spearman's rho, mean of " << kOpenings << " openings: " << mean << ", p " << p_value);
  CHECK(std::abs(mean) < 4 * deviation);
  WARN("Spearman's rho of arrival and rank, mean of 200 openings: " << mean << ", p = " << p_value);
}

// 200 people who ask once, 200 bots that ask a hundred times each and always get the same answer,
// 60 seats, 50 openings. Half of each gather, and have all seats; half come in the first seconds.
// Who is served does not depend on who asks how often, so the seats that bots get are
// hypergeometric: their mean is half of all, and four standard deviations are exceeded by one seed
// in 16,000. The seed is fixed.
TEST_CASE("a bot with a hundred times the requests of a person gets no more seats") {
  constexpr uint64_t kEach = 200;
  constexpr uint32_t kRequests = 100;
  constexpr size_t kSeats = 60;
  constexpr int kOpenings = 50;
  const KeyedHash secret(KeyOf(5));
  const KeyChain chain(KeyOf(6), "92-naturalisation");
  Prng prng(7);
  int with_bots = 0;
  int otherwise = 0;  // answers that were not the first one again
  for (int day = 0; day < kOpenings; ++day) {
    const OpeningId opening{AgendaId{1}, kDay + day};
    const ChainValue k = *chain.KeyOf(opening.day);
    Arrivals arrivals(Cells::Salt{}, 1u << 12);
    PeopleCounter gathered;
    std::vector<std::pair<Rank, bool>> best;
    Line line;
    std::vector<uint32_t> came_late(1 + kRequests);
    for (uint64_t who = 0; who < 2 * kEach; ++who) {
      const bool bot = who % 2 == 0;
      const Tag tag = TagOf(secret, opening, Subject{who, 99});
      Bucket second{who % 4 < 2 ? 0 : 1 + static_cast<uint32_t>(prng.Below(10))};
      if (second.value == 0) gathered.Add(tag);
      const Arrivals::Seen first = arrivals.FirstSeen(opening, tag, second);
      if (first.bucket.value > 0) ++came_late[first.bucket.value];
      for (uint32_t asked = 1; asked < (bot ? kRequests : 1); ++asked) {
        ++second.value;  // and once more in the next second
        otherwise += arrivals.FirstSeen(opening, tag, second).bucket != first.bucket;
      }
      best.push_back({RankOf(k, tag, first.bucket), bot});
    }
    line.SetGathered(static_cast<uint32_t>(gathered.Estimate()));
    for (uint32_t second = 1; second <= kRequests; ++second) {
      for (uint32_t i = 0; i < came_late[second]; ++i) line.Arrive(Bucket{second});
    }
    std::sort(best.begin(), best.end());
    // One after the other is let in until the seats are taken.
    size_t seated = 0;
    for (Instant now{1'000}; seated < kSeats; now = now + 250) {
      line.Admit(1, Bucket{kRequests}, now);
      for (; seated < kSeats && line.Judge(best[seated].first) == Line::Turn::kNow; ++seated)
        with_bots += best[seated].second;
    }
  }
  constexpr double kMean = kOpenings * kSeats / 2.0;
  const double deviation = std::sqrt(kMean / 2 * (1.0 * kEach - kSeats) / (kEach - 1.0));
  CHECK(otherwise == 0);
  CAPTURE(with_bots, kMean, deviation);
  CHECK(std::abs(with_bots - kMean) < 4 * deviation);
}

TEST_CASE("a ticket comes back as it was signed; with another secret it is none") {
  const KeyedHash secret(KeyOf(1));
  const Ticket ticket = ExampleOf(secret);
  const TicketText text = Sign(secret, ticket);
  CHECK(Verify(secret, text.view()) == ticket);
  CHECK(ReadUnverified(text.view()) == ticket);
  CHECK(!Verify(KeyedHash(KeyOf(2)), text.view()));
}

TEST_CASE("a ticket with any bit flipped, any character changed, cut or longer is none") {
  const KeyedHash secret(KeyOf(1));
  const std::string good(Sign(secret, ExampleOf(secret)).view());
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 6; ++bit) {
      std::string bad = good;
      bad[at] = kDigits[kDigits.find(good[at]) ^ (size_t{1} << bit)];
      CHECK(!Verify(secret, bad));
    }
    std::string foreign = good;
    for (const char c : {'=', '+', '/', ' ', '\0', '\xc3'}) {
      foreign[at] = c;
      CHECK(!Verify(secret, foreign));
      CHECK(!ReadUnverified(foreign));
    }
    CHECK(!Verify(secret, good.substr(0, at)));
  }
  CHECK(!Verify(secret, good + "A"));
  CHECK(!Verify(secret, good + "="));
  CHECK(!Verify(secret, ""));
}

}  // namespace creneau::surge
