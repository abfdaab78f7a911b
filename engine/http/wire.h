// The wire format of protobuf, as far as api.proto needs it: read in place and written straight
// into a reply, so that a body costs no message in memory and leaves no name behind in one. What
// generated code makes of the same bytes, tests/http/wire_test.cc checks.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace creneau::http {

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  struct Field {
    uint32_t number = 0;
    bool is_text = false;   // a string, bytes or message
    std::string_view text;  // where it is
  };
  enum class Step {
    kField,
    kEnd,
    kMalformed,  // not the wire format, or a group, which nobody writes any more
  };
  Step Next(Field& field);

 private:
  bool Varint(uint64_t& value);
  bool Skip(uint64_t bytes);

  std::string_view rest_;
};

class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  void Text(uint32_t number, std::string_view text);
  void Number(uint32_t number, int64_t value);

 private:
  void Varint(uint64_t value);

  std::string& out_;
};

}  // namespace creneau::http
