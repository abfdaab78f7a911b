#include "bench/creneau-bench/read_back.h"

#include <algorithm>
#include <deque>
#include <map>

#include "absl/container/flat_hash_set.h"
#include "base/text.h"
#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/requests.h"
#include "bench/creneau-bench/response.h"

namespace creneau::bench {
namespace {

constexpr uint32_t kConnections = 16;
constexpr size_t kPipelined = 16;
constexpr size_t kExamples = 20;
// A reply that says "later", or none at all: asked again so many times over all.
constexpr size_t kRepeats = 10'000;
constexpr int64_t kPatienceNs = 30'000'000'000;  // without any progress
constexpr int32_t kDaysAtOnce = 31;              // that `slots` gives (design 7)
constexpr const char* kHost = "creneau-bench";

// Sends questions and takes answers, whatever they are about: a list of numbered questions, each
// asked once its turn comes and again when its reply was lost.
class Questions : private Sockets::Handler {
 public:
  class Subject {
   public:
    virtual ~Subject() = default;
    virtual void Ask(size_t question, std::string* out) = 0;
    // False: ask again.
    virtual bool Answered(size_t question, int status, std::string_view body) = 0;
  };

  Questions(const Address& server, Subject* subject, const std::atomic<bool>& stop)
      : subject_(subject),
        stop_(stop),
        sockets_(server, kConnections, this),
        asked_(kConnections) {}

  // How many were answered; all, or the server is gone or says "later" for ever.
  absl::StatusOr<size_t> Run(size_t questions) {
    questions_ = questions;
    if (absl::Status opened = sockets_.Open(); !opened.ok()) return opened;
    int64_t last_progress = NowNs();
    for (size_t before = 0; answered_ < questions_ && repeats_ < kRepeats;) {
      sockets_.Poll(10'000'000);
      if (stop_.load()) return absl::CancelledError("interrupted");
      if (answered_ != before) last_progress = NowNs();
      before = answered_;
      if (NowNs() - last_progress > kPatienceNs) break;
      if (sockets_.up() == 0 && sockets_.last_connect_error() != 0) {
        return absl::UnavailableError("the server takes no connection to read back over");
      }
    }
    return answered_;
  }

 private:
  void OnUp(uint32_t connection) override { AskMore(connection); }

  void OnReply(uint32_t connection, const Reply& reply) override {
    const size_t question = asked_[connection].front();
    asked_[connection].pop_front();
    if (subject_->Answered(question, reply.status, reply.body)) {
      ++answered_;
    } else {
      AskAgain(question);
    }
    if (reply.last && sockets_.usable(connection)) AskMore(connection);
  }

  void OnDown(uint32_t connection, uint32_t, std::string_view) override {
    for (const size_t question : asked_[connection]) AskAgain(question);
    asked_[connection].clear();
  }

  void AskAgain(size_t question) {
    ++repeats_;
    again_.push_back(question);
  }

  void AskMore(uint32_t connection) {
    out_.clear();
    uint32_t count = 0;
    for (; count < kPipelined && (next_ < questions_ || !again_.empty()); ++count) {
      size_t question = next_;
      if (next_ < questions_) {
        ++next_;
      } else {
        question = again_.front();
        again_.pop_front();
      }
      asked_[connection].push_back(question);
      subject_->Ask(question, &out_);
    }
    if (count > 0) sockets_.Send(connection, out_, count);
  }

  Subject* subject_;
  const std::atomic<bool>& stop_;
  Sockets sockets_;
  std::vector<std::deque<size_t>> asked_;  // by connection, in the order of the replies
  std::deque<size_t> again_;
  size_t questions_ = 0;
  size_t next_ = 0;
  size_t answered_ = 0;
  size_t repeats_ = 0;
  std::string out_;
};

bool SaysLater(int status) { return status == 503 || status == 429; }

// Every reservation that was given, by itself.
class Reservations : public Questions::Subject {
 public:
  Reservations(const std::vector<const Told*>& told, const std::vector<std::string>& agendas,
               Findings* findings)
      : told_(told),
        answered_(told.size()),
        writer_(agendas, kHost, 0, 0, 1),
        findings_(findings) {}

  void Ask(size_t question, std::string* out) override {
    writer_.Show(told_[question]->name.view(), told_[question]->key.view(), out);
  }

  bool Answered(size_t question, int status, std::string_view body) override {
    if (SaysLater(status)) return false;
    answered_[question] = true;
    const Told& told = *told_[question];
    const std::string_view state = JsonText(body, "\"state\"");
    const std::string_view slot = JsonText(body, "\"slot\"");
    const bool same =
        JsonText(body, "\"reservation\"") == told.name.view() && slot == told.slot.view();
    if (told.state == Told::State::kConfirmed) {
      if (status == 200 && state == "confirmed" && same) {
        ++findings_->confirmed;
      } else {
        Blame(told, "was confirmed", status, state, slot);
      }
    } else if (told.state == Told::State::kCancelled) {
      if (status == 404 || status == 410 || (status == 200 && state == "cancelled")) {
        ++findings_->cancelled;
      } else {
        Blame(told, "was cancelled", status, state, slot);
      }
    }
    return true;
  }

  void BlameUnanswered() {
    for (size_t i = 0; i < told_.size(); ++i) {
      if (!answered_[i]) Blame(*told_[i], "was given", 0, "no answer", "");
    }
  }

