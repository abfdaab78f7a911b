// Reading the JSON documents that the engine answers with. A member that is missing or of another
// type than expected reads as empty, since the engine may be newer or older than this program.
// Pure.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creneau::ctl {

namespace json = boost::json;

// Empty when it is no object.
json::object ParseDocument(std::string_view body);

const json::value* Find(const json::object& object, std::string_view name);
// Strings as they are, numbers and truths in words; empty when missing.
std::string Text(const json::object& object, std::string_view name);
// A whole number, or a string that is one and nothing else.
std::optional<uint64_t> Whole(const json::object& object, std::string_view name);
bool IsTrue(const json::object& object, std::string_view name);
const json::object& Object(const json::object& object, std::string_view name);
const json::array& Array(const json::object& object, std::string_view name);

// Nothing unless all of it is digits and it fits.
std::optional<uint64_t> WholeFrom(std::string_view text);

// "2026-12-01T09:20:00+01:00" -> "2026-12-01T09:20": the office's wall clock, as slots are named.
std::string Minute(const std::string& rfc3339);
// What an agenda's phase means at this moment: "gathering until 2026-12-01T09:00".
std::string PhaseInWords(const json::object& agenda);

}  // namespace creneau::ctl
