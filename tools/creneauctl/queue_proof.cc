#include "tools/creneauctl/queue_proof.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/text.h"
#include "surge/key_chain.h"
#include "surge/ticket.h"
#include "tools/creneauctl/documents.h"

namespace creneau::ctl {
namespace {

using surge::ChainValue;

absl::Status Unusable(const std::string& file, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat(file, ": ", why));
}

absl::Status Untrue(const std::string& file, const std::string& what) {
  return absl::DataLossError(absl::StrCat(file, ": ", what));
}

std::optional<ChainValue> ChainValueFrom(std::string_view hex) {
  ChainValue value;
  const std::optional<std::string> bytes = FromHex(hex);
  if (!bytes || bytes->size() != value.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), value.begin());
  return value;
}

// A status document, as far as it can be held to account.
struct Status {
  std::string file;
  std::string agenda;
  std::string opening;
  std::optional<CivilDate> date;
  absl::Time now;
  std::string k;             // empty: not published yet
  std::string k_chain;       // what of it is the chain's
  std::string beacon_value;  // mixed in; empty: nothing
  bool without_beacon = false;
  std::string source;
  std::string chain_end;
  uint64_t served_rank = 0;
};

absl::StatusOr<Status> ReadStatus(const NamedText& file) {
  const json::object document = ParseDocument(file.text);
  Status status;
  status.file = file.name;
  status.agenda = Text(document, "agenda");
  status.opening = Text(document, "opening");
  status.date = ParseDate(status.opening);
  status.k = Text(document, "k");
  const json::object& beacon = Object(document, "beacon");
  status.beacon_value = Text(beacon, "value");
  status.without_beacon = IsTrue(beacon, "without");
  status.source = Text(beacon, "source");
  status.k_chain = Text(document, status.beacon_value.empty() ? "k" : "k_chain");
  status.chain_end = Text(document, "chain_end");
  const std::optional<uint64_t> served = Whole(document, "served_rank");
  std::string reason;
  const bool has_time =
      absl::ParseTime(absl::RFC3339_full, Text(document, "now"), &status.now, &reason);
  if (!status.date || !served || !has_time) {
    return Unusable(file.name,
                    "is not the status of a queue: expected what GET /v1/agendas/…/queue answers, "
                    "with opening, now and served_rank");
  }
  status.served_rank = *served;
  return status;
}

