#include "http/read_cache.h"

#include "base/prng.h"

namespace creneau::http {
namespace {

int64_t SecondOf(Instant instant) { return instant.ms / kMsPerSecond; }

}  // namespace

ReadCache::Answer& ReadCache::Find(const Question& question, Instant now, uint64_t known,
                                   bool& fresh) {
  const uint64_t days = static_cast<uint64_t>(static_cast<uint32_t>(question.from)) << 32 |
                        static_cast<uint32_t>(question.to);
  const uint64_t agenda =
      question.agenda->id.value * uint64_t{4} + static_cast<uint64_t>(question.what);
  Answer& answer = places_[Mix64(Mix64(days) ^ agenda) % kPlaces];
  latest_ = &answer;
  // The clock was set back: what was rendered before must not seem to be of a moment to come.
  if (now < latest_at_) {
    for (Answer& each : places_) each.question = {};
  }
  latest_at_ = now;
  const bool queue = question.what == Question::What::kQueue;
  const bool then = queue ? SecondOf(answer.asked_at) == SecondOf(now)
                          : answer.asked_at == now && answer.changes >= known;
  fresh = answer.question == question && then;
  if (fresh) return answer;
  // Not to be found should rendering fail.
  answer.question = {};
  answer.asked_at = now;
  answer.changes = changes_;
  answer.body.clear();
  answer.tag.clear();
  return answer;
}

void ReadCache::Trim() {
  if (latest_ == nullptr || latest_->body.capacity() <= kLargestKept) return;
  latest_->question = {};
  std::string().swap(latest_->body);
}

}  // namespace creneau::http
