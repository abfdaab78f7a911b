// A receipt of inclusion in a draw (proof/inclusion.h), in words and for programs. For
// receipt_words.cc.
#pragma once

#include "proof/inclusion.h"
#include "tools/creneauctl/receipt_words.h"

namespace creneau::ctl {

void AddInclusion(const proof::InclusionReceipt& inclusion, const Words& words, ReceiptText* text);
Fields InclusionMembers(const proof::InclusionReceipt& inclusion);

}  // namespace creneau::ctl
