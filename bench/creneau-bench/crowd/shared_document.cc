#include "bench/creneau-bench/crowd/shared_document.h"

#include <optional>

#include "base/text.h"
#include "bench/creneau-bench/response.h"

namespace creneau::bench {
namespace {

std::string WrongWithKey(const surge::ChainValue& key, std::string_view body) {
  const std::optional<CivilDate> opening = ParseDate(JsonText(body, "\"opening\""));
  const std::optional<surge::ChainValue> end = ReadChainValue(JsonText(body, "\"chain_end\""));
  if (!opening || !end) return "a status document with K says no opening or no end of the chain";
  if (surge::BelongsToChain(key, DaysFromCivil(*opening), *end)) return "";
  return "K does not belong to the chain whose end the document says";
}

}  // namespace

bool SharedDocument::Take(int status, std::string_view body, int64_t now_ns, std::string* untrue) {
  untrue->clear();
  if (status != 200) return false;
  const std::optional<Sight> seen = ReadSight(body, now_ns);
  if (!seen) return false;
  const std::string_view chain_end = JsonText(body, "\"chain_end\"");
  if (sight_.known) {
    if (seen->served_rank < sight_.served_rank) *untrue = "the served rank went back";
    if (sight_.k && seen->k != sight_.k) *untrue = "K changed";
    if (chain_end != chain_end_) *untrue = "the end of the chain changed";
  }
  if (seen->k && !sight_.k && untrue->empty()) *untrue = WrongWithKey(*seen->k, body);
  chain_end_ = chain_end;
  sight_ = *seen;
  return true;
}

}  // namespace creneau::bench
