// Rules of an agenda <-> their form in the log. Pure; any thread.
#pragma once

#include "absl/status/statusor.h"
#include "rules/agenda.h"

namespace creneau::v1 {
class Agenda;
}

namespace creneau::codec {

void ToProto(const rules::Agenda& agenda, v1::Agenda* out);

// DataLoss when it says something this program does not know. Sessions are not in the log: their
// slots are.
absl::StatusOr<rules::Agenda> FromProto(const v1::Agenda& in);

}  // namespace creneau::codec
