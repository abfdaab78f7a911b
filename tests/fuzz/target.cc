// http::Target and the meaning of single headers: the first byte says which. Asserted of a target:
// what was decoded, written with every octet percent-encoded, is the same target again; parsing a
// second time, in the same object, says the same. Of headers: what a value means does not depend on
// spaces around it, nor a list's meaning on empty elements; a token is what stands behind its
// scheme.

#include "http/target.h"

#include "http/headers.h"
#include "tests/fuzz/fuzz.h"

namespace creneau::http {
namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789aBcDeF";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out += {'%', kDigits[octet >> 4], kDigits[octet & 15]};
  }
}

std::string Escaped(const Target& target, size_t* decoded) {
  std::string out;
  *decoded = 0;
  for (size_t i = 0; i < target.segments(); ++i) {
    out += '/';
    *decoded += target.segment(i).size();
    AppendEscaped(out, target.segment(i));
  }
  if (target.segments() == 0) out += '/';
  for (size_t i = 0; i < target.parameters(); ++i) {
    const std::string_view name = target.parameter_name(i);
    const std::string_view value = target.Parameter(name).value_or("");
    out += i == 0 ? '?' : '&';
    AppendEscaped(out, name);
    out += '=';
    AppendEscaped(out, value);
    *decoded += name.size() + value.size();
  }
  return out;
}

std::string Told(const Target& target) {
  size_t decoded = 0;
  std::string told = Escaped(target, &decoded) + " ";
  AppendEscaped(told, target.repeated());
  return told;
}

void FuzzTarget(std::string_view text) {
  const fuzz::Copy copy(text);
  Target target;
  if (!target.Parse(copy.view())) return CHECK(!target.Parse(copy.view()));
  const std::string told = Told(target);
  CHECK(target.Parse(copy.view()));
  CHECK(Told(target) == told);
  size_t decoded = 0;
  const std::string escaped = Escaped(target, &decoded);
  if (decoded > 256) return;  // more escapes than fit, by the contract
  Target again;
  CHECK(again.Parse(escaped));
  CHECK(Told(again) == told);
}

void FuzzHeaders(std::string_view text) {
  const std::string spaced = " \t" + std::string(text) + "\t ";
  const std::string listed = ", ," + std::string(text) + ", ,";
  CHECK(VersionFromTag(text) == VersionFromTag(spaced));
  CHECK(IsMediaType(text, "application/json") == IsMediaType(spaced, "application/json"));
  CHECK(NegotiateReservation(text) == NegotiateReservation(spaced));
  CHECK(NamesTag(text, "\"3.8f01\"") == NamesTag(listed, "\"3.8f01\""));
  if (const auto version = VersionFromTag(text))
    CHECK(VersionFromTag("\"" + std::to_string(*version) + "\"") == version);
  if (const auto token = BearerToken(text)) {
    CHECK(token->size() + 7 == text.size() && text.substr(7) == *token);
    CHECK(BearerToken("BEARER " + std::string(*token)) == *token);
  }
  if (!IsStrongIdempotencyKey(text)) return;
  CHECK(text.size() >= 22 && text.size() <= 64);
  for (const char c : text) CHECK(c > ' ' && c < 0x7f && c != '"' && c != ',');
}

}  // namespace
}  // namespace creneau::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  if (size == 0) return 0;
  const std::string_view text = fuzz::Text(data, size);
  if (text.front() == '/')
    http::FuzzTarget(text);
  else
    http::FuzzHeaders(text.substr(1));
  return 0;
}
