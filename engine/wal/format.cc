#include "wal/format.h"

#include <isa-l/crc.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_format.h"
#include "base/check.h"

namespace creneau::wal {
namespace {

constexpr uint8_t kSegmentMagic[] = {'C', 'R', 'E', 'N', 'S', 'E', 'G', '1'};
constexpr uint8_t kBatchMagic[] = {'C', 'R', 'B', '1'};
constexpr uint32_t kFormat = 1;
constexpr size_t kSegmentCrcAt = 96;
constexpr size_t kChainAt = 64;
constexpr size_t kHeaderCrcAt = 100;

}  // namespace

uint32_t Crc32c(std::span<const uint8_t> bytes) {
  // ISA-L takes the bytes as not const and does not change them; initial value and final inversion
  // are ours to do.
  return ~crc32_iscsi(const_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size()), ~0u);
}

bool AllZero(std::span<const uint8_t> bytes) {
  // Equal to itself one byte on, and beginning with zero: memcmp looks at whole vectors.
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

void EncodeSegmentHeader(const SegmentHeader& header, std::span<uint8_t> page) {
  CHECK(page.size() == limits::kPageBytes);
  std::fill(page.begin(), page.end(), uint8_t{0});
  uint8_t* p = page.data();
  std::memcpy(p, kSegmentMagic, sizeof kSegmentMagic);
  PutU32(p + 8, kFormat);
  PutU32(p + 12, header.pages);
  PutU64(p + 16, header.segment);
  PutU64(p + 24, header.epoch);
  PutU64(p + 32, header.first_batch);
  PutU64(p + 40, header.first_lsn);
  PutU64(p + 48, header.previous_valid_bytes);
  std::memcpy(p + 56, header.chain.data(), header.chain.size());
  PutU64(p + 88, static_cast<uint64_t>(header.made_at.ms));
  PutU32(p + kSegmentCrcAt, Crc32c(page.first(kSegmentCrcAt)));
}

std::optional<SegmentHeader> DecodeSegmentHeader(std::span<const uint8_t> page) {
  if (page.size() != limits::kPageBytes) return std::nullopt;
  const uint8_t* p = page.data();
  if (std::memcmp(p, kSegmentMagic, sizeof kSegmentMagic) != 0 || GetU32(p + 8) != kFormat)
    return std::nullopt;
  if (GetU32(p + kSegmentCrcAt) != Crc32c(page.first(kSegmentCrcAt))) return std::nullopt;
  if (!AllZero(page.subspan(kSegmentCrcAt + 4))) return std::nullopt;
  SegmentHeader header;
  header.pages = GetU32(p + 12);
  header.segment = GetU64(p + 16);
  header.epoch = GetU64(p + 24);
  header.first_batch = GetU64(p + 32);
  header.first_lsn = GetU64(p + 40);
  header.previous_valid_bytes = GetU64(p + 48);
  std::memcpy(header.chain.data(), p + 56, header.chain.size());
  header.made_at = Instant{static_cast<int64_t>(GetU64(p + 88))};
  return header;
}

ChainHash::ChainHash() : context_(EVP_MD_CTX_new()) {
  CHECK(context_ != nullptr);
  // Chooses the implementation once; Next starts again from here.
  CHECK(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void ChainHash::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Chain ChainHash::Next(const Chain& previous, std::span<const uint8_t> header,
                      std::span<const uint8_t> body) {
  EVP_MD_CTX* const context = context_.get();
  Chain chain;
  CHECK(EVP_DigestInit_ex(context, nullptr, nullptr) == 1);
  CHECK(EVP_DigestUpdate(context, previous.data(), previous.size()) == 1);
  CHECK(EVP_DigestUpdate(context, header.data(), kChainAt) == 1);
  CHECK(EVP_DigestUpdate(context, body.data(), body.size()) == 1);
  CHECK(EVP_DigestFinal_ex(context, chain.data(), nullptr) == 1);
  return chain;
}

void EncodeBatchHeader(BatchHeader& header, const Chain& previous, std::span<const uint8_t> body,
                       std::span<uint8_t> out, ChainHash& hash) {
  CHECK(out.size() == kBatchHeaderBytes && body.size() == header.body_bytes);
  uint8_t* p = out.data();
  std::memset(p, 0, kBatchHeaderBytes);
  std::memcpy(p, kBatchMagic, sizeof kBatchMagic);
  PutU32(p + 4, header.flags);
  PutU64(p + 8, header.segment);
  PutU64(p + 16, header.epoch);
  PutU64(p + 24, header.batch);
  PutU64(p + 32, header.first_lsn);
  PutU32(p + 40, header.records);
  PutU32(p + 44, header.body_bytes);
  PutU64(p + 48, static_cast<uint64_t>(header.written_at.ms));
  PutU64(p + 56, header.durable_batch);
  header.chain = hash.Next(previous, out, body);
  std::memcpy(p + kChainAt, header.chain.data(), header.chain.size());
  header.body_crc = Crc32c(body);
  PutU32(p + 96, header.body_crc);
  PutU32(p + kHeaderCrcAt, Crc32c(out.first(kHeaderCrcAt)));
}

std::optional<BatchHeader> DecodeBatchHeader(std::span<const uint8_t> bytes) {
  if (bytes.size() < kBatchHeaderBytes) return std::nullopt;
  const uint8_t* p = bytes.data();
  if (std::memcmp(p, kBatchMagic, sizeof kBatchMagic) != 0) return std::nullopt;
  if (GetU32(p + kHeaderCrcAt) != Crc32c(bytes.first(kHeaderCrcAt))) return std::nullopt;
  BatchHeader header;
  header.flags = GetU32(p + 4);
  header.segment = GetU64(p + 8);
  header.epoch = GetU64(p + 16);
  header.batch = GetU64(p + 24);
  header.first_lsn = GetU64(p + 32);
  header.records = GetU32(p + 40);
  header.body_bytes = GetU32(p + 44);
  header.written_at = Instant{static_cast<int64_t>(GetU64(p + 48))};
  header.durable_batch = GetU64(p + 56);
  std::memcpy(header.chain.data(), p + kChainAt, header.chain.size());
  header.body_crc = GetU32(p + 96);
  if (kBatchHeaderBytes + header.body_bytes > limits::kMaxBatchBytes) return std::nullopt;
  return header;
}

std::string SegmentName(uint64_t segment) { return absl::StrFormat("%016d.seg", segment); }

std::optional<uint64_t> SegmentOfName(const std::string& name) {
  if (name.size() != 20 || name.substr(16) != ".seg") return std::nullopt;
  uint64_t segment = 0;
  for (const char c : name.substr(0, 16)) {
    if (c < '0' || c > '9') return std::nullopt;
    segment = segment * 10 + static_cast<uint64_t>(c - '0');
  }
  return segment == 0 ? std::nullopt : std::optional<uint64_t>(segment);
}

}  // namespace creneau::wal
