// codec::ReadSlotsCsv, for an office in Paris. Asserted: every diagnostic names a line of the file;
// slots that are accepted are right by agenda_text.h, whose CSV reads the same; the other
// separators and line ends change nothing.

#include "tests/fuzz/agenda_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  const fuzz::Copy text(fuzz::Text(data, size));
  rules::Agenda agenda;
  agenda.timezone = "Europe/Paris";
  const codec::SlotsFile file = codec::ReadSlotsCsv(text.view(), agenda);
  fuzz::CheckDiagnostics(file.errors, text.view());
  if (!file.errors.empty()) return 0;
  fuzz::CheckSlots(file.slots, agenda);
  std::string other = fuzz::AsCsv(file.slots);
  std::erase(other, '\r');
  std::replace(other.begin(), other.end(), ';', '\t');
  const codec::SlotsFile again = codec::ReadSlotsCsv(other, agenda);
  CHECK(again.errors.empty() && again.slots == file.slots);
  return 0;
}
