#include "bench/creneau-bench/report.h"

namespace creneau::bench {
std::string AsHtml(const Report&) { return ""; }
}  // namespace creneau::bench
