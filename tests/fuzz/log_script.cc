#include "tests/fuzz/log_script.h"

#include <span>
#include <utility>

namespace creneau::fuzz {
namespace {

constexpr size_t kPage = limits::kPageBytes;
constexpr int64_t kBegin = 1'796'083'200'000;  // 2026-12-01
constexpr size_t kSegmentCrcAt = 96;
constexpr size_t kChainAt = 64;
constexpr size_t kBodyBytesAt = 44;
constexpr size_t kBatchCrcAt = 100;
constexpr size_t kBodyCrcAt = 96;

}  // namespace

LogScript::LogScript(wal::MemoryFiles& files, std::string directory)
    : files_(files), directory_(std::move(directory)) {}

wal::MemoryFiles::Bytes* LogScript::last() { return path_.empty() ? nullptr : &files_.At(path_); }

void LogScript::Page(std::string_view bytes) {
  if (last() == nullptr) return;
  const size_t length = std::min(bytes.size(), 2 * kPage);
  last()->insert(last()->end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length));
  last()->resize((last()->size() + kPage - 1) / kPage * kPage + (length == 0 ? kPage : 0));
}

void LogScript::Segment(std::string_view patches) {
  wal::SegmentHeader header{0,        ++segment_,   ++epoch_, batch_ + 1,
                            lsn_ + 1, valid_bytes_, chain_,   Instant{kBegin}};
  path_ = directory_ + "/" + wal::SegmentName(segment_);
  auto& bytes = *(files_.files[path_] = std::make_shared<wal::MemoryFiles::Bytes>(kPage));
  wal::EncodeSegmentHeader(header, bytes);
  valid_bytes_ = kPage;
  proven = records.size();
  zeros_ = false;
  for (Source pairs(patches); !pairs.empty();) {
    const size_t at = pairs.Number(1) % kSegmentCrcAt;
    bytes[at] ^= static_cast<uint8_t>(pairs.Number(1));
  }
  wal::PutU32(bytes.data() + kSegmentCrcAt, wal::Crc32c(std::span(bytes).first(kSegmentCrcAt)));
}

void LogScript::Batch(const std::vector<std::string_view>& added, bool seal,
                      std::string_view patches) {
  if (last() == nullptr) return;
  std::vector<uint8_t> body;
  for (const std::string_view record : added) {
    const size_t at = body.size();
    body.resize(at + wal::kRecordHeaderBytes);
    wal::PutU32(body.data() + at, static_cast<uint32_t>(record.size()));
    body.insert(body.end(), record.begin(), record.end());
  }
  wal::BatchHeader header;
  header.flags = seal ? wal::kSealFlag : 0;
  header.segment = segment_;
  header.epoch = epoch_;
  header.batch = batch_ + 1;
  header.first_lsn = lsn_ + 1;
  header.records = static_cast<uint32_t>(added.size());
  header.body_bytes = static_cast<uint32_t>(body.size());
  header.written_at = Instant{kBegin + static_cast<int64_t>(batch_)};
  header.durable_batch = batch_;
  std::vector<uint8_t> bytes(header.padded_bytes());
  std::copy(body.begin(), body.end(), bytes.begin() + wal::kBatchHeaderBytes);
  wal::EncodeBatchHeader(header, chain_, body, std::span(bytes).first(wal::kBatchHeaderBytes),
                         hash_);
  for (Source pairs(patches); !pairs.empty();) {
    const size_t at = pairs.Number(1);
    bytes[at < kChainAt ? at : at - kChainAt + wal::kBatchHeaderBytes] ^=
        static_cast<uint8_t>(pairs.Number(1));
  }
  const size_t length = std::min<size_t>(wal::GetU32(bytes.data() + kBodyBytesAt),
                                         bytes.size() - wal::kBatchHeaderBytes);
  const auto whole = std::span<const uint8_t>(bytes).subspan(wal::kBatchHeaderBytes, length);
  chain_ = hash_.Next(chain_, bytes, whole);
  std::copy(chain_.begin(), chain_.end(), bytes.begin() + kChainAt);
  wal::PutU32(bytes.data() + kBodyCrcAt, wal::Crc32c(whole));
  wal::PutU32(bytes.data() + kBatchCrcAt, wal::Crc32c(std::span(bytes).first(kBatchCrcAt)));
  honest = honest && !zeros_;
  last()->insert(last()->end(), bytes.begin(), bytes.end());
  valid_bytes_ += bytes.size();
  ++batch_;
  lsn_ += added.size();
  proven = records.size();
  records.insert(records.end(), added.begin(), added.end());
}

void LogScript::Damage(char kind, Source bytes) {
  auto* const file = last();
  if (file == nullptr) return;
  if (kind == 'c') {
    const size_t length = std::min(kPage, file->size());
    const std::vector<uint8_t> page(file->end() - static_cast<ptrdiff_t>(length), file->end());
    file->insert(file->end(), page.begin(), page.end());
    return;
  }
  const size_t at = bytes.Number(3) % std::max<size_t>(file->size(), 1);
  if (kind == 't') return file->resize(at);
  const auto by = static_cast<uint8_t>(bytes.Number(1));
  if (by == 0 || file->empty()) return;
  (*file)[at] ^= by;
  ++changes;
}

void LogScript::Run(std::string_view text) {
  Source source(text);
  for (size_t lines = 0; !source.empty() && lines < kMaxLines; ++lines) {
    const std::string_view line = source.Until('\n');
    const char kind = line.empty() ? ' ' : line[0];
    const std::string_view rest = line.substr(std::min<size_t>(2, line.size()));
    honest = honest && std::string_view("SBZ0x ").find(kind) != std::string_view::npos;
    if (kind == 'S') Segment();
    if (kind == 's') Segment(rest);
    if (kind == 'Z') Batch({}, /*seal=*/true);
    if (kind == '0') Page("");
    if (kind == 'p') Page(rest);
    if (kind == '0') zeros_ = true;
    if (kind == 'g') ++segment_;
    if (kind == 'x' || kind == 't' || kind == 'c') Damage(kind, Source(rest));
    if (kind == 'b') Batch({"left", "right"}, /*seal=*/false, rest);
    if (kind != 'B') continue;
    std::vector<std::string_view> added;
    for (Source all(rest); !all.empty();) {
      const std::string_view record = all.Until('|');
      if (!record.empty()) added.push_back(record.substr(0, 2 * kPage));
    }
    Batch(added, /*seal=*/false);
  }
}

}  // namespace creneau::fuzz
