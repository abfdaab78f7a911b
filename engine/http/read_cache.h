// What the public reads say, kept for a millisecond: when everybody looks at the same agenda, it is
// counted and spelled once and not for each of them.
//
// An answer is given again only within the millisecond in which it was rendered, only while the
// agenda's version is in force, and only if nothing has become durable since: nobody is told of a
// change before it is, so no answer here is older than what its reader may already know, on any
// connection of any thread, by whatever reply. Requests of one packet are answered before that: a
// session forgets the answers of its thread when one of them may have changed something.
//
// One of these per thread; bounded, and what it bounds is memory: of two answers that fall into one
// place, the later one stays.
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
    bool slots = false;
    int32_t from = kNoDay;  // days since 1970
    int32_t to = kNoDay;
    friend bool operator==(const Question&, const Question&) = default;
  };

  struct Answer {
    Question question;
    Instant rendered_at;
    Lsn durable;  // the log's position before it was rendered
    std::string body;
    std::string tag;  // its ETag, in quotes
  };

  // Where the answer to that question is, if it may be given; else `fresh` is false, and it is to
  // be filled. Valid until the next call.
  Answer& Find(const Question& question, Instant now, Lsn durable, bool& fresh);

  // None is given again.
  void Forget();

  // Gives back what is too large to be kept. After the reply has been put together.
  void Trim();

 private:
  static constexpr size_t kPlaces = 16;
  // A week of slots of a large office is 100 kB. Sixteen of these are 4 MiB for each thread.
  static constexpr size_t kLargestKept = size_t{256} << 10;

  std::array<Answer, kPlaces> places_;
  Answer* latest_ = nullptr;  // asked for last
  bool keeps_any_ = false;    // since the last Forget
};

}  // namespace creneau::http
