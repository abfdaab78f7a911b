#include "bench/creneau-bench/crowd/sight.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "absl/time/time.h"
#include "base/text.h"
#include "bench/creneau-bench/response.h"
#include "bench/creneau-bench/schedule.h"

namespace creneau::bench {
namespace {

// Whoever is nearly there looks every two seconds, and nobody goes without news for longer than
// half a minute: a grant lapses after two.
constexpr int64_t kShortestPollNs = 2 * kNsPerSecond;
constexpr int64_t kLongestPollNs = 30 * kNsPerSecond;
constexpr int64_t kNothingServedNs = 5 * kNsPerSecond;

std::optional<Phase> PhaseOf(std::string_view text) {
  if (text == "closed") return Phase::kClosed;
  if (text == "gathering") return Phase::kGathering;
  if (text == "open") return Phase::kOpen;
  if (text == "exhausted") return Phase::kExhausted;
  return std::nullopt;
}

uint64_t CountOf(std::string_view body, std::string_view name) {
  return static_cast<uint64_t>(std::max(JsonNumber(body, name), 0L));
}

std::optional<absl::Time> TimeOf(std::string_view body, std::string_view name) {
  const std::string_view text = JsonText(body, name);
  absl::Time time;
  std::string error;
  const bool read = absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error);
  if (!read) return std::nullopt;
  return time;
}

}  // namespace

std::optional<surge::ChainValue> ReadChainValue(std::string_view hex) {
  surge::ChainValue key{};
  if (hex.size() != 2 * key.size()) return std::nullopt;
  for (size_t i = 0; i < key.size(); ++i) {
    const char* const digits = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, key[i], 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
  }
  return key;
}

std::optional<Sight> ReadSight(std::string_view body, int64_t now_ns) {
  Sight sight;
  const std::optional<Phase> phase = PhaseOf(JsonText(body, "\"phase\""));
  const std::optional<absl::Time> now = TimeOf(body, "\"now\"");
  const std::string_view served_rank = JsonText(body, "\"served_rank\"");
  const auto [end, error] = std::from_chars(
      served_rank.data(), served_rank.data() + served_rank.size(), sight.served_rank);
  if (!phase || !now || error != std::errc() || end != served_rank.data() + served_rank.size()) {
    return std::nullopt;
  }
  const auto on_our_clock = [&](std::string_view name) {
    const std::optional<absl::Time> time = TimeOf(body, name);
    return time ? now_ns + absl::ToInt64Nanoseconds(*time - *now) : 0;
  };
  const std::optional<CivilDate> opening = ParseDate(JsonText(body, "\"opening\""));
  if (!opening) return std::nullopt;
  sight.known = true;
  sight.day = DaysFromCivil(*opening);
  sight.phase = *phase;
  sight.paused = body.find("\"paused\":true") != std::string_view::npos ||
                 body.find("\"paused\": true") != std::string_view::npos;
  sight.fetched_ns = now_ns;
  sight.gathers_ns = on_our_clock("\"gathers_at\"");
  sight.opens_ns = on_our_clock("\"opens_at\"");
  sight.closes_ns = on_our_clock("\"closes_at\"");
  sight.served = CountOf(body, "\"served\"");
  sight.gathered = CountOf(body, "\"gathered\"");
  sight.waiting = CountOf(body, "\"waiting\"");
  sight.free = CountOf(body, "\"free\"");
  sight.rate_per_min = static_cast<uint32_t>(CountOf(body, "\"rate_per_min\""));
  sight.k = ReadChainValue(JsonText(body, "\"k\""));
  return sight;
}

uint64_t PlaceOf(const Sight& sight, surge::Rank rank, uint32_t before) {
  const uint64_t ahead =
      rank.bucket().value == 0
          ? static_cast<uint64_t>(static_cast<double>(sight.gathered) * rank.share())
          : uint64_t{before} + 1;
  return ahead > sight.served ? ahead - sight.served : 0;
}

int64_t PollAfterNs(const Sight& sight, uint64_t place) {
  if (sight.rate_per_min == 0) return kNothingServedNs;
  const double wait_s = static_cast<double>(place) * 60 / sight.rate_per_min;
  const auto quarter = static_cast<int64_t>(std::min(wait_s, 1e6) / 4 * 1e9);
  return std::clamp(quarter, kShortestPollNs, kLongestPollNs);
}

}  // namespace creneau::bench
