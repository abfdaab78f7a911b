// Who a listener is for.
#pragma once

namespace creneau::http {

// Each is a bit, so that a route can name several. kStaff: what came to the public listener with a
// bearer key, on a thread where the staff's acts may wait.
enum class Audience : unsigned char {
  kPublic = 1,
  kAdmin = 2,
  kProbe = 4,
  kHolder = 8,
  kStaff = 16
};

}  // namespace creneau::http