// That one document follows another of the same opening.
absl::Status CheckOrder(const Status& before, const Status& after) {
  if (after.agenda != before.agenda || after.opening != before.opening) {
    return Unusable(after.file, absl::StrCat("is of ", after.agenda, ", ", after.opening, "; ",
                                             before.file, " is of ", before.agenda, ", ",
                                             before.opening, ": give those of one opening"));
  }
  if (after.now < before.now) {
    return Unusable(after.file,
                    absl::StrCat("is older than ", before.file, ": give the oldest first"));
  }
  if (!before.k.empty() && after.k != before.k) {
    return Untrue(after.file, absl::StrCat("K is ", after.k.empty() ? "gone" : after.k,
                                           ", and was ", before.k, " in ", before.file));
  }
  if (!before.beacon_value.empty() && after.beacon_value != before.beacon_value) {
    return Untrue(after.file, absl::StrCat("the beacon gave ", after.beacon_value, ", and ",
                                           before.beacon_value, " in ", before.file));
  }
  if (after.served_rank < before.served_rank) {
    return Untrue(after.file, absl::StrCat("served_rank fell to ", after.served_rank, " from ",
                                           before.served_rank, " in ", before.file));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Status>> ReadStatuses(const std::vector<NamedText>& files) {
  std::vector<Status> statuses;
  for (const NamedText& file : files) {
    absl::StatusOr<Status> status = ReadStatus(file);
    if (!status.ok()) return status.status();
    if (!statuses.empty()) {
      if (absl::Status order = CheckOrder(statuses.back(), *status); !order.ok()) return order;
    }
    statuses.push_back(*std::move(status));
  }
  if (statuses.empty()) return absl::InvalidArgumentError("no status document was given");
  return statuses;
}

// That what the agenda's beacon gave, and nothing else, is mixed into K.
absl::Status CheckBeacon(const std::string& source, const ChainValue& k_chain, const Status& last,
                         bool may_lack, QueueProof* proof) {
  proof->beacon = source;
  proof->beacon_value = last.beacon_value;
  if (source.empty() && !last.beacon_value.empty())
    return Untrue(last.file, "a beacon's value is mixed into K, and the agenda names no beacon");
  if (!source.empty() && last.beacon_value.empty() && !last.without_beacon)
    return Untrue(last.file, "the opening has begun, and does not say what its beacon gave");
  if (last.source != source) {
    return Untrue(last.file, absl::StrCat("its beacon is \"", last.source,
                                          "\", and the agenda's \"", source, "\""));
  }
  if (last.without_beacon && !may_lack) {
    return Untrue(last.file,
                  "the opening began without its beacon: its K is the chain's alone, which the "
                  "office could know beforehand. --without-beacon checks the rest");
  }
  if (ChainValueFrom(last.k) != surge::WithBeacon(k_chain, last.beacon_value)) {
    return Untrue(last.file, absl::StrCat("K is not what mixing ", last.beacon_value, " into ",
                                          last.k_chain, " gives"));
  }
  return absl::OkStatus();
}

// That all of them name the chain of the agenda, and K is that day's.
absl::Status CheckChain(const NamedText& agenda, const std::vector<Status>& statuses, bool may_lack,
                        QueueProof* proof) {
  const json::object document = ParseDocument(agenda.text);
  const json::object& rules = Object(document, "rules");
  const std::string chain_end = Text(rules, "chain_end");
  const std::optional<ChainValue> end = ChainValueFrom(chain_end);
  if (!end) {
    return Unusable(agenda.name,
                    "is not an agenda with a queue: expected what GET /v1/agendas/… answers, with "
                    "rules.chain_end");
  }
  if (Text(rules, "chain_from") != FormatDate(CivilFromDays(surge::kChainFirstDay)))
    return Unusable(agenda.name, "its chain begins on another day than this program knows");
  const Status& last = statuses.back();
  if (Text(document, "agenda") != last.agenda) {
    return Unusable(last.file, absl::StrCat("is of ", last.agenda, ", and ", agenda.name, " of ",
                                            Text(document, "agenda")));
  }
  for (const Status& status : statuses) {
    if (status.chain_end != chain_end) {
      return Untrue(status.file, absl::StrCat("chain_end is ", status.chain_end, ", and ",
                                              chain_end, " in ", agenda.name));
    }
  }
  const int32_t day = DaysFromCivil(*last.date);
  proof->chain_end = chain_end;
  proof->hashes = day - surge::kChainFirstDay + 1;
  if (last.k.empty())
    return Unusable(last.file, "has no K yet: it is published when the opening begins");
  const std::optional<ChainValue> key = ChainValueFrom(last.k_chain);
  if (!key || !surge::BelongsToChain(*key, day, *end)) {
    return Untrue(last.file, absl::StrCat("K does not belong to the chain: hashed ", proof->hashes,
                                          " times, ", last.k_chain, " does not give ", chain_end));
  }
  return CheckBeacon(Text(rules, "beacon"), *key, last, may_lack, proof);
}

// The words of one line of tickets.
std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view kBlanks = " \t\r";
  while (true) {
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    words.push_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(words.back().size());
  }
}

class TicketChecker {
 public:
  TicketChecker(const std::string& file, const Status& last, QueueProof* proof)
      : file_(file),
        day_(DaysFromCivil(*last.date)),
        k_(*ChainValueFrom(last.k)),
        served_(last.served_rank),
        proof_(proof) {}

  absl::Status Check(std::string_view line, size_t number) {
    const std::vector<std::string_view> words = WordsOf(line);
    if (words.empty()) return absl::OkStatus();
    const std::string at = absl::StrCat(file_, ", line ", number);
    const std::optional<surge::Ticket> ticket = surge::ReadUnverified(words[0]);
    if (!ticket) return Unusable(at, "is no ticket: expected its 88 characters");
    if (ticket->opening.day != day_) {
      return Untrue(at, absl::StrCat("the ticket is of the opening of ",
                                     FormatDate(CivilFromDays(ticket->opening.day))));
    }
    if (!agenda_) agenda_ = ticket->opening.agenda;
    if (*agenda_ != ticket->opening.agenda)
      return Untrue(at, "the ticket is of another agenda than those before it");
    const surge::Rank rank = surge::RankOf(k_, ticket->tag, ticket->bucket);
    if (words.size() > 1 && WholeFrom(words[1]) != rank.value) {
      return Untrue(
          at, absl::StrCat("the ticket's rank is ", rank.value, ", not ", std::string(words[1])));
    }
    proof_->tickets.push_back({number, rank, 0, rank.value <= served_});
    return absl::OkStatus();
  }

  void FindPlaces() {
    std::set<surge::Rank> ranks;
    for (const QueueProof::TicketPlace& ticket : proof_->tickets) ranks.insert(ticket.rank);
    const std::vector<surge::Rank> sorted(ranks.begin(), ranks.end());
    for (QueueProof::TicketPlace& ticket : proof_->tickets) {
      const auto at = std::lower_bound(sorted.begin(), sorted.end(), ticket.rank);
      ticket.place = static_cast<size_t>(at - sorted.begin()) + 1;
    }
  }

 private:
  const std::string& file_;
  const int32_t day_;
  const ChainValue k_;
  const uint64_t served_;
  QueueProof* const proof_;
  std::optional<AgendaId> agenda_;
};

}  // namespace

absl::StatusOr<QueueProof> ProveQueue(const NamedText& agenda,
                                      const std::vector<NamedText>& statuses,
                                      const std::optional<NamedText>& tickets,
                                      bool may_lack_beacon) {
  const absl::StatusOr<std::vector<Status>> read = ReadStatuses(statuses);
  if (!read.ok()) return read.status();
  QueueProof proof;
  if (absl::Status chain = CheckChain(agenda, *read, may_lack_beacon, &proof); !chain.ok())
    return chain;
  const Status& last = read->back();
  proof.agenda = last.agenda;
  proof.opening = last.opening;
  proof.k = last.k;
  proof.served_rank = last.served_rank;
  proof.documents = read->size();
  if (!tickets) return proof;
  TicketChecker checker(tickets->name, last, &proof);
  std::string_view rest = tickets->text;
  for (size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (absl::Status checked = checker.Check(line, number); !checked.ok()) return checked;
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  checker.FindPlaces();
  return proof;
}

}  // namespace creneau::ctl
