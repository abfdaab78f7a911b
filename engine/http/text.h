// Times and numbers as replies spell them, appended without allocating once the string has grown.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"

namespace creneau::http {

void AppendNumber(std::string& out, int64_t number);

// "2026-12-01T09:20:00+01:00": whole seconds, with the office's offset. Never "Z", so that clients
// meet one form.
void AppendRfc3339(std::string& out, Instant instant, const Zone& zone);

// "Tue, 01 Dec 2026 08:20:00 GMT": RFC 9110 5.6.7, for the Date header.
void AppendHttpDate(std::string& out, Instant instant);

// "20261201T082000Z": RFC 5545 3.3.5, form 2.
void AppendCalendarUtc(std::string& out, Instant instant);

// "2026-12-01T09:20", a slot's name.
void AppendLocalMinute(std::string& out, LocalMinute minute);

// "2026-12-01", from days after 1970-01-01.
void AppendDay(std::string& out, int32_t day);

// "08:30", from minutes after midnight; 24:00 is allowed.
void AppendTimeOfDay(std::string& out, int minutes);

// 64 bits that tell texts apart for ETags (FNV-1a). Not for secrets, not for keys.
uint64_t Fingerprint(std::string_view text);

}  // namespace creneau::http
