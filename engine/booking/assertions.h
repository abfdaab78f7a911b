// Whether a website vouches for an applicant here and now (identity_proof = "asserted"): the
// statement is of this agenda and of these very fields, by a site's key that stands and is for this
// agenda, not older than this process, which remembers what has been shown, and has been shown for
// nothing else. Any thread.
#pragma once

#include <string_view>

#include "booking/answers.h"
#include "booking/staff_access.h"
#include "env/entropy.h"
#include "surge/spent_nonces.h"

namespace creneau::booking {

class Assertions {
 public:
  // `staff` is not owned. `began`: what is older was perhaps shown to the process before this one.
  Assertions(const StaffAccess& staff, Entropy& entropy, Instant began);

  // `purpose`: what the request is and what makes it the same when it is repeated. True uses the
  // statement up for that.
  bool Accepts(const rules::Agenda& agenda, const rules::Applicant& applicant,
               std::string_view assertion, std::string_view purpose, Instant now);

 private:
  const StaffAccess& staff_;
  const Instant began_;
  surge::SpentNonces spent_;
};

}  // namespace creneau::booking
