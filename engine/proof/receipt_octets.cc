#include "proof/receipt_octets.h"

namespace creneau::proof {

void ReceiptWriter::Fitting(std::string_view text, size_t most) {
  constexpr std::string_view kMore = "…";
  std::string clean;
  size_t with_more = 0;  // where it is cut when it turns out too long
  while (!text.empty() && clean.size() <= most) {
    if (clean.size() + kMore.size() <= most) with_more = clean.size();
    const CodePoint point = FirstCodePoint(text);
    if (point.octets == 0) {
      clean += "\uFFFD";
    } else if (!IsPrintable(point.value)) {
      clean += ' ';
    } else {
      clean += text.substr(0, point.octets);
    }
    text.remove_prefix(std::max<size_t>(point.octets, 1));
  }
  if (clean.size() > most) {
    clean.resize(with_more);
    clean += kMore;
  }
  Text(clean);
}

}  // namespace creneau::proof
