// What the public reads say, kept for a millisecond: when everybody looks at the same agenda, it is
// counted and spelled once and not for each of them.
//
// An answer is given again only to requests that came within the millisecond for which it was
// rendered, and only while the agenda's version is in force: so it is never older than the
// millisecond in which it was asked for, however many book meanwhile. Nor is it older than what was
// done before on the same connection: whoever has just taken a seat there sees it taken. It may
// show what is not durable yet, as a fresh one may: it names nobody, and promises nothing.
//
// The status document of a queue is rendered once a second, as everybody may keep it for one.
//
// One of these per thread; bounded, and what it bounds is memory: of two answers that fall into one
// place, the later one stays, and large ones are not kept.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "base/ids.h"
#include "base/instant.h"
#include "booking/answers.h"

namespace creneau::http {

class ReadCache {
 public:
  static constexpr int32_t kNoDay = std::numeric_limits<int32_t>::min();

  // What was asked for. The agenda's address stands for its version: versions are never given back.
  struct Question {
    const booking::AgendaInfo* agenda = nullptr;
    enum class What : uint8_t { kAgenda, kSlots, kQueue };
    What what = What::kAgenda;
    int32_t from = kNoDay;  // days since 1970
    int32_t to = kNoDay;
    friend bool operator==(const Question&, const Question&) = default;
  };

  struct Answer {
    Question question;
    Instant asked_at;      // by whoever it was rendered for
    uint64_t changes = 0;  // of this thread's, that were made before it
    std::string body;
    std::string tag;  // its ETag, in quotes
  };

  // Where the answer to that question is, if it may be given to who asks `now` and knows of the
  // thread's first `known` changes; else `fresh` is false, and it is to be filled. Valid until the
  // next call.
  Answer& Find(const Question& question, Instant now, uint64_t known, bool& fresh);

  // What this thread has just done may have changed something: so many times by now.
  uint64_t Change() { return ++changes_; }

  // Gives back what is too large to be kept. After the reply has been put together.
  void Trim();

 private:
  static constexpr size_t kPlaces = 16;
  // A week of slots of a large office is 100 kB. Sixteen of these are 4 MiB for each thread.
  static constexpr size_t kLargestKept = size_t{256} << 10;

  std::array<Answer, kPlaces> places_;
  Answer* latest_ = nullptr;  // asked for last
  Instant latest_at_;
  uint64_t changes_ = 0;
};

}  // namespace creneau::http
