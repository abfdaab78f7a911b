#include "tests/interleave/case.h"

#include <map>

#include "base/check.h"
#include "base/prng.h"
#include "tests/interleave/cases.h"
#include "tests/interleave/trial.h"

namespace creneau::interleave {
namespace {

using ledger::SeatImage;
using ledger::SeatState;
using ledger::SeatWord;

uint64_t HashOf(uint64_t hash, const SeatImage& image) {
  return Mix64(Mix64(hash ^ image.seat.value) ^ image.word.bits()) ^ image.subject.lo;
}

uint64_t HashOf(uint64_t hash, const Entry& entry) {
  if (entry.is_calendar) {
    hash = Mix64(hash ^ entry.change.version);
    for (const ledger::SlotChange& slot : entry.change.slots) hash = Mix64(hash ^ slot.fresh[0]);
    return hash;
  }
  for (size_t i = 0; i < entry.party.count; ++i) hash = HashOf(hash, entry.party.seats[i]);
  if (entry.party.count > 0) return hash;
  hash = HashOf(hash, entry.event.seat);
  if (!entry.event.is_move) return hash;
  return HashOf(Mix64(hash ^ ledger::IndexValue(entry.event.origin).bits()), entry.event.from);
}

}  // namespace

CaseProgram::CaseProgram(const Case& the_case)
    : case_(the_case), setup_(ActsFromText(the_case.setup)) {
  for (const std::string& text : case_.threads) threads_.push_back(ActsFromText(text));
  limits::kIndexEntriesAtStart = case_.index_entries;
  std::vector<size_t> next(threads_.size());
  std::vector<std::pair<int, Act>> order;
  Sequential(next, order);
}

// Every order of whole acts, one after the other: what may be answered, and what may come of it.
void CaseProgram::Sequential(std::vector<size_t>& next, std::vector<std::pair<int, Act>>& order) {
  bool any = false;
  for (size_t thread = 0; thread < threads_.size(); ++thread) {
    if (next[thread] == threads_[thread].size()) continue;
    any = true;
    order.emplace_back(static_cast<int>(thread), threads_[thread][next[thread]++]);
    Sequential(next, order);
    order.pop_back();
    --next[thread];
  }
  if (any) return;
  office_ = std::make_unique<Office>(setup_);
  answers_.assign(threads_.size(), {});
  for (const auto& [thread, act] : order)
    answers_[static_cast<size_t>(thread)].push_back(office_->Do(act, thread));
  sequential_.insert(Answers() + " -> " + office_->Summary());
  office_.reset();
}

std::string CaseProgram::Answers() const {
  std::string out;
  for (const auto& thread : answers_) {
    if (&thread != &answers_.front()) out += '|';
    for (const std::string& answer : thread)
      out += (&answer == &thread.front() ? "" : ";") + answer;
  }
  return out;
}

int CaseProgram::Begin() {
  limits::kIndexEntriesAtStart = case_.index_entries;
  machine().SameIds(case_.same_ids);
  office_ = std::make_unique<Office>(setup_);
  answers_.assign(threads_.size(), {});
  return static_cast<int>(threads_.size());
}

void CaseProgram::Run(int thread) {
  for (const Act& act : threads_[static_cast<size_t>(thread)])
    answers_[static_cast<size_t>(thread)].push_back(office_->Do(act, thread));
}

// A ledger from the first `count` entries, those before the snapshot's position left out where
// there is one; its digest, where wanted.
std::string CaseProgram::Replay(const Snapshot* snapshot, size_t count, bool want_digest) {
  ledger::Ledger replayed;
  const auto must = [&](const absl::Status& status) {
    if (!status.ok()) {
      machine().Fail(std::string(snapshot != nullptr ? "the snapshot and " : "") + "the first " +
                     std::to_string(count) +
                     " entries of the log: " + std::string(status.message()));
    }
  };
  if (snapshot != nullptr) must(LoadInto(replayed, *snapshot));
  for (size_t i = snapshot != nullptr ? snapshot->position : 0; i < count; ++i) {
    const Entry& entry = office_->log()[i];
    if (entry.is_calendar) {
      if (snapshot != nullptr && entry.change.version <= snapshot->calendar.version) continue;
      must(replayed.Check(entry.change));
      replayed.Apply(entry.change);
    } else {
      must(entry.party.count > 0 ? replayed.Apply(entry.party) : replayed.Apply(entry.event));
    }
  }
  must(replayed.Rebuild());
  must(replayed.CheckInvariants());
  return want_digest ? replayed.Digest() : "";
}

// Every prefix; those seen before are known to be good.
void CaseProgram::CheckLog() {
  uint64_t hash = 0;
  for (size_t i = 0; i < office_->log().size(); ++i) {
    hash = HashOf(hash, office_->log()[i]);
    if (i + 1 < office_->setup_entries() || checked_prefixes_.contains(hash)) continue;
    Replay(nullptr, i + 1, false);
    checked_prefixes_.insert(hash);
  }
}

const std::string& CaseProgram::DigestOf(size_t count) {
  uint64_t hash = 0;
  for (size_t i = 0; i < count; ++i) hash = HashOf(hash, office_->log()[i]);
  auto known = digests_.find(hash);
  if (known == digests_.end()) known = digests_.emplace(hash, Replay(nullptr, count, true)).first;
  return known->second;
}

void CaseProgram::CheckSnapshot() {
  const Snapshot* snapshot = office_->snapshot();
  if (snapshot == nullptr) return;
  const std::string wrong = ImageThatNothingMade(*snapshot, office_->log());
  if (!wrong.empty()) machine().Fail(wrong);
  uint64_t hash = HashOf(*snapshot);
  for (size_t count = 0; count <= office_->log().size(); ++count) {
    if (count > 0) hash = HashOf(hash, office_->log()[count - 1]);
    if (count < snapshot->covers || checked_snapshots_.contains(hash)) continue;
    if (Replay(snapshot, count, true) != DigestOf(count)) {
      machine().Fail("the snapshot with entries " + std::to_string(snapshot->position) + " to " +
                     std::to_string(count) + " of the log is not what the log makes");
    }
    checked_snapshots_.insert(hash);
  }
}

// What an image may follow: the step before it. Or it opens a generation: with a hold or an offer,
// a restored seat, or the end of a move that came to nothing, which spends the generation at
// step 1.
void CaseProgram::CheckSequence() {
  std::map<SeatId, SeatWord> last;
  std::map<std::pair<SeatId, uint64_t>, SeatImage> told;
  const auto follow = [&](const SeatImage& image) {
    const auto [first, is_new] = told.emplace(std::pair(image.seat, image.word.sequence()), image);
    const SeatImage& before_image = first->second;
    if (!is_new && (before_image.word != image.word || before_image.subject != image.subject ||
                    before_image.idempotency != image.idempotency))
      machine().Fail("the log tells one transition twice, and not the same");
    SeatWord& before = last[image.seat];
    const SeatWord word = image.word;
    if (word.sequence() <= before.sequence()) return;  // told before
    const bool next_step = word.sequence() == before.sequence() + 1;
    const bool spent = word.step() == 1 &&
                       (word.state() == SeatState::kFree || word.state() == SeatState::kWithdrawn);
    const bool opens = word.generation().value == before.generation().value + 1 &&
                       (word.step() == 0 || spent) &&
                       (IsNobodys(before.state()) || before.state() == SeatState::kWithdrawn);
    if (!next_step && !opens) {
      machine().Fail("the log has seat " + std::to_string(image.seat.value) + " at generation " +
                     std::to_string(word.generation().value) + " step " +
                     std::to_string(word.step()) + " straight after generation " +
                     std::to_string(before.generation().value) + " step " +
                     std::to_string(before.step()));
    }
    before = word;
  };
  for (const Entry& entry : office_->log()) {
    for (const SeatImage& image : entry.Images()) follow(image);
  }
}

void CaseProgram::CheckQuiet() {
  const absl::Status status = office_->ledger().CheckInvariants();
  if (!status.ok()) machine().Fail(std::string(status.message()));
  if (office_->ledger().Digest() != DigestOf(office_->log().size()))
    machine().Fail("the ledger and the replay of its log differ");
  for (const std::string& wrong : {office_->Forgotten(), office_->Hidden()}) {
    if (!wrong.empty()) machine().Fail(wrong);
  }
  const std::string answers = Answers();
  const std::string outcome = answers + " -> " + office_->Summary();
  outcomes_.insert(outcome);
  if (!sequential_.contains(outcome) && !case_.also.contains(answers) &&
      !case_.also.contains(outcome))
    machine().Fail("no order of the acts gives: " + outcome);
}

// What a thread may have in its hands at one moment: a seat, or a party's.
size_t CaseProgram::MostClaimed(int thread) const {
  size_t most = 1;
  for (const Act& act : threads_[static_cast<size_t>(thread)])
    if (act.verb == "party") most = std::max(most, act.all.size());
  return most;
}

// A thread was stopped for ever. Somebody looks at everything, and so finishes what was decided;
// then every seat but what that thread had claimed is in its place: free with its bit, or
// somebody's, or cooling, or gone.
void CaseProgram::CheckLost(int suspended) {
  for (size_t who = 0; who < kPeople.size(); ++who) {
    office_->Do(Act{"find", static_cast<int>(who), {}, -1, {}}, suspended);
    office_->Do(Act{"look", static_cast<int>(who), {}, -1, {}}, suspended);
  }
  ledger::Ledger& ledger = office_->ledger();
  uint32_t in_place = 0, free_bits = 0;
  for (uint32_t number = 0; number < ledger.seats(); ++number) {
    // Whatever it answers: it finishes what is half done there.
    ledger.Lengthen(SeatId{number}, 0, *office_);
    const SeatWord word = ledger.WordOf(SeatId{number});
    if (!word.pending() && (IsReserved(word.state()) || IsStewards(word.state()))) ++in_place;
  }
  for (const auto& slot : ledger.Slots(kAgenda, Instant{}, Instant{int64_t{1} << 42}, 8))
    free_bits += slot.free[0];
  const uint64_t made = ledger.CountSeats().in_calendar;
  if (in_place + free_bits + MostClaimed(suspended) < made) {
    machine().Fail(std::to_string(made - in_place - free_bits) + " of " + std::to_string(made) +
                   " seats are lost with one thread");
  }
  CheckLog();
  CheckSequence();
}

void CaseProgram::Check(int suspended) {
  CheckLog();
  CheckSequence();
  if (suspended < 0) {
    CheckQuiet();
  } else {
    CheckLost(suspended);
  }
  CheckSnapshot();
}

namespace {

std::vector<Trial> TrialsOf(const std::vector<Case>& cases) {
  std::vector<Trial> trials;
  for (const Case& one : cases) {
    trials.push_back(Trial{one.name, [&one] { return std::make_unique<CaseProgram>(one); },
                           one.preemptions, one.long_preemptions, one.suspends});
  }
  return trials;
}

}  // namespace

std::vector<Trial> PairTrials() { return TrialsOf(Pairs()); }
std::vector<Trial> TripleTrials() { return TrialsOf(Triples()); }
std::vector<Trial> ScanTrials() { return TrialsOf(Scans()); }
std::vector<Trial> FairnessTrials() { return TrialsOf(Fairness()); }
std::vector<Trial> PartyTrials() { return TrialsOf(Parties()); }

}  // namespace creneau::interleave
