// What request headers mean, where meaning takes more than a comparison. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace creneau::http {

// "application/json; charset=utf-8" is application/json. Case does not matter. `type` in lower
// case.
bool IsMediaType(std::string_view content_type, std::string_view type);

// What a reservation is shown as: the form with the highest quality, JSON where there is no
// difference (RFC 9110 12.5.1).
enum class Form { kNone, kJson, kProtobuf, kCalendar, kText };
Form NegotiateReservation(std::string_view accept);
// The same of what is the same for everyone: JSON, or the other one, which is kCalendar or kText.
Form NegotiatePublic(std::string_view accept, Form other);

// A key of 22 to 64 characters of base64, base64url or a UUID, with at least 8 different ones: what
// a client that counts, or forgot to draw, does not produce.
bool IsStrongIdempotencyKey(std::string_view key);

// If-Match: `"3"`, or an ETag of the agenda document, which begins with the version: `"3.8f01…"`.
// Nothing: neither.
std::optional<uint32_t> VersionFromTag(std::string_view if_match);

// The token of "Bearer TOKEN": the scheme in any case, one space (RFC 6750 2.1). Nothing: another
// scheme. What the token is, is not looked at.
std::optional<std::string_view> BearerToken(std::string_view authorization);

// If-None-Match: a list of tags or `*`; weak comparison. `tag` with its quotes.
bool NamesTag(std::string_view if_none_match, std::string_view tag);

}  // namespace creneau::http
