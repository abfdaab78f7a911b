#include "tools/audit/manifest.h"

#include <algorithm>
#include <boost/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace creneau::audit {
namespace json = boost::json;
namespace {

constexpr char kFormat[] = "creneau-audit 1";

// Paths that an export has: nothing of a manifest leads out of its directory.
bool IsPath(std::string_view path) {
  return !path.empty() && path.front() != '/' && path.find("..") == std::string_view::npos &&
         std::count(path.begin(), path.end(), '/') <= 1;
}

// What the text lacks is an exception of the library's, and DataLoss here.
Manifest Parse(const json::object& in) {
  Manifest out;
  out.made_by = json::value_to<std::string>(in.at("made_by"));
  out.made_at = Instant{in.at("made_at_ms").to_number<int64_t>()};
  out.agenda = json::value_to<std::string>(in.at("agenda"));
  out.cut = in.at("cut").as_bool();
  out.records = in.at("records").to_number<uint64_t>();
  out.lines = in.at("lines").to_number<uint64_t>();
  const json::object& end = in.at("end").as_object();
  out.end.batch = end.at("batch").to_number<uint64_t>();
  out.end.epoch = end.at("epoch").to_number<uint64_t>();
  out.written_at = Instant{end.at("written_at_ms").to_number<int64_t>()};
  const auto chain = FromHex(json::value_to<std::string>(end.at("chain")));
  if (!absl::SimpleAtoi(json::value_to<std::string>(end.at("lsn")), &out.end.lsn.value) || !chain ||
      chain->size() != out.end.chain.size())
    throw std::invalid_argument("end");
  std::copy(chain->begin(), chain->end(), out.end.chain.begin());
  for (const auto& [path, sum] : in.at("files").as_object()) {
    if (!IsPath({path.data(), path.size()})) throw std::invalid_argument("files");
    const json::object& of = sum.as_object();
    out.files[std::string(path)] = {of.at("bytes").to_number<uint64_t>(),
                                    json::value_to<std::string>(of.at("sha256"))};
  }
  return out;
}

}  // namespace

std::string ToJson(const Manifest& manifest) {
  json::object files;
  for (const auto& [path, sum] : manifest.files)
    files[path] = {{"bytes", sum.bytes}, {"sha256", sum.sha256}};
  const json::object out = {{"format", kFormat},
                            {"made_by", manifest.made_by},
                            {"made_at_ms", manifest.made_at.ms},
                            {"agenda", manifest.agenda},
                            {"cut", manifest.cut},
                            {"records", manifest.records},
                            {"lines", manifest.lines},
                            {"begin", {{"lsn", "1"}, {"chain", Hex(wal::Chain{})}}},
                            {"end",
                             {{"lsn", std::to_string(manifest.end.lsn.value)},
                              {"batch", manifest.end.batch},
                              {"epoch", manifest.end.epoch},
                              {"written_at_ms", manifest.written_at.ms},
                              {"chain", Hex(manifest.end.chain)}}},
                            {"files", std::move(files)}};
  return json::serialize(out) + "\n";
}

absl::StatusOr<Manifest> ReadManifest(std::string_view text) {
  try {
    const json::value parsed = json::parse({text.data(), text.size()});
    const std::string format = json::value_to<std::string>(parsed.at("format"));
    if (format != kFormat) {
      return absl::DataLossError(absl::StrCat(kManifest, ": an export of format \"", format,
                                              "\"; this program reads \"", kFormat, "\""));
    }
    return Parse(parsed.as_object());
  } catch (const std::exception& error) {
    return absl::DataLossError(
        absl::StrCat(kManifest, " is no manifest of an export: ", error.what()));
  }
}

}  // namespace creneau::audit
