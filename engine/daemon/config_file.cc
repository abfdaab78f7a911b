#include "daemon/config_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace creneau::daemon {
namespace {

constexpr std::string_view kKnownKeys =
    "data, keys, listen, confirm_listen, admin, metrics, proxies, connections_per_address, "
    "requests_per_address, threads, segment_mib, snapshot_mib, log_level, log_write, "
    "trusted_network, staff_on_public";
constexpr int64_t kBytesPerMib = int64_t{1} << 20;

std::string_view TypeName(toml::node_type type) {
  switch (type) {
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a float";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

class Reader {
 public:
  explicit Reader(ConfigFile* out) : out_(out) {}

  void Read(const toml::table& table) {
    for (const auto& [key, node] : table) ReadKey(key, node);
    // toml++ keeps a table sorted by key; people read a file from its top.
    std::stable_sort(out_->errors.begin(), out_->errors.end(), [](const auto& a, const auto& b) {
      return a.line != b.line ? a.line < b.line : a.column < b.column;
    });
  }

 private:
  void ReadKey(const toml::key& key, const toml::node& node) {
    Settings& to = out_->settings;
    const std::string_view name = key.str();
    if (name == "data") return Take(name, node, "a string", &to.data);
    if (name == "keys") return Take(name, node, "a string", &to.keys);
    if (name == "listen") return Take(name, node, "a string", &to.listen);
    if (name == "confirm_listen") return Take(name, node, "a string", &to.confirm_listen);
    if (name == "proxies") return TakeTexts(name, node, &to.proxies);
    if (name == "connections_per_address")
      return Take(name, node, "an integer", &to.connections_per_address);
    if (name == "requests_per_address")
      return Take(name, node, "an integer", &to.requests_per_address);
    if (name == "admin") return Take(name, node, "a string", &to.admin);
    if (name == "metrics") return Take(name, node, "a string", &to.metrics);
    if (name == "log_level") return Take(name, node, "a string", &to.log_level);
    if (name == "log_write") return Take(name, node, "a string", &to.log_write);
    if (name == "threads") return Take(name, node, "an integer", &to.threads);
    if (name == "trusted_network") return Take(name, node, "a boolean", &to.trusted_network);
    if (name == "staff_on_public") return Take(name, node, "a boolean", &to.staff_on_public);
    if (name == "segment_mib") return TakeMib(name, node, &to.segment_bytes);
    if (name == "snapshot_mib") return TakeMib(name, node, &to.snapshot_bytes);
    Error(key.source(),
          "unknown key `" + std::string(name) + "`: expected one of " + std::string(kKnownKeys));
  }

  template <typename T>
  void Take(std::string_view name, const toml::node& node, std::string_view expected,
            std::optional<Given<T>>* to) {
    const std::optional<T> value = node.value_exact<T>();
    const toml::source_position at = node.source().begin;
    if (value) {
      *to = Given<T>{*value, static_cast<int>(at.line), static_cast<int>(at.column)};
    } else {
      Error(node.source(), std::string(name) + ": expected " + std::string(expected) + ", got " +
                               std::string(TypeName(node.type())));
    }
  }

  void TakeTexts(std::string_view name, const toml::node& node,
                 std::optional<Given<std::vector<std::string>>>* to) {
    const toml::array* const array = node.as_array();
    const auto wrong = [&](const toml::node& there) {
      Error(there.source(), std::string(name) + ": expected an array of strings, got " +
                                std::string(TypeName(there.type())));
    };
    if (array == nullptr) return wrong(node);
    const toml::source_position at = node.source().begin;
    Given<std::vector<std::string>> given{
        {}, static_cast<int>(at.line), static_cast<int>(at.column)};
    for (const toml::node& element : *array) {
      const std::optional<std::string> text = element.value_exact<std::string>();
      if (!text) return wrong(element);
      given.value.push_back(*text);
    }
    *to = std::move(given);
  }

  void TakeMib(std::string_view name, const toml::node& node,
               std::optional<Given<int64_t>>* bytes) {
    Take(name, node, "an integer", bytes);
    if (!*bytes) return;
    // What overflows is far out of range either way, and says so when the options are resolved.
    const int64_t most = std::numeric_limits<int64_t>::max() / kBytesPerMib;
    (*bytes)->value = std::clamp((*bytes)->value, int64_t{-1}, most) * kBytesPerMib;
  }

  void Error(const toml::source_region& where, std::string message) {
    out_->errors.push_back({static_cast<int>(where.begin.line),
                            static_cast<int>(where.begin.column), std::move(message)});
  }

  ConfigFile* out_;
};

}  // namespace

ConfigFile ReadConfigFile(std::string_view text) {
  ConfigFile file;
  try {
    Reader(&file).Read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    file.errors.push_back({static_cast<int>(at.line), static_cast<int>(at.column),
                           "not TOML: " + std::string(error.description())});
  }
  return file;
}

}  // namespace creneau::daemon
