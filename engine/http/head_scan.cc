#include "http/head_scan.h"

#include "http/octets.h"

namespace creneau::http {
namespace {

// From `from` on, where the first octet stands that needs a second look: a control character, a
// tabulator among them, or DEL.
size_t SkipPlain(std::string_view bytes, size_t from) {
  return from + CountBefore(bytes.substr(from), [](SixteenOctets octets) {
           return (octets < 0x20) | (octets == 0x7f);
         });
}

HeadScan Bad(std::string_view problem) { return {HeadScan::Verdict::kBad, 0, problem}; }

}  // namespace

HeadScan ScanHead(std::string_view bytes, size_t from) {
  size_t i = SkipPlain(bytes, from);
  for (; i < bytes.size(); i = SkipPlain(bytes, i)) {
    const char octet = bytes[i];
    if (octet == '\t') {
      ++i;
      continue;
    }
    if (octet == '\n') return Bad("A line feed without a carriage return stands in the head.");
    if (octet != '\r') return Bad("A control character stands in the head.");
    // What a line end means is only clear with what follows it, so the scan stops before it until
    // that has come.
    if (i + 1 == bytes.size()) break;
    if (bytes[i + 1] != '\n')
      return Bad("A carriage return without a line feed stands in the head.");
    if (i == 0) return Bad("The request begins with an empty line.");
    if (i + 2 == bytes.size()) break;
    if (bytes[i + 2] == ' ' || bytes[i + 2] == '\t') return Bad("A header line is folded.");
    if (bytes[i + 2] == '\r') {
      if (i + 3 == bytes.size()) break;
      if (bytes[i + 3] != '\n')
        return Bad("A carriage return without a line feed stands in the head.");
      return {HeadScan::Verdict::kWhole, i + 4, {}};
    }
    i += 2;
  }
  return {HeadScan::Verdict::kNeedMore, i, {}};
}

}  // namespace creneau::http
