#include "booking/record_files.h"

#include <algorithm>
#include <span>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "booking/audit.h"
#include "booking/loss.h"
#include "booking/record_lines.h"
#include "codec/event.h"
#include "wal/log.h"

namespace creneau::booking {
namespace {

constexpr char kPosition[] = "position";
constexpr std::string_view kPositionWords = "creneau-record 1 ";
constexpr std::string_view kUnfinished = ".new";
constexpr size_t kWeekChars = 8;
constexpr uint64_t kTailBytes = 4096;
// While all of the log is read again, lines are gathered before they are written.
constexpr size_t kGatheredBytes = size_t{4} << 20;
constexpr int32_t kDaysPerWeek = 7;

std::string NameOf(rules::IsoWeek week, std::string_view whose) {
  return absl::StrCat(rules::FormatIsoWeek(week), ".", std::string(whose));
}

// No agenda's name begins with an underscore.
std::string ZoneFile(std::string timezone) {
  std::replace(timezone.begin(), timezone.end(), '/', '+');
  return "_" + timezone;
}

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The offsets of a piece's end in both files, as `next` says them.
bool ReadCursor(std::string_view text, uint64_t* agenda, uint64_t* engine) {
  *agenda = *engine = 0;
  if (text.empty()) return true;
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos || text.size() > 40) return false;
  return absl::SimpleAtoi(absl::string_view(text.data(), dash), agenda) &&
         absl::SimpleAtoi(absl::string_view(text.data() + dash + 1, text.size() - dash - 1),
                          engine);
}

// Lines of JSON objects as members of a list.
std::string AsList(std::string lines) {
  if (!lines.empty()) lines.pop_back();
  std::replace(lines.begin(), lines.end(), '\n', ',');
  return lines;
}

}  // namespace

// Reads the service records between two places of the log, and nothing else.
class RecordFiles::LogReader final : public wal::RecordReader {
 public:
  LogReader(RecordFiles& files, Lsn last) : files_(files), last_(last) {}

  absl::Status Read(Lsn lsn, Instant, std::string_view record) override {
    if (lsn <= files_.position_ || last_ < lsn || !codec::MayBeService(record))
      return absl::OkStatus();
    const absl::StatusOr<codec::Record> decoded = codec::DecodeRecord(record);
    if (!decoded.ok()) return decoded.status();
    if (const auto* minute = std::get_if<codec::ServiceMinute>(&*decoded))
      files_.Take(lsn, *minute);
    return files_.pending_bytes_ < kGatheredBytes ? absl::OkStatus() : files_.Flush();
  }

 private:
  RecordFiles& files_;
  const Lsn last_;
};

