// Tells systemd how the service is doing (sd_notify(3)): one datagram to the socket named in
// NOTIFY_SOCKET. Does nothing when there is none. Not worth a library.
#pragma once

#include <string_view>

namespace creneau::daemon {

// "READY=1", "STOPPING=1". Never fails: a supervisor that does not listen must not stop the
// service.
void NotifySystemd(std::string_view state);

}  // namespace creneau::daemon
