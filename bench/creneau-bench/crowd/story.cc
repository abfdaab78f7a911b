#include "bench/creneau-bench/crowd/story.h"

#include <algorithm>
#include <cmath>

namespace creneau::bench {
namespace {

constexpr size_t kExamples = 10;

}  // namespace

StorySecond& Story::At(int64_t at_ns) {
  const auto second = static_cast<size_t>(std::max<int64_t>(at_ns, 0) / kNsPerSecond);
  if (second >= seconds.size()) seconds.resize(second + 1);
  return seconds[second];
}

void Story::Count(Ask ask, bool bot, int status, std::string_view code) {
  // A handful: looked for from the front, where the frequent ones came first.
  for (AskOutcome& one : outcomes) {
    if (one.ask != ask || one.bot != bot || one.status != status || one.code != code) continue;
    ++one.count;
    return;
  }
  outcomes.push_back({ask, bot, status, std::string(code), 1});
}

void Story::Wrong(std::string what) {
  ++wrong_replies;
  const bool known =
      std::find(wrong_examples.begin(), wrong_examples.end(), what) != wrong_examples.end();
  if (!known && wrong_examples.size() < kExamples) wrong_examples.push_back(std::move(what));
}

uint64_t Story::EndedAs(End end) const {
  uint64_t sum = 0;
  for (const auto& group : ends) sum += group[static_cast<size_t>(end)];
  return sum;
}

void Correlation::Add(double x, double y) {
  // Welford's way: the squares of nanoseconds would lose the difference.
  ++n_;
  const double dx = x - mean_x_;
  mean_x_ += dx / static_cast<double>(n_);
  const double dy = y - mean_y_;
  mean_y_ += dy / static_cast<double>(n_);
  xx_ += dx * (x - mean_x_);
  yy_ += dy * (y - mean_y_);
  xy_ += dx * (y - mean_y_);
}

Fairness Correlation::Done() const {
  Fairness fairness;
  fairness.people = n_;
  if (n_ < 3 || xx_ <= 0 || yy_ <= 0) return fairness;
  fairness.r = xy_ / std::sqrt(xx_ * yy_);
  // For many pairs r is normal with a variance of 1/(n - 1) when there is nothing to it.
  const double z = std::abs(fairness.r) * std::sqrt(static_cast<double>(n_ - 1));
  fairness.p = std::erfc(z / std::sqrt(2.0));
  return fairness;
}

}  // namespace creneau::bench
