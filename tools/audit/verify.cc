#include "tools/audit/verify.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "booking/loss.h"
#include "booking/registry.h"
#include "booking/replay.h"
#include "booking/rosters.h"
#include "booking/witness.h"
#include "ledger/ledger.h"
#include "tools/audit/recount.h"

namespace creneau::audit {
namespace json = boost::json;
namespace {

// The position that a line of the table says it is of; nothing where it says none.
std::optional<uint64_t> LsnOf(const std::string& line) {
  json::error_code ec;
  const json::value parsed = json::parse({line.data(), line.size()}, ec);
  const json::value* lsn =
      !ec && parsed.is_object() ? parsed.as_object().if_contains("lsn") : nullptr;
  uint64_t value = 0;
  if (lsn == nullptr || !lsn->is_string() ||
      !absl::SimpleAtoi(json::value_to<std::string>(*lsn), &value))
    return std::nullopt;
  return value;
}

// A line of the table that is not what the log gives.
std::string TableDifference(Lines& lines, Lsn lsn, const std::string& expected,
                            const std::optional<std::string>& found) {
  const std::string where = absl::StrCat(kDecisions, ", line ", lines.number() + (found ? 0 : 1),
                                         ", position ", lsn.value);
  if (!found) return absl::StrCat(where, ": the line is missing. Expected ", expected);
  const std::optional<uint64_t> other = LsnOf(*found);
  const std::string both = absl::StrCat(". Expected ", expected, "; found ", *found);
  if (!other) return absl::StrCat(where, ": it is no line of a table", both);
  if (*other == lsn.value) return absl::StrCat(where, ": the line was altered", both);
  if (*other < lsn.value)
    return absl::StrCat(where, ": a line was inserted, or put in another's place", both);
  const auto next = lines.Next();
  const bool swapped = next.ok() && *next && LsnOf(**next) == lsn.value;
  return absl::StrCat(
      where, swapped ? ": the lines are not in the order of the log" : ": the line was dropped",
      both);
}

// Reads the log once, for all who look at it. Stops at the first difference.
class Checker final : public wal::RecordReader {
 public:
  Checker(booking::Witness& witness, Recount& recount, Lines& lines)
      : witness_(witness), recount_(recount), lines_(lines) {}

  absl::Status Read(Lsn lsn, Instant written_at, std::string_view record) override {
    lsn_ = lsn;
    if (absl::Status status = witness_.Read(lsn, written_at, record); !status.ok())
      return Broken(status);
    const auto line = recount_.Take(lsn, written_at, record);
    if (!line.ok()) return Broken(line.status());
    if (const auto& finding = recount_.finding()) {
      difference = absl::StrCat("position ", finding->lsn.value, ": ", finding->what, " (",
                                line->value_or("a record of another agenda"), ")");
      return Stop();
    }
    if (!*line) return absl::OkStatus();
    const auto found = lines_.Next();
    if (!found.ok()) return found.status();
    if (*found == *line) return absl::OkStatus();
    difference = TableDifference(lines_, lsn, **line, *found);
    return Stop();
  }
  absl::Status EndRecords() override {
    const absl::Status status = witness_.EndRecords();
    return status.ok() ? status : Broken(status);
  }
  absl::Status EndBatch(const wal::Head& head) override {
    const absl::Status status = witness_.EndBatch(head);
    if (!status.ok()) return Broken(status);
    head_ = head;
    return status;
  }
  absl::Status End() override {
    const absl::Status status = witness_.End();
    return status.ok() ? status : Broken(status);
  }

  const wal::Head& head() const { return head_; }
  std::string difference;  // empty: none

 private:
  static absl::Status Stop() { return absl::CancelledError("a difference"); }
  absl::Status Broken(const absl::Status& status) {
    difference = absl::StrCat("position ", lsn_.value, ": ", std::string(status.message()));
    return Stop();
  }

