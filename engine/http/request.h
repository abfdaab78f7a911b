// One request as the parser hands it to the routes. Every view points into the connection's buffer
// and is valid until the request's reply has been rendered; nothing here owns memory. Bodies and
// headers may name a person: never log them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/outcome.h"

namespace creneau::http {

// A set of methods is a bit mask of these. HEAD arrives as kGet with Request::head set.
enum class Method : uint8_t { kGet = 1, kPost = 2, kPut = 4, kDelete = 8, kOther = 16 };

struct Request {
  Method method = Method::kOther;
  bool head = false;
  bool keep_alive = true;
  std::string_view target;  // in origin form, not yet taken apart
  std::string_view content_type;
  std::string_view accept;
  std::string_view accept_language;
  std::string_view if_match;
  std::string_view if_none_match;
  std::string_view creneau_key;
  std::string_view idempotency_key;
  std::string_view authorization;
  std::string_view last_event_id;  // of a browser's EventSource that has come back
  std::string_view forwarded_for;  // the last line of X-Forwarded-For
  std::string_view body;
};

// Why a request was not even understood: one reply, then the connection is closed.
struct Refusal {
  Outcome outcome = Outcome::kMalformedRequest;
  std::string_view detail;  // static text; empty: what the outcome says is enough
};

}  // namespace creneau::http
