#include "catch2/catch.hpp"
#include "codec/agenda_file.h"
#include "codec/csv.h"

namespace creneau::codec {
namespace {

SlotsFile Read(std::string_view text) {
  rules::Agenda agenda;
  agenda.timezone = "Europe/Paris";
  return ReadSlotsCsv(text, agenda);
}

TEST_CASE(
    "commas, semicolons, tabs, a byte order mark, CRLF, quotes, empty cells, any order of lines") {
  const SlotsFile comma =
      Read("slot,minutes,web,desk\n2026-12-02T09:00,20,2,\n2026-12-01T09:00,20,1,1\n");
  REQUIRE(comma.errors.empty());
  CHECK(FormatLocalMinute(comma.slots.at(0).start) == "2026-12-01T09:00");
  CHECK(comma.slots.at(1).seats.of == std::array<uint8_t, 5>{2, 0, 0, 0, 0});
  const SlotsFile french = Read(
      "\xef\xbb\xbf\"date\";time;minutes;web;phone\r\n01/12/2026;9:00;\"20\";1;1\r\n;;;;\r\n02/12/"
      "2026;09:00;20;2;\r\n");
  REQUIRE(french.errors.empty());
  CHECK(french.slots.size() == 2);
  CHECK(french.slots[0].start == comma.slots[0].start);
  CHECK(Read("slot\tminutes\tweb\n2026-12-01T09:00\t20\t1\n").slots.size() == 1);
}

TEST_CASE("a file in parts: each with the header, whole lines, and their numbers in the file") {
  const std::string file = "\xef\xbb\xbf\r\na;b\r\n1;1\n\n\n4;4\n55;55\n6;6";
  const auto parts = [&file](size_t most_bytes) {
    std::string text;
    for (const CsvPart& part : PartsOfCsv(file, most_bytes)) {
      text += std::to_string(part.lines_before) + "+" + part.text + "-" +
              std::to_string(part.last_line) + " ";
    }
    return text;
  };
  CHECK(parts(100) == "1+a;b\n1;1\n\n\n4;4\n55;55\n6;6\n-8 ");
  CHECK(parts(20) == "1+a;b\n1;1\n\n\n4;4\n55;55\n-7 6+a;b\n6;6\n-8 ");
  CHECK(parts(13) == "1+a;b\n1;1\n-3 4+a;b\n4;4\n-6 5+a;b\n55;55\n-7 6+a;b\n6;6\n-8 ");
  CHECK(parts(8) == "1+a;b\n1;1\n-3 4+a;b\n4;4\n-6 5+a;b\n55;55\n-7 6+a;b\n6;6\n-8 ");
  CHECK(PartsOfCsv("a;b", 1).size() == 1);
  CHECK(PartsOfCsv("\n;;\n", 100).empty());
}

TEST_CASE("each mistake by its line") {
  const struct {
    const char* text;
    int line;
    const char* message;
  } kCases[] = {
      {"", 0, "the file is empty"},
      {"slot,minutes,guichet\n", 1, "names the columns"},
      {"slot,web\n", 1, "must name the columns"},
      {"slot,minutes,web\n2026-12-01 09:00,20,1\n", 2, "a local time that exists"},
      {"slot,minutes,web\n2026-12-01T09:00,2,1\n", 2, "from 5 to 480"},
      {"slot,minutes,web\n2026-12-01T09:00,20,65\n", 2, "from 0 to 64"},
      {"slot,minutes,web\n2026-12-01T09:00,20,0\n", 2, "add up to 1 to 64"},
      {"slot,minutes,web\n2027-03-28T02:30,20,1\n", 2, "does not exist"},
      {"slot,minutes,web\n2026-12-01T09:00,20,1\n2026-12-01T09:00,20,1\n", 3,
       "stands in line 2 already"},
      {"slot,minutes,web\n\"2026-12-01T09:00,20,1\n", 2, "a quote is left open"},
      {"slot,minutes,web\n2026-12-01T09:00,20,1,7\n", 2, "this cell has no column name"},
      {"slot,minutes,web\n2026-12-01T09:00,20,1\n2099-12-01T09:00,20,1\n", 3, "correct the year"},
      {"date,time,minutes,web\n31/02/2026,09:00,20,1\n", 2, "date must be one that exists"},
  };
  for (const auto& [text, line, message] : kCases) {
    const SlotsFile file = Read(text);
    CAPTURE(text);
    REQUIRE_FALSE(file.errors.empty());
    CHECK(file.errors[0].line == line);
    CHECK(file.errors[0].message.find(message) != std::string::npos);
  }
}

}  // namespace
}  // namespace creneau::codec
