// Asking for something for somebody: a seat, a place in a waitlist, an entry in a draw. What these
// commands share: who it is for and the key to repeat it come from outside of the arguments, a
// place for the key that comes back is made before anything is sent, where everybody may come a
// proof of work is found, and what is not known to have happened can be asked for again.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {

// The body of a hold (forms.h) for whoever --applicant names, or somebody types.
absl::StatusOr<std::string> BodyForApplicant(const Session& session, std::string_view slot);

// Posts that body to that target, and prints what came of it; the exit code. `report`: makes the
// text to print of a reply, which has no key any more where that is kept in --key-file.
using ReportAsked = std::function<std::string(const std::string& reply, bool key_kept)>;
int AskFor(const Session& session, const std::string& target, const std::string& body,
           const ReportAsked& report);

}  // namespace creneau::ctl