 private:
  void Blame(const Told& told, std::string_view was, int status, std::string_view state,
             std::string_view slot) {
    std::string what = "reservation " + std::string(told.name.view()) + " " + std::string(was) +
                       " in slot " + std::string(told.slot.view()) + ", and reads back as " +
                       std::to_string(status);
    if (!state.empty()) what += " " + std::string(state);
    if (!slot.empty()) what += " in slot " + std::string(slot);
    findings_->Blame(what);
  }

  const std::vector<const Told*>& told_;
  std::vector<bool> answered_;
  RequestWriter writer_;
  Findings* findings_;
};

using SeatCounts = std::map<std::pair<uint32_t, std::string>, uint64_t>;  // agenda, slot

// The slots in which somebody was confirmed: how many seats they have and how many of those are
// free.
class Slots : public Questions::Subject {
 public:
  Slots(const SeatCounts& confirmed, const std::vector<std::string>& agendas, Findings* findings)
      : confirmed_(confirmed), agendas_(agendas), findings_(findings) {
    for (const auto& [place, count] : confirmed) {
      const std::optional<CivilDate> date = ParseDate(place.second.substr(0, 10));
      if (!date) continue;  // is not listed, then, and counted as that
      const int32_t day = DaysFromCivil(*date);
      if (pages_.empty() || pages_.back().agenda != place.first ||
          day >= pages_.back().from + kDaysAtOnce) {
        pages_.push_back({place.first, day});
      }
    }
  }

  size_t pages() const { return pages_.size(); }

  void Ask(size_t question, std::string* out) override {
    const Page& page = pages_[question];
    *out += "GET /v1/agendas/" + agendas_[page.agenda] +
            "/slots?from=" + FormatDate(CivilFromDays(page.from)) +
            "&to=" + FormatDate(CivilFromDays(page.from + kDaysAtOnce - 1)) +
            " HTTP/1.1\r\nHost: " + kHost + "\r\n\r\n";
  }

  bool Answered(size_t question, int status, std::string_view body) override {
    if (SaysLater(status)) return false;
    constexpr std::string_view kSlot = "\"slot\"";
    size_t at = body.find(kSlot);
    while (at != std::string_view::npos) {
      const size_t next = body.find(kSlot, at + kSlot.size());
      One(pages_[question].agenda, body.substr(at, next - at));
      at = next;
    }
    return true;
  }

 private:
  struct Page {
    uint32_t agenda;
    int32_t from;
  };

  void One(uint32_t agenda, std::string_view text) {
    const std::string slot(JsonText(text, "\"slot\""));
    const auto found = confirmed_.find({agenda, slot});
    if (found == confirmed_.end()) return;
    const long capacity = JsonNumber(text, "\"capacity\"");
    const long free = JsonNumber(text, "\"free\"");
    ++findings_->slots;
    if (capacity >= free && free >= 0 && found->second <= static_cast<uint64_t>(capacity - free)) {
      return;
    }
    findings_->Blame("slot " + slot + " of " + agendas_[agenda] + ": " +
                     std::to_string(found->second) + " confirmed, of " + std::to_string(capacity) +
                     " seats, of which " + std::to_string(free) + " are said to be free");
  }

  const SeatCounts& confirmed_;
  const std::vector<std::string>& agendas_;
  std::vector<Page> pages_;
  Findings* findings_;
};

std::vector<const Told*> AllTold(const std::vector<const Journal*>& journals) {
  std::vector<const Told*> all;
  for (const Journal* journal : journals) {
    for (size_t i = 0; i < journal->size(); ++i) all.push_back(&journal->at(i));
  }
  return all;
}

void CheckNames(const std::vector<const Told*>& all, Findings* findings) {
  absl::flat_hash_set<std::string> seen;
  seen.reserve(all.size());
  for (const Told* told : all) {
    if (seen.insert(std::string(told->name.view())).second) continue;
    findings->Blame("reservation " + std::string(told->name.view()) + " in slot " +
                    std::string(told->slot.view()) + " was given to two journeys");
  }
}

}  // namespace

void Findings::Blame(std::string what) {
  ++wrong;
  for (Example& example : examples) {
    if (example.what != what) continue;
    ++example.times;
    return;
  }
  if (examples.size() < kExamples) examples.push_back({std::move(what)});
}

uint64_t Findings::not_shown() const {
  uint64_t shown = 0;
  for (const Example& example : examples) shown += example.times;
  return wrong - shown;
}

std::string Findings::Example::Text() const {
  return times == 1 ? what : what + " (" + std::to_string(times) + " times)";
}

absl::StatusOr<Findings> ReadBack(const Address& server, const std::vector<std::string>& agendas,
                                  const std::vector<const Journal*>& journals,
                                  const std::atomic<bool>& stop) {
  Findings findings;
  const std::vector<const Told*> all = AllTold(journals);
  findings.reservations = all.size();
  CheckNames(all, &findings);

  Reservations reservations(all, agendas, &findings);
  const absl::StatusOr<size_t> read = Questions(server, &reservations, stop).Run(all.size());
  if (!read.ok()) return read.status();
  reservations.BlameUnanswered();

  SeatCounts confirmed;
  for (const Told* told : all) {
    if (told->state == Told::State::kConfirmed) {
      ++confirmed[{told->agenda, std::string(told->slot.view())}];
    }
  }
  Slots slots(confirmed, agendas, &findings);
  const absl::StatusOr<size_t> pages = Questions(server, &slots, stop).Run(slots.pages());
  if (!pages.ok()) return pages.status();
  findings.slots_not_listed =
      confirmed.size() - std::min<uint64_t>(findings.slots, confirmed.size());
  return findings;
}

}  // namespace creneau::bench
