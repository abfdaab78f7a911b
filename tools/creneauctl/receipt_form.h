// A receipt to be printed: one page of A4 as HTML with all it needs in it, with the signed text as
// a QR code. What is not in the receipt, the nonce and who the applicant is, has lines to be filled
// in by hand, so that the applicant decides who learns it. Values in, text out; any thread.
#pragma once

#include <string>
#include <string_view>

#include "tools/creneauctl/receipt_words.h"

namespace creneau::ctl {

// `text`: the receipt as it was handed out, without spaces. `checked`: whether its signature was
// verified. `nonce`: to be printed; empty: a line for it.
std::string ReceiptForm(const proof::Receipt& receipt, std::string_view text, bool checked,
                        std::string_view nonce, const Words& words);

// As SVG, black on white, with the quiet zone of four modules that readers need.
std::string QrCode(std::string_view text, std::string_view label);

std::string EscapedHtml(std::string_view text);

}  // namespace creneau::ctl
