// The bytes of segments and batches, as FORMAT.md defines them. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"
#include "wal/log.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace creneau::wal {

inline constexpr size_t kBatchHeaderBytes = 128;
inline constexpr size_t kRecordHeaderBytes = 4;
inline constexpr uint32_t kSealFlag = 1;

// An epoch's upper bits are its era. A log that goes on after a loss does so in a later era, whose
// first LSN may be anywhere beyond the last one: so no epoch and no LSN is ever given twice, though
// what was lost had some (booking/loss.h).
inline constexpr int kEraShift = 20;
constexpr uint64_t EraOf(uint64_t epoch) { return epoch >> kEraShift; }

struct SegmentHeader {
  uint32_t pages = 0;  // of the file; 0: nobody said
  uint64_t segment = 0;
  uint64_t epoch = 0;
  uint64_t first_batch = 0;
  uint64_t first_lsn = 0;
  uint64_t previous_valid_bytes = 0;
  Chain chain{};
  Instant made_at;
};

// `page` is one page, all of which is written.
void EncodeSegmentHeader(const SegmentHeader& header, std::span<uint8_t> page);
// Nothing when magic, format, checksum or the rest of the page is not right.
std::optional<SegmentHeader> DecodeSegmentHeader(std::span<const uint8_t> page);

struct BatchHeader {
  uint32_t flags = 0;
  uint64_t segment = 0;
  uint64_t epoch = 0;
  uint64_t batch = 0;
  uint64_t first_lsn = 0;
  uint32_t records = 0;
  uint32_t body_bytes = 0;
  Instant written_at;
  uint64_t durable_batch = 0;
  Chain chain{};
  uint32_t body_crc = 0;

  uint64_t padded_bytes() const { return PaddedBytes(body_bytes); }
  static constexpr uint64_t PaddedBytes(uint64_t body) {
    return (kBatchHeaderBytes + body + limits::kPageBytes - 1) / limits::kPageBytes *
           limits::kPageBytes;
  }
};

// The chain's SHA-256. Keeps what the library allocates for it, so that hashing allocates nothing.
// One thread at a time.
class ChainHash {
 public:
  ChainHash();
  // What stands behind a batch with this header, of which the first 64 bytes count, and this body.
  Chain Next(const Chain& previous, std::span<const uint8_t> header, std::span<const uint8_t> body);

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Completes chain and checksum from the previous chain and the body, and writes the header's 128
// bytes.
void EncodeBatchHeader(BatchHeader& header, const Chain& previous, std::span<const uint8_t> body,
                       std::span<uint8_t> out, ChainHash& hash);
// Nothing when magic or checksum is not right. Says nothing about the body.
std::optional<BatchHeader> DecodeBatchHeader(std::span<const uint8_t> bytes);

uint32_t Crc32c(std::span<const uint8_t> bytes);
bool AllZero(std::span<const uint8_t> bytes);
// Little-endian, whatever the machine is; the compiler makes one move of each.
inline void PutU32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<uint8_t>(value >> (8 * i));
}
inline uint32_t GetU32(const uint8_t* at) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | at[i];
  return value;
}
inline void PutU64(uint8_t* at, uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = static_cast<uint8_t>(value >> (8 * i));
}
inline uint64_t GetU64(const uint8_t* at) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | at[i];
  return value;
}

std::string SegmentName(uint64_t segment);                       // "0000000000000001.seg"
std::optional<uint64_t> SegmentOfName(const std::string& name);  // of exactly that form
inline constexpr char kSpareName[] = "spare";
inline constexpr char kUnfinishedSpareName[] = "spare.new";

}  // namespace creneau::wal
