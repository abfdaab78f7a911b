#include "surge/ticket.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace creneau::surge {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kSignedBytes = kTicketBytes - std::tuple_size_v<KeyedHash::Digest>;

using Bytes = std::array<uint8_t, kTicketBytes>;

// Fields, one behind the other.
class Writer {
 public:
  explicit Writer(Bytes& bytes) : at_(bytes.data()) {}
  void Put(uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) *at_++ = static_cast<uint8_t>(value >> shift);
  }
  void Put(std::span<const uint8_t> bytes) { at_ = std::copy(bytes.begin(), bytes.end(), at_); }

 private:
  uint8_t* at_;
};

class Reader {
 public:
  explicit Reader(const Bytes& bytes) : at_(bytes.data()) {}
  uint32_t Number() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | *at_++;
    return value;
  }
  template <size_t kSize>
  std::array<uint8_t, kSize> Octets() {
    std::array<uint8_t, kSize> out;
    std::copy_n(at_, kSize, out.begin());
    at_ += kSize;
    return out;
  }

 private:
  const uint8_t* at_;
};

KeyedHash::Digest MacOf(const KeyedHash& secret, const Bytes& bytes) {
  KeyedHash::Run run(secret);
  run.Add("creneau ticket v1");
  run.Add({reinterpret_cast<const char*>(bytes.data()), kSignedBytes});
  return run.Finish();
}

std::optional<Bytes> Decode(std::string_view text) {
  Bytes bytes;
  if (text.size() != kTicketChars) return std::nullopt;
  // libsodium takes some octets beyond ASCII for digits.
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) > 0x7f; }))
    return std::nullopt;
  size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      size != bytes.size() || end != text.data() + text.size())
    return std::nullopt;
  return bytes;
}

std::optional<Ticket> Read(const Bytes& bytes) {
  Reader reader(bytes);
  const auto head = reader.Octets<2>();
  Ticket ticket;
  ticket.opening.agenda.value = reader.Number();
  ticket.opening.day = static_cast<int32_t>(reader.Number());
  ticket.bucket.value = reader.Number();
  ticket.before = reader.Number();
  ticket.tag = reader.Octets<std::tuple_size_v<Tag>>();
  ticket.nonce = reader.Octets<std::tuple_size_v<Nonce>>();
  if (head[0] != kVersion || head[1] != 0 || ticket.bucket.value > kMaxBucket) return std::nullopt;
  return ticket;
}

}  // namespace

TicketText Sign(const KeyedHash& secret, const Ticket& ticket) {
  Bytes bytes;
  Writer writer(bytes);
  writer.Put(std::array<uint8_t, 2>{kVersion, 0});
  writer.Put(ticket.opening.agenda.value);
  writer.Put(static_cast<uint32_t>(ticket.opening.day));
  writer.Put(ticket.bucket.value);
  writer.Put(ticket.before);
  writer.Put(ticket.tag);
  writer.Put(ticket.nonce);
  writer.Put(MacOf(secret, bytes));
  std::array<char, kTicketChars + 1> text;
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  TicketText out;
  std::memcpy(out.text.data(), text.data(), out.text.size());
  return out;
}

std::optional<Ticket> Verify(const KeyedHash& secret, std::string_view text) {
  const std::optional<Bytes> bytes = Decode(text);
  if (!bytes) return std::nullopt;
  const KeyedHash::Digest mac = MacOf(secret, *bytes);
  if (sodium_memcmp(mac.data(), bytes->data() + kSignedBytes, mac.size()) != 0) return std::nullopt;
  return Read(*bytes);
}

std::optional<Ticket> ReadUnverified(std::string_view text) {
  const std::optional<Bytes> bytes = Decode(text);
  return bytes ? Read(*bytes) : std::nullopt;
}

}  // namespace creneau::surge
