// What the answers have in common that are the same for everyone: times of an office, ETags, and
// that they are kept for a moment (read_cache.h). For handlers.
#pragma once

#include <string>
#include <string_view>

#include "booking/answers.h"
#include "http/exchange.h"
#include "http/json.h"

namespace creneau::http {

void WriteTime(JsonWriter& json, std::string_view name, Instant instant,
               const booking::AgendaInfo& agenda);

// Whether it is open, and until when; or when it is.
void WritePhase(JsonWriter& json, const booking::OpeningView& opening,
                const booking::AgendaInfo& info);

// The ETag of what an answer says. `prefix` goes into the tag.
std::string TagOf(std::string_view body, std::string_view prefix);

// The head of a public answer. False: nothing has changed, and it has no body.
bool GivePublic(Exchange& exchange, std::string_view tag);

// An answer that is kept, rendered where there is none to give again. `render` fills body and tag.
template <typename Render>
void GiveKept(Exchange& exchange, const ReadCache::Question& question, Render render) {
  bool fresh;
  ReadCache::Answer& answer =
      exchange.reads.Find(question, exchange.now, exchange.known_changes, fresh);
  if (!fresh) {
    render(answer);
    answer.question = question;
  }
  if (GivePublic(exchange, answer.tag)) exchange.reply.kept_body = answer.body;
}

}  // namespace creneau::http
