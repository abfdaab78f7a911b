// Writes JSON onto the end of a string that keeps its capacity: replies are small and flat, and a
// document in memory would cost more than the reply. Commas are its business; that brackets match
// is the caller's. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace creneau::http {

// RFC 3629, strictly.
bool IsUtf8(std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& Object() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& Array() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }

  // The name of the next value. Our own names: not escaped.
  JsonWriter& Name(std::string_view name);
  template <size_t kSize>
  JsonWriter& Name(const char (&name)[kSize]) {
    // Of known length, so the compiler puts it together by a few moves and it is appended once.
    std::array<char, kSize + 4> text = {',', '"'};
    std::memcpy(text.data() + 2, name, kSize - 1);
    text[kSize + 1] = '"';
    text[kSize + 2] = ':';
    out_.append(text.data() + (first_ ? 1 : 0), kSize + (first_ ? 2 : 3));
    first_ = true;
    return *this;
  }

  // Escaped. What is not UTF-8 becomes U+FFFD, octet by octet: some texts are a client's words.
  JsonWriter& String(std::string_view text);
  // A string that `append` adds to the text: of characters that need no escaping.
  template <typename Append>
  JsonWriter& Spelled(Append append) {
    Separate();
    out_ += '"';
    append(out_);
    out_ += '"';
    return *this;
  }
  JsonWriter& Number(int64_t number);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate();
  size_t Escape(std::string_view text);

  std::string& out_;
  bool first_ = true;  // nothing stands before the next value within its bracket, or its name does
};

}  // namespace creneau::http
