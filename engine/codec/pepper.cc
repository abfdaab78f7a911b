#include "codec/pepper.h"

#include "base/limits.h"
#include "codec/pepper_proto.h"
#include "rules/agenda.h"

namespace creneau::codec {

std::string EncodePepper(const PepperEpoch& pepper) {
  v1::Event message;
  v1::PepperEpoch& out = *message.mutable_pepper_epoch();
  out.set_epoch(pepper.epoch);
  out.set_at(pepper.at.ms);
  out.set_group(pepper.group);
  out.set_left(pepper.left);
  out.set_retired(pepper.retired);
  out.set_check(pepper.check);
  return message.SerializeAsString();
}

absl::StatusOr<PepperEpoch> FromProto(const v1::PepperEpoch& in) {
  PepperEpoch out{in.epoch(), Instant{in.at()}, in.group(), in.left(), in.retired(), in.check()};
  if (out.epoch == 0 || out.epoch > limits::kPepperEpochs || out.left >= out.epoch)
    return absl::DataLossError("a pepper of an epoch that is none");
  const bool of_group = !out.group.empty();
  // Replies write it as it is.
  if (of_group && !rules::IsName(out.group))
    return absl::DataLossError("a pepper of a group with a name that none can have");
  if (of_group ? out.retired || out.check != 0 : out.left != 0)
    return absl::DataLossError("a record of a pepper that says what does not go together");
  return out;
}

}  // namespace creneau::codec
