// Answers that are read from files or reckoned at length, the same for everyone: the service
// record, the calendar of releases, the notice. Handlers say which (ReadingOrder), somebody who may
// wait makes it (Read), and it is given to who asked for it.
//
// How old an answer may be: Cache-Control lets proxies keep it for a minute; an I/O thread gives it
// again for a second, and for ten while it is being made anew (ReadingShelf). So a booking shows in
// `releases`, and a minute in the record, ten seconds later at most. An agenda that is published
// anew is another question, and shows at once.
//
// Values; any thread, one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/limits.h"
#include "base/outcome.h"
#include "booking/engine.h"
#include "booking/record.h"
#include "http/headers.h"
#include "http/reply.h"

namespace creneau::http {

// What was asked for. The agenda's address stands for its version: versions are never given back.
struct ReadingOrder {
  enum class What : uint8_t { kRecord, kReleases, kNotice };
  const booking::AgendaInfo* agenda = nullptr;
  What what = What::kRecord;
  rules::IsoWeek week{};                                // of the record
  std::string after{};                                  // likewise
  int days = 0;                                         // of the releases
  rules::Language language = rules::Language::kFrench;  // of the notice
  Form form = Form::kJson;
  friend bool operator==(const ReadingOrder&, const ReadingOrder&) = default;
};

struct Document {
  Outcome outcome = Outcome::kOk;
  std::string body{};
  std::string tag{};  // its ETag, in quotes
};

// May wait for a disk, and takes as long as it takes. May throw where memory ends.
Document Read(const ReadingOrder& order, const booking::Engine& engine, Instant now);

// The reply that it makes. `document` must outlive what is made of the reply.
void Give(const ReadingOrder& order, const Document& document, std::string_view if_none_match,
          Instant now, Reply& reply);

class ReadingRoom;

// One of them. Whoever asked owns it; while the room makes it (reading_room.h) it is the room's.
struct Reading {
  Reading(ReadingOrder what, std::string_view tag, Instant now)
      : order(std::move(what)), if_none_match(tag), asked_at(now) {}
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  class Waiter {
   public:
    // By the room's thread: tells whoever waits, on its own. Where this throws it is called again.
    virtual void HasBeenRead() = 0;

   protected:
    ~Waiter() = default;
  };

  ReadingOrder order;
  const std::string if_none_match;
  const Instant asked_at;
  Document document{};
  bool is_made = false;

  // The room's.
  ReadingRoom* room = nullptr;  // whose place it has
  Waiter* waiter = nullptr;
  Reading* next = nullptr;
};

// What one thread keeps of them: so many, of a size, and of those that fall into one place the
// later one.
class ReadingShelf {
 public:
  // Null: it has to be made, by whoever asks; others are given the old one meanwhile.
  const Document* Find(const ReadingOrder& order, Instant now);
  void Keep(ReadingOrder order, Document document, Instant asked_at);

 private:
  static constexpr size_t kPlaces = 16;
  // Sixteen of these are 2 MiB for each thread.
  static constexpr size_t kLargestKept = limits::kRecordPageBytes;

  struct Kept {
    ReadingOrder order;
    Document document;
    Instant asked_at;
    bool is_read_anew = false;
  };
  static size_t PlaceOf(const ReadingOrder& order);

  std::array<Kept, kPlaces> places_;
};

}  // namespace creneau::http