  booking::Witness& witness_;
  Recount& recount_;
  Lines& lines_;
  Lsn lsn_;
  wal::Head head_;
};

// Files that are not what the manifest says, that are missing, or that it does not name.
absl::StatusOr<std::vector<std::string>> WrongFiles(env::FileSystem& files,
                                                    const std::string& directory,
                                                    const Manifest& manifest) {
  std::vector<std::string> wrong;
  for (const auto& [path, expected] : manifest.files) {
    const absl::StatusOr<FileSum> found = SumOf(files, absl::StrCat(directory, "/", path));
    if (absl::IsNotFound(found.status())) {
      wrong.push_back(absl::StrCat(path, " is missing, and ", kManifest, " names it"));
    } else if (!found.ok()) {
      return found.status();
    } else if (*found != expected) {
      wrong.push_back(absl::StrCat(path, ": ", kManifest, " says ", expected.bytes,
                                   " bytes with SHA-256 ", expected.sha256, "; found ",
                                   found->bytes, " with ", found->sha256));
    }
  }
  for (const char* folder : {"", "log/", "keys/"}) {
    const auto names = files.List(absl::StrCat(directory, "/", folder));
    for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
      const std::string path = absl::StrCat(folder, name);
      const bool is_folder = path == "log" || path == "keys";
      if (!is_folder && path != kManifest && !manifest.files.contains(path))
        wrong.push_back(absl::StrCat(path, " is there, and ", kManifest, " does not name it"));
    }
  }
  return wrong;
}

// Those of the export, by its own key.
std::vector<proof::Checkpoint> OwnCheckpoints(env::FileSystem& files, const std::string& directory,
                                              std::vector<std::string>* wrong) {
  const auto text = ReadWholeText(files, absl::StrCat(directory, "/", kCheckpoints));
  const auto key_text = ReadWholeText(files, absl::StrCat(directory, "/", kCheckpointKey));
  const auto key = key_text.ok() ? proof::ParsePublicKey(*key_text) : std::nullopt;
  if (!text.ok() || !key) return {};
  auto read = proof::ReadLines(*text, *key);
  if (read.ok() && read->unreadable > 0) {
    wrong->push_back(
        absl::StrCat(kCheckpoints, ": of its lines, ", read->unreadable, " are no checkpoints"));
  }
  if (read.ok()) return std::move(read->checkpoints);
  wrong->push_back(absl::StrCat(kCheckpoints, ", ", std::string(read.status().message())));
  return {};
}

// What the library says is for those who run an engine.
std::string ShortOf(std::string message) {
  const size_t end = message.find(". The log is damaged");
  if (end != std::string::npos) message.erase(end);
  return message;
}

void CompareText(env::FileSystem& files, const std::string& directory, const char* name,
                 const std::string& expected, std::vector<std::string>* differences) {
  const auto found = ReadWholeText(files, absl::StrCat(directory, "/", name));
  const std::string text = found.ok() ? *found : "";
  if (text == expected) return;
  const auto [a, b] = std::mismatch(expected.begin(), expected.end(), text.begin(), text.end());
  const auto at = static_cast<size_t>(a - expected.begin());
  const size_t from = at - std::min<size_t>(at, 40);
  differences->push_back(absl::StrCat(name, ", character ", at + 1, ": expected …",
                                      expected.substr(from, 100), "…; found …",
                                      from < text.size() ? text.substr(from, 100) : "", "…"));
}

class Verification {
 public:
  Verification(env::FileSystem& files, const std::string& directory, Verdict* verdict)
      : files_(files),
        directory_(directory),
        verdict_(*verdict),
        replay_(ledger_, registry_, rosters_) {}

  absl::Status Run(std::vector<proof::Checkpoint> checkpoints, std::string_view where) {
    auto table = files_.Open(absl::StrCat(directory_, "/", kDecisions), env::OpenMode::kRead);
    if (!table.ok()) return Tell(absl::StrCat(kDecisions, " cannot be read"));
    Lines lines(*std::move(table));
    Recount recount(verdict_.manifest.agenda);
    std::vector<proof::Checkpoint> held = std::move(checkpoints);
    const std::vector<proof::Checkpoint> all = held;
    std::erase_if(held, [&](const auto& one) { return one.batch > verdict_.manifest.end.batch; });
    booking::Witness witness(replay_, held, where);
    Checker checker(witness, recount, lines);
    const auto read = wal::Verify(files_, "", checker, {}, directory_ + "/log");
    if (!read.ok() && !absl::IsCancelled(read.status()) && !absl::IsDataLoss(read.status()))
      return read.status();
    if (!checker.difference.empty()) return Tell(checker.difference);
    if (!read.ok()) {
      return Tell(absl::StrCat(ShortOf(std::string(read.status().message())), ". Up to position ",
                               checker.head().lsn.value, " (batch ", checker.head().batch,
                               ") the chain is whole"));
    }
    verdict_.losses = replay_.losses();
    verdict_.checkpoints = held.size() - witness.lost().size();
    Lost(witness);
    Ends(*read, checker.head(), lines);
    Later(all);
    if (const auto status = ledger_.CheckInvariants(); !status.ok())
      Note(absl::StrCat("replay: ", std::string(status.message())));
    CompareText(files_, directory_, kAgendas, recount.AgendasJson(), &verdict_.differences);
    CompareText(files_, directory_, kTotals, recount.TotalsJson(), &verdict_.differences);
    const ledger::SeatCounts counts = ledger_.CountSeats();
    verdict_.held = counts.held;
    verdict_.confirmed = counts.confirmed;
    return absl::OkStatus();
  }

