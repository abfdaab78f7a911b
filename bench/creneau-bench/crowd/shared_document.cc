#include "bench/creneau-bench/crowd/shared_document.h"

#include <optional>

#include "bench/creneau-bench/response.h"

namespace creneau::bench {
namespace {

std::string WrongWithKey(const Sight& sight, std::string_view chain_end) {
  const std::optional<surge::ChainValue> end = ReadChainValue(chain_end);
  if (!end) return "a status document with K says no end of the chain";
  if (surge::BelongsToChain(*sight.k, sight.day, *end)) return "";
  return "K does not belong to the chain whose end the document says";
}

}  // namespace

bool SharedDocument::Take(int status, std::string_view body, int64_t now_ns, std::string* untrue) {
  untrue->clear();
  if (status != 200) return false;
  const std::optional<Sight> seen = ReadSight(body, now_ns);
  if (!seen) return false;
  const std::string_view chain_end = JsonText(body, "\"chain_end\"");
  if (sight_.known && chain_end != chain_end_) *untrue = "the end of the chain changed";
  const bool same = seen->day == sight_.day;
  if (sight_.known && same) {
    if (seen->served_rank < sight_.served_rank) *untrue = "the served rank went back";
    if (sight_.k && seen->k != sight_.k) *untrue = "K changed";
  }
  const bool new_key = seen->k && !(same && sight_.k);
  if (new_key && untrue->empty()) *untrue = WrongWithKey(*seen, chain_end);
  chain_end_ = chain_end;
  sight_ = *seen;
  return true;
}

}  // namespace creneau::bench
