// Events as readers get them: a JSON object a line, or the same within a browser's EventSource
// (WHATWG HTML, 9.2). Pure; any thread.
#pragma once

#include <string>

#include "base/ids.h"
#include "booking/public_event.h"

namespace creneau::http {

enum class EventForm { kLines, kEventStream };

void AppendEvent(std::string& out, const booking::PublicEvent& event, EventForm form);

// Nothing happened that the reader is to be told; everything up to there has been. A reader that
// comes back goes on from there.
void AppendPosition(std::string& out, Lsn position, EventForm form);

// One chunk of RFC 9112 7.1; `text` is not empty. And what ends them.
void AppendChunk(std::string& out, std::string_view text);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace creneau::http
