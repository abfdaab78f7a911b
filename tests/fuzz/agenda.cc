// codec::ReadAgendaToml. Asserted: every diagnostic names a line of the file; what is accepted says
// the same twice, comes back from the log as it went in, and has slots that are right by
// agenda_text.h.

#include "codec/agenda_proto.h"
#include "creneau/v1/agenda.pb.h"
#include "tests/fuzz/agenda_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  const fuzz::Copy text(fuzz::Text(data, size));
  const codec::AgendaFile file = codec::ReadAgendaToml(text.view());
  fuzz::CheckDiagnostics(file.errors, text.view());
  fuzz::CheckDiagnostics(file.warnings, text.view());
  if (!file.errors.empty()) return 0;
  v1::Agenda proto;
  codec::ToProto(file.agenda, &proto);
  const std::string logged = proto.SerializeAsString();
  CHECK(!logged.empty());
  v1::Agenda parsed;
  CHECK(parsed.ParseFromString(logged));
  const auto back = codec::FromProto(parsed);
  CHECK(back.ok());
  CHECK(back->name == file.agenda.name && back->opening == file.agenda.opening);
  CHECK(back->identity == file.agenda.identity && back->group == file.agenda.group);
  v1::Agenda again;
  codec::ToProto(*back, &again);
  CHECK(again.SerializeAsString() == logged);
  const codec::AgendaFile twice = codec::ReadAgendaToml(text.view());
  CHECK(twice.errors.empty() && twice.slots == file.slots);
  fuzz::CheckSlots(file.slots, file.agenda);
  return 0;
}