 private:
  void Note(std::string what) { verdict_.differences.push_back(std::move(what)); }
  absl::Status Tell(std::string what) {
    verdict_.differences.insert(verdict_.differences.begin(), std::move(what));
    return absl::OkStatus();
  }

  void Lost(const booking::Witness& witness) {
    if (witness.lost().empty()) return;
    const proof::Checkpoint& newest = witness.lost().back();
    const codec::LossAccepted* loss = booking::LossOf(verdict_.losses, newest);
    Note(absl::StrCat("the checkpoint of position ", newest.lsn.value, " (batch ", newest.batch,
                      ") is of what was lost after position ", loss->after.value,
                      "; the log says that this loss was accepted, and when (",
                      codec::DescribeRecord(codec::EncodeLoss(*loss), /*json=*/false), ")"));
  }

  void Ends(const wal::Recovery& read, const wal::Head& head, Lines& lines) {
    const wal::Head& end = verdict_.manifest.end;
    if (read.torn)
      Note(absl::StrCat(read.torn_file, ", offset ", read.torn_offset, " (after position ",
                        head.lsn.value, ", batch ", head.batch,
                        "): bytes that are no whole batch stand there"));
    if (head.batch != end.batch || head.lsn != end.lsn || head.chain != end.chain) {
      Note(absl::StrCat("the log ends at position ", head.lsn.value, " (batch ", head.batch,
                        ", chain ", Hex(head.chain), "), and ", kManifest, " says position ",
                        end.lsn.value, " (batch ", end.batch, ", chain ", Hex(end.chain), ")"));
    }
    const auto more = lines.Next();
    if (more.ok() && *more)
      Note(absl::StrCat(kDecisions, ", line ", lines.number(),
                        ": a line was inserted after the last: ", **more));
  }

  // Of an export that says it is all there was when it was made, none that was signed before that
  // is of a later position.
  void Later(const std::vector<proof::Checkpoint>& all) {
    const Manifest& manifest = verdict_.manifest;
    for (const proof::Checkpoint& one : all) {
      if (one.batch <= manifest.end.batch) continue;
      ++verdict_.later_checkpoints;
      if (manifest.cut || one.at > manifest.made_at ||
          booking::LossOf(verdict_.losses, one) != nullptr)
        continue;
      Note(absl::StrCat("the log ends at position ", manifest.end.lsn.value, " (batch ",
                        manifest.end.batch, "), and the checkpoint of position ", one.lsn.value,
                        " (batch ", one.batch,
                        ") was signed before this export was made: it was cut back"));
    }
  }

  env::FileSystem& files_;
  const std::string& directory_;
  Verdict& verdict_;
  ledger::Ledger ledger_;
  booking::Registry registry_;
  booking::Rosters rosters_;
  booking::Replay replay_;
};

}  // namespace

absl::StatusOr<Verdict> VerifyExport(
    env::FileSystem& files, const std::string& directory,
    const std::optional<std::vector<proof::Checkpoint>>& published) {
  Verdict verdict;
  const auto text = ReadWholeText(files, absl::StrCat(directory, "/", kManifest));
  if (!text.ok()) return text.status();
  auto manifest = ReadManifest(*text);
  if (!manifest.ok()) {
    verdict.differences.emplace_back(manifest.status().message());
    return verdict;
  }
  verdict.manifest = *std::move(manifest);
  verdict.manifest_sha256 = SumOf(files, absl::StrCat(directory, "/", kManifest))->sha256;
  auto wrong = WrongFiles(files, directory, verdict.manifest);
  if (!wrong.ok()) return wrong.status();
  verdict.published = published.has_value();
  std::vector<proof::Checkpoint> checkpoints =
      published ? *published : OwnCheckpoints(files, directory, &*wrong);
  Verification verification(files, directory, &verdict);
  const absl::Status status = verification.Run(
      std::move(checkpoints), published ? "what was published" : "the checkpoints in the export");
  if (!status.ok()) return status;
  verdict.differences.insert(verdict.differences.end(), wrong->begin(), wrong->end());
  return verdict;
}

}  // namespace creneau::audit
