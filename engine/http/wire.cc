#include "http/wire.h"

namespace creneau::http {
namespace {

// The lower three bits of a tag.
enum WireType : uint64_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

constexpr uint64_t kLargestNumber = (uint64_t{1} << 29) - 1;

}  // namespace

bool WireReader::Varint(uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto octet = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && octet > 1) return false;  // more than 64 bits
    value |= uint64_t{octet & 0x7fu} << shift;
    if (octet < 0x80) return true;
  }
  return false;
}

bool WireReader::Skip(uint64_t bytes) {
  if (bytes > rest_.size()) return false;
  rest_.remove_prefix(static_cast<size_t>(bytes));
  return true;
}

WireReader::Step WireReader::Next(Field& field) {
  if (rest_.empty()) return Step::kEnd;
  uint64_t tag = 0;
  if (!Varint(tag)) return Step::kMalformed;
  const uint64_t number = tag >> 3;
  if (number == 0 || number > kLargestNumber) return Step::kMalformed;
  field = {static_cast<uint32_t>(number), false, {}};
  uint64_t value = 0;
  bool whole = false;
  switch (tag & 7) {
    case kVarint:
      whole = Varint(value);
      break;
    case kFixed64:
      whole = Skip(8);
      break;
    case kLength:
      field.is_text = true;
      if (!Varint(value)) break;
      field.text = rest_.substr(0, static_cast<size_t>(value));
      whole = Skip(value);
      break;
    case kFixed32:
      whole = Skip(4);
      break;
    default:
      break;
  }
  return whole ? Step::kField : Step::kMalformed;
}

void WireWriter::Varint(uint64_t value) {
  while (value >= 0x80) {
    out_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out_ += static_cast<char>(value);
}

void WireWriter::Text(uint32_t number, std::string_view text) {
  Varint(number << 3 | kLength);
  Varint(text.size());
  out_ += text;
}

void WireWriter::Number(uint32_t number, int64_t value) {
  Varint(number << 3 | kVarint);
  Varint(static_cast<uint64_t>(value));
}

}  // namespace creneau::http
