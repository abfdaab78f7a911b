// Who a listener is for.
#pragma once

namespace creneau::http {

// Each is a bit, so that a route can name several.
enum class Audience : unsigned char { kPublic = 1, kAdmin = 2, kProbe = 4, kHolder = 8 };

}  // namespace creneau::http
