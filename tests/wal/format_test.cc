#include "wal/format.h"

#include <sodium.h>

#include "catch2/catch.hpp"

namespace creneau::wal {
namespace {

TEST_CASE("CRC32C is that of RFC 3720") {
  const std::string digits = "123456789";
  CHECK(Crc32c({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()}) == 0xe3069283u);
  const std::vector<uint8_t> zeros(32);
  CHECK(Crc32c(zeros) == 0x8a9136aau);
}

TEST_CASE("a segment header comes back as it was, and with any bit changed not at all") {
  std::vector<uint8_t> page(limits::kPageBytes);
  SegmentHeader header{512, 7, 3, 1'000, 2'000, 81'920, {}, Instant{1'796'029'200'000}};
  header.chain.fill(0xab);
  EncodeSegmentHeader(header, page);
  const auto decoded = DecodeSegmentHeader(page);
  REQUIRE(decoded.has_value());
  CHECK(decoded->pages == 512);
  CHECK(decoded->segment == 7);
  CHECK(decoded->epoch == 3);
  CHECK(decoded->first_batch == 1'000);
  CHECK(decoded->first_lsn == 2'000);
  CHECK(decoded->previous_valid_bytes == 81'920);
  CHECK(decoded->chain == header.chain);
  CHECK(decoded->made_at == header.made_at);
  size_t accepted = 0;
  for (size_t bit = 0; bit < page.size() * 8; ++bit) {
    page[bit / 8] = static_cast<uint8_t>(page[bit / 8] ^ 1 << bit % 8);
    if (DecodeSegmentHeader(page)) ++accepted;
    page[bit / 8] = static_cast<uint8_t>(page[bit / 8] ^ 1 << bit % 8);
  }
  CHECK(accepted == 0);
}

TEST_CASE("a batch header comes back as it was; each changed bit under its checksum is seen") {
  const std::vector<uint8_t> body = {3, 0, 0, 0, 'a', 'b', 'c'};
  std::vector<uint8_t> bytes(kBatchHeaderBytes);
  BatchHeader header;
  header.flags = kSealFlag;
  header.segment = 2;
  header.epoch = 5;
  header.batch = 11;
  header.first_lsn = 42;
  header.records = 1;
  header.body_bytes = 7;
  header.durable_batch = 10;
  Chain previous{};
  ChainHash hash;
  EncodeBatchHeader(header, previous, body, bytes, hash);
  const auto decoded = DecodeBatchHeader(bytes);
  REQUIRE(decoded.has_value());
  CHECK(decoded->batch == 11);
  CHECK(decoded->chain == header.chain);
  CHECK(decoded->padded_bytes() == limits::kPageBytes);
  for (size_t bit = 0; bit < 104 * 8; ++bit) {
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(DecodeBatchHeader(bytes).has_value());
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1 << bit % 8);
  }
  previous[0] = 1;
  CHECK(hash.Next(previous, bytes, body) != header.chain);
}

TEST_CASE("the chain is SHA-256 of the chain before, 64 bytes of the header, and the body") {
  ChainHash hash;
  for (const size_t length : {size_t{0}, size_t{1}, size_t{55}, size_t{4'000}, size_t{70'000}}) {
    Chain previous{};
    for (size_t i = 0; i < previous.size(); ++i) previous[i] = static_cast<uint8_t>(i + length);
    std::vector<uint8_t> header(kBatchHeaderBytes), body(length);
    for (size_t i = 0; i < header.size(); ++i) header[i] = static_cast<uint8_t>(3 * i);
    for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<uint8_t>(7 * i + i / 256);
    std::vector<uint8_t> whole(previous.begin(), previous.end());
    whole.insert(whole.end(), header.begin(), header.begin() + 64);
    whole.insert(whole.end(), body.begin(), body.end());
    Chain expected;  // by another library
    crypto_hash_sha256(expected.data(), whole.data(), whole.size());
    CHECK(hash.Next(previous, header, body) == expected);
    CHECK(hash.Next(previous, header, body) == expected);  // nothing is left of the one before
  }
}

TEST_CASE("segment names are sixteen digits, and nothing else is taken for one") {
  CHECK(SegmentName(1) == "0000000000000001.seg");
  CHECK(SegmentOfName(SegmentName(123)) == 123u);
  for (const char* name : {"1.seg", "0000000000000000.seg", "0000000000000001.seg.torn", "spare",
                           "000000000000000x.seg"}) {
    CHECK_FALSE(SegmentOfName(name).has_value());
  }
}

}  // namespace
}  // namespace creneau::wal
