// The rules of IDENTITY.md, one by one, from the table that the verifying page is held to as well.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "rules/identity.h"

namespace creneau::rules {
namespace {

boost::json::object Table() {
  std::ifstream file(CRENEAU_IDENTITY_VECTORS);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str()).as_object();
}

std::string Text(const boost::json::object& row, const char* name) {
  return std::string(row.at(name).as_string());
}

// Part of what is said for each of the table's reasons.
std::string Saying(const std::string& reason) {
  if (reason == "accent") return "the key of a digit";
  if (reason == "date") return "for 17 May 1990, 1990-05-17";
  if (reason == "future") return "future";
  return "do not count";
}

}  // namespace

TEST_CASE("each field comes to the canonical form of the table, or is refused with its reason") {
  const boost::json::object table = Table();
  const Instant today{table.at("today_ms").as_int64()};
  const boost::json::array& rows = table.at("vectors").as_array();
  CHECK(rows.size() > 60);
  for (const boost::json::value& value : rows) {
    const boost::json::object& row = value.as_object();
    CAPTURE(Text(row, "why"), Text(row, "text"));
    const auto field = IdentityFieldFromName(Text(row, "field"));
    REQUIRE(field);
    std::string message;
    const auto canonical = Normalise(*field, Text(row, "text"), today, &message);
    if (row.contains("canonical")) {
      CHECK(canonical == Text(row, "canonical"));
      // It stands for itself, and for the same person.
      if (canonical) CHECK(Normalise(*field, *canonical, today, &message) == canonical);
    } else {
      CHECK_FALSE(canonical);
      CHECK(message.find(Saying(Text(row, "refused"))) != std::string::npos);
    }
  }
}

TEST_CASE("what is not UTF-8 is refused, wherever it is cut") {
  std::string message;
  for (const char* text : {"9200\xD9", "9200\xE0\xA5", "9200\xFF", "9200\xC0\x80",
                           "9200\xED\xA0\x80", "9200\x80", "9200\xF4\x90\x80\x80"}) {
    CHECK_FALSE(Normalise(IdentityField::kDossier, text, Instant{}, &message));
  }
}

}  // namespace creneau::rules