absl::StatusOr<std::string> RecordFiles::ReadWhole(const std::string& name, uint64_t most) const {
  const auto file = files_.Open(PathOf(name), env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  const uint64_t from = *size - std::min(*size, most);
  std::string text(*size - from, '\0');
  const absl::StatusOr<size_t> got =
      (*file)->ReadAt(from, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  if (!got.ok()) return got.status();
  text.resize(*got);
  return text;
}

absl::StatusOr<std::vector<std::string>> RecordFiles::Names() const {
  auto names = files_.List(directory_);
  if (!names.ok()) return names.status();
  std::erase_if(*names, [](const std::string& name) {
    return name.size() <= kWeekChars + 1 || name[kWeekChars] != '.' ||
           !rules::ParseIsoWeek(std::string_view(name).substr(0, kWeekChars)) ||
           name.ends_with(kUnfinished);
  });
  return names;
}

absl::Status RecordFiles::Prepare() {
  if (absl::Status status = files_.CreateDirectory(directory_); !status.ok()) return status;
  const auto text = ReadWhole(kPosition);
  position_ = Lsn{};
  if (!text.ok() || !std::string_view(*text).starts_with(kPositionWords)) return absl::OkStatus();
  std::string_view number = std::string_view(*text).substr(kPositionWords.size());
  if (!number.ends_with('\n')) return absl::OkStatus();
  number.remove_suffix(1);
  uint64_t lsn = 0;
  if (absl::SimpleAtoi(absl::string_view(number.data(), number.size()), &lsn)) position_ = Lsn{lsn};
  return absl::OkStatus();
}

void RecordFiles::BelieveUpTo(Lsn last, const std::vector<codec::LossAccepted>& losses,
                              bool losing) {
  // Until a position of the new era is written, what is behind it may be of what was lost.
  for (const codec::LossAccepted& loss : losses) {
    if (FirstLsnOf(loss) <= position_) continue;
    position_ = std::min(position_, loss.after);
    stale_ = true;
  }
  stale_ |= losing;
  if (position_ <= last) return;
  position_ = last;
  stale_ = true;
}

absl::Status RecordFiles::Replace(const std::string& name, std::string_view text) {
  const std::string unfinished = PathOf(name) + std::string(kUnfinished);
  // One that a crash has left; if there is none, that is as well.
  static_cast<void>(files_.Remove(unfinished));
  auto file = files_.Open(unfinished, env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  absl::Status status = (*file)->WriteAt(0, Bytes(text));
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = files_.Rename(unfinished, PathOf(name));
  return status;
}

// True: it is not what it was. A file whose last line is one to be kept is left as it is, since
// what is before it was made durable before: there are thousands.
absl::StatusOr<bool> RecordFiles::CutFile(const std::string& name, Lsn after) {
  const absl::StatusOr<std::string> end_of_it = ReadWhole(name, kTailBytes);
  if (!end_of_it.ok()) return end_of_it.status();
  std::string_view tail = *end_of_it;
  if (tail.size() > 1) {
    const size_t before = tail.rfind('\n', tail.size() - 2);
    const auto lsn = LsnOfLine(tail.substr(before == std::string_view::npos ? 0 : before + 1));
    if (lsn && *lsn <= after) return false;
  }
  const absl::StatusOr<std::string> text = ReadWhole(name);
  if (!text.ok()) return text.status();
  size_t kept = 0;
  while (kept < text->size()) {
    const size_t end = text->find('\n', kept);
    if (end == std::string::npos) break;
    const auto lsn = LsnOfLine(std::string_view(*text).substr(kept, end + 1 - kept));
    if (!lsn || after < *lsn) break;
    kept = end + 1;
  }
  if (kept == text->size()) return false;
  const absl::Status status = kept == 0 ? files_.Remove(PathOf(name))
                                        : Replace(name, std::string_view(*text).substr(0, kept));
  if (!status.ok()) return status;
  return true;
}

absl::Status RecordFiles::Cut(Lsn after) {
  const auto names = Names();
  if (!names.ok()) return names.status();
  bool changed = false;
  for (const std::string& name : *names) {
    const absl::StatusOr<bool> cut = CutFile(name, after);
    if (!cut.ok()) return cut.status();
    changed |= *cut;
  }
  return changed ? files_.SyncDirectory(directory_) : absl::OkStatus();
}

absl::Status RecordFiles::CatchUp(const std::vector<std::pair<Lsn, codec::ServiceMinute>>& records,
                                  Lsn last, bool from_all_of_the_log) {
  const std::lock_guard lock(mutex_);
  pending_.clear();
  pending_bytes_ = 0;
  added_ = position_;
  caught_up_ = records.empty() && !stale_ && !from_all_of_the_log;
  if (caught_up_) return absl::OkStatus();
  if (absl::Status status = Cut(position_); !status.ok()) return status;
  if (from_all_of_the_log) {
    LogReader reader(*this, last);
    const auto read = wal::Verify(files_, LogDirectory(data_), reader, {}, ArchiveDirectory(data_));
    if (!read.ok()) return read.status();
    added_ = std::max(added_, last);
  }
  for (const auto& [lsn, minute] : records) {
    if (added_ < lsn) Take(lsn, minute);
  }
  if (absl::Status status = Flush(); !status.ok()) return status;
  const absl::Status synced = SyncAll();
  caught_up_ = synced.ok();
  return synced;
}

// Into pending_. A record of an agenda that is not known any more is in the log.
void RecordFiles::Take(Lsn lsn, const codec::ServiceMinute& minute) {
  const auto add = [this](std::string name, const std::string& line) {
    pending_[std::move(name)] += line;
    pending_bytes_ += line.size();
  };
  for (const codec::AgendaMinute& agenda : minute.agendas) {
    const AgendaInfo* const info = registry_.Find(agenda.agenda);
    if (info == nullptr) continue;
    add(NameOf(WeekAt(minute.from, info->zone), info->rules.name),
        AgendaLine(lsn, minute, agenda, info->zone));
  }
  std::map<std::string, const AgendaInfo*> zones;
  for (const AgendaInfo* info : registry_.All()) zones[info->rules.timezone] = info;
  for (const auto& [timezone, info] : zones) {
    const std::string line = EngineLine(lsn, minute, info->zone);
    if (line.empty()) break;
    for (const rules::IsoWeek week : WeeksOf(minute, info->zone))
      add(NameOf(week, ZoneFile(timezone)), line);
  }
  added_ = std::max(added_, lsn);
}

absl::Status RecordFiles::Append(const std::string& name, const std::string& lines) {
  auto file = files_.Open(PathOf(name), env::OpenMode::kReadWrite);
  if (absl::IsNotFound(file.status())) file = files_.Open(PathOf(name), env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  touched_.insert(name);
  return (*file)->WriteAt(*size, Bytes(lines));
}

absl::Status RecordFiles::Flush() {
  for (const auto& [name, lines] : pending_) {
    if (absl::Status status = Append(name, lines); !status.ok()) return status;
  }
  pending_.clear();
  pending_bytes_ = 0;
  return absl::OkStatus();
}

absl::Status RecordFiles::Add(Lsn lsn, const codec::ServiceMinute& minute) {
  const std::lock_guard lock(mutex_);
  Take(lsn, minute);
  const absl::Status written = Flush();
  caught_up_ = caught_up_ && written.ok();
  return written;
}

absl::Status RecordFiles::Sync() {
  const std::lock_guard lock(mutex_);
  return caught_up_ ? SyncAll() : absl::OkStatus();
}

absl::Status RecordFiles::SyncAll() {
  if (added_ <= position_ && !stale_) return absl::OkStatus();
  for (const std::string& name : touched_) {
    auto file = files_.Open(PathOf(name), env::OpenMode::kReadWrite);
    // Removed since, for its age.
    if (absl::IsNotFound(file.status())) continue;
    if (!file.ok()) return file.status();
    if (absl::Status status = (*file)->Sync(); !status.ok()) return status;
  }
  // The names of new ones first: position says that they are there.
  absl::Status status = files_.SyncDirectory(directory_);
  if (status.ok())
    status = Replace(kPosition, absl::StrCat(std::string(kPositionWords), added_.value, "\n"));
  if (status.ok()) status = files_.SyncDirectory(directory_);
  if (!status.ok()) return status;
  touched_.clear();
  stale_ = false;
  position_ = added_;
  return absl::OkStatus();
}

absl::Status RecordFiles::RemoveOld(Instant now) {
  const std::lock_guard lock(mutex_);
  const auto names = Names();
  if (!names.ok()) return names.status();
  int longest = limits::kRetentionDays;
  for (const AgendaInfo* info : registry_.All())
    longest = std::max(longest, info->rules.retention_days);
  const auto today = static_cast<int32_t>(now.ms / kMsPerDay);
  for (const std::string& name : *names) {
    const AgendaInfo* const info = registry_.Find(std::string_view(name).substr(kWeekChars + 1));
    const int days = info == nullptr ? longest : info->rules.retention_days;
    const rules::IsoWeek week = *rules::ParseIsoWeek(std::string_view(name).substr(0, kWeekChars));
    // From the end of its week on, and a day more for offices behind UTC.
    if (today <= rules::FirstDayOf(week) + kDaysPerWeek + 1 + days) continue;
    if (absl::Status status = files_.Remove(PathOf(name)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<RecordFiles::Piece> RecordFiles::ReadPiece(const std::string& name,
                                                          uint64_t offset) const {
  const absl::Status wrong = absl::InvalidArgumentError("not where a line of the record begins");
  Piece piece;
  piece.next = offset;
  const auto file = files_.Open(PathOf(name), env::OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return offset == 0 ? absl::StatusOr<Piece>(piece) : wrong;
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  if (offset > *size) return wrong;
  // With the newline before it.
  const uint64_t from = offset == 0 ? 0 : offset - 1;
  const size_t skip = offset == 0 ? 0 : 1;
  std::string text(std::min<uint64_t>(*size - from, limits::kRecordPageBytes + skip), '\0');
  const absl::StatusOr<size_t> got =
      (*file)->ReadAt(from, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  if (!got.ok()) return got.status();
  text.resize(*got);
  if (skip != 0 && (text.empty() || text.front() != '\n')) return wrong;
  text.erase(0, skip);
  // What is being written is not whole yet.
  text.resize(text.rfind('\n') + 1);  // npos + 1 is 0
  piece.next = offset + text.size();
  piece.more = piece.next < *size && !text.empty();
  piece.lines = std::move(text);
  return piece;
}

absl::StatusOr<RecordPage> RecordFiles::Read(const AgendaInfo& agenda, rules::IsoWeek week,
                                             std::string_view after) const {
  uint64_t agenda_at = 0;
  uint64_t engine_at = 0;
  if (!ReadCursor(after, &agenda_at, &engine_at))
    return absl::InvalidArgumentError("no place in the record");
  auto own = ReadPiece(NameOf(week, agenda.rules.name), agenda_at);
  if (!own.ok()) return own.status();
  auto engine = ReadPiece(NameOf(week, ZoneFile(agenda.rules.timezone)), engine_at);
  if (!engine.ok()) return engine.status();
  RecordPage page;
  if (own->more || engine->more) page.next = absl::StrCat(own->next, "-", engine->next);
  page.agenda_lines = AsList(std::move(own->lines));
  page.engine_lines = AsList(std::move(engine->lines));
  return page;
}

}  // namespace creneau::booking
