// booking::RecoverState from a log whose bytes are right and whose records are the input's: two
// octets of length, then the record, again and again; one that is longer than the rest ends it.
// Asserted: no record crashes the start (the checksums fit, yet another version may have written
// it); a refusal names the batch; the second start says the same; and what creneauctl's audit calls
// whole, the engine starts from, in the same state.

#include "booking/audit.h"
#include "tests/fuzz/framed.h"
#include "tests/fuzz/log_script.h"
#include "tests/fuzz/office.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  wal::MemoryFiles files;
  fuzz::LogScript script(files, booking::LogDirectory(fuzz::kData));
  script.Segment();
  fuzz::Source source(fuzz::Text(data, size));
  while (!source.empty()) {
    const size_t length = source.Number(2);
    const std::string_view record = source.Take(std::min<size_t>(length, 4096));
    if (!record.empty()) script.Batch({record}, /*seal=*/false);
  }
  const fuzz::Start start = fuzz::CheckStarts(files);
  const auto audit = booking::AuditLog(files, fuzz::kData);
  if (audit.ok() && !fuzz::LacksPepper(start))
    CHECK(start.status.ok() && audit->digest == start.digest);
  if (start.status.ok()) CHECK(audit.ok() == start.keeps_invariants);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return creneau::fuzz::MutateFramed(data, size, max_size, seed, 0, 0);
}
