#include "tests/interleave/sites.h"

#include <array>
#include <cstring>

#include "base/check.h"
#include "base/prng.h"

namespace creneau::interleave {
namespace {

constexpr size_t kTable = 4096;

// Read-modify-writes whose result nobody looks at: two of them in either order leave the same, so
// only one order is explored; and none of them learns anything from the others (a weaker promise
// than the source's: what holds without it holds with it).
struct Commuting {
  const char* function;
  Change change;
};
constexpr std::array<Commuting, 5> kCommuting = {{
    {"Ledger::AddHolds", Change::kAdd},
    {"Ledger::GiveBits", Change::kAdd},  // freeings; the free word's own result is looked at
    {"Bitmap::Set", Change::kOr},
    {"Epochs::BeginUse", Change::kOr},
    {"SubjectIndex::Table::CountEntry", Change::kAdd},
}};

std::string ShortFile(const char* path) {
  const std::string text = path;
  const size_t engine = text.rfind("engine/");
  return engine == std::string::npos ? text.substr(text.rfind('/') + 1) : text.substr(engine + 7);
}

// "bool creneau::ledger::Bitmap::Set(size_t)" -> "Bitmap::Set"
std::string ShortFunction(std::string text) {
  text = text.substr(0, text.find('('));
  text = text.substr(text.rfind(' ') + 1);
  for (const char* outer : {"creneau::", "ledger::", "wal::"}) {
    if (const size_t at = text.find(outer); at == 0) text = text.substr(std::strlen(outer));
  }
  return text;
}

const char* KindName(Kind kind) {
  switch (kind) {
    case Kind::kLoad:
      return "load";
    case Kind::kStore:
      return "store";
    case Kind::kRmw:
      return "rmw";
    case Kind::kCas:
      return "cas";
  }
  return "";
}

}  // namespace

Sites& sites() {
  static Sites one;
  return one;
}

std::memory_order Weaker(std::memory_order order, Kind kind, Weakening weakening) {
  using enum std::memory_order;
  switch (weakening) {
    case Weakening::kNone:
      return order;
    case Weakening::kNoTotalOrder:
      if (order != seq_cst) return order;
      return kind == Kind::kLoad ? acquire : kind == Kind::kStore ? release : acq_rel;
    case Weakening::kNoAcquire:
      return Releases(order) && kind != Kind::kLoad ? release : relaxed;
    case Weakening::kNoRelease:
      return Acquires(order) && kind != Kind::kStore ? acquire : relaxed;
  }
  return order;
}

int Sites::Find(const Operation& operation, const std::source_location& place) {
  if (table_.empty()) table_.resize(kTable);
  const auto file = reinterpret_cast<uintptr_t>(place.file_name());
  size_t at = Mix64(file ^ static_cast<uint64_t>(place.line()) << 48 ^
                    static_cast<uint64_t>(place.column()) << 56) %
              kTable;
  for (; table_[at].file != nullptr; at = (at + 1) % kTable) {
    const Entry& seen = table_[at];
    if (seen.file == place.file_name() && seen.line == place.line() &&
        seen.column == place.column())
      return seen.site;
  }
  // A header's function may be in several objects.
  const std::string name = ShortFile(place.file_name());
  int site = -1;
  for (size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].file == name && all_[i].line == place.line() && all_[i].column == place.column())
      site = static_cast<int>(i);
  }
  if (site < 0) {
    site = static_cast<int>(all_.size());
    Site made{name, ShortFunction(place.function_name()), place.line(), place.column(), operation,
              false};
    for (const Commuting& commuting : kCommuting) {
      if (made.function == commuting.function && operation.change == commuting.change)
        made.commutes = true;
    }
    all_.push_back(made);
  }
  table_[at] = Entry{place.file_name(), place.line(), place.column(), site};
  return site;
}

void Sites::Apply(Operation& operation, const std::source_location& place) {
  const bool was = model_runs;
  model_runs = false;  // these books are not the model's memory
  operation.site = Find(operation, place);
  operation.commutes = all_[static_cast<size_t>(operation.site)].commutes;
  const auto at = static_cast<size_t>(operation.site);
  if (at >= mark_.size()) mark_.resize(at + 1);
  if (!mark_[at]) {
    mark_[at] = true;
    reached_.insert(operation.site);
  }
  if (operation.site == weak_site_) {
    operation.order = Weaker(operation.order, operation.kind, weakening_);
    operation.failure = Weaker(operation.failure, Kind::kLoad, weakening_);
  }
  model_runs = was;
}

std::string Sites::NameOf(int site) const {
  const Site& one = all_[static_cast<size_t>(site)];
  int nth = 1;
  for (const Site& other : all_) {
    const bool before =
        other.line < one.line || (other.line == one.line && other.column < one.column);
    if (other.file == one.file && other.function == one.function && before &&
        other.example.kind == one.example.kind)
      ++nth;
  }
  return one.file + " " + one.function + " " + KindName(one.example.kind) + " " +
         std::to_string(nth);
}

}  // namespace creneau::interleave
