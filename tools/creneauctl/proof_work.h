// The proof of work that an engine asks for where everybody may come (surge/proof_of_work.h):
// found here, as a browser finds it. Pure; takes a tenth of a second for what engines ask, and a
// few seconds for the most they may.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>

namespace creneau::ctl {

// What goes into a request as `proof`, of what a refusal has as `challenge`. Nothing: it is no
// challenge, asks for more than limits::kProofNumberMax, or has no solution.
std::optional<std::string> SolveChallenge(const boost::json::object& challenge);

}  // namespace creneau::ctl
