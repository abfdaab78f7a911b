// Whether a receipt is genuine, and whose it is. Text in, a verdict out; only ReadKeys looks at
// files. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "proof/receipt.h"
#include "tools/creneauctl/forms.h"

namespace creneau::ctl {

enum class Verdict {
  kUnreadable,  // no receipt, or cut, or changed
  kUnknownKey,  // of a key that is not among those given
  kForged,      // not signed by that key
  kValid,
};

struct CheckedReceipt {
  Verdict verdict = Verdict::kUnreadable;
  std::string why;                        // of kUnreadable
  std::optional<proof::Receipt> receipt;  // of the others
};
// Spaces and line ends anywhere do not count (WithoutSpaces): mails and terminals break long lines.
// They are in no receipt, so nothing else can be hidden by them.
std::string WithoutSpaces(std::string_view text);
CheckedReceipt CheckReceipt(std::string_view text, const std::vector<proof::PublicKey>& keys);

// The receipt keys of texts: 64 hexadecimal digits (KEYS/receipt.pub), or what GET /v1/keys
// answered. InvalidArgument: neither, or an id that is not the key's.
absl::StatusOr<std::vector<proof::PublicKey>> KeysOf(std::string_view text);
absl::StatusOr<std::vector<proof::PublicKey>> ReadKeys(const std::vector<std::string>& files);

enum class Whose {
  kUnchecked,
  kNobody,   // an attempt for which no identity was given
  kMissing,  // nonce or a field of the attempt's alternative were not given
  kPerson,
  kOtherPerson,
  kHolder,
  kOtherHolder,
  kEntrant,
  kOtherEntrant,
  kAnybody,  // an entry in a draw of before: a key was given, and nothing in the receipt is tied to
             // it
};
std::string_view WhoseName(Whose whose);  // "person"

// `applicant`: a JSON object of strings, or one with such an object as its "applicant".
// InvalidArgument: it is none, or the nonce or a field is not what it must be; quotes nothing.
absl::StatusOr<Whose> WhoseAttempt(const proof::Receipt& receipt, std::string_view nonce_hex,
                                   std::string_view applicant);
Whose WhoseConfirmation(const proof::Receipt& receipt, std::string_view key);
Whose WhoseEntry(const proof::Receipt& receipt, std::string_view key);

}  // namespace creneau::ctl
