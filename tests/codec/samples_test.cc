#include <fstream>
#include <sstream>

#include "catch2/catch.hpp"
#include "codec/agenda_file.h"

namespace creneau::codec {
namespace {

std::string Sample(const std::string& name) {
  std::ifstream file(std::string(CRENEAU_SOURCE_DIR) + "/tools/agendas/" + name);
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("the sample agendas are without errors or warnings, and say what they are for") {
  for (const char* name : {"14-titres", "92-naturalisation", "93-titres", "974-titres"}) {
    const AgendaFile file = ReadAgendaToml(Sample(std::string(name) + ".toml"));
    CAPTURE(name);
    if (!file.errors.empty()) FAIL(file.errors[0].message);
    CHECK(file.warnings.empty());
    CHECK(file.agenda.name == name);
    CHECK(file.slots.size() > 500);
  }
  const AgendaFile ninety_three = ReadAgendaToml(Sample("93-titres.toml"));
  for (const uint8_t seats : ninety_three.slots[0].seats.of) CHECK(seats > 0);
  CHECK_FALSE(ninety_three.agenda.opening.has_value());
  CHECK(ReadAgendaToml(Sample("92-naturalisation.toml")).agenda.opening->open == 540);
  const AgendaFile fourteen = ReadAgendaToml(Sample("14-titres.toml"));
  CHECK(fourteen.slots[0].seats.of[3] * 2 > fourteen.slots[0].seats.total());
  const SlotsFile listed = ReadSlotsCsv(Sample("14-permanences.csv"), fourteen.agenda);
  CHECK(listed.errors.empty());
  CHECK(listed.slots.size() == 5);
}

}  // namespace
}  // namespace creneau::codec
