// What creneaud makes of its flags and its file: precedence, defaults, and errors that point at the
// place.
#include "daemon/options.h"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "daemon/config_file.h"
#include "daemon/descriptors.h"
#include "daemon/flags.h"

namespace creneau::daemon {
namespace {

Flags FlagsOf(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv = {"creneaud"};
  argv.insert(argv.end(), arguments);
  return ParseFlags(static_cast<int>(argv.size()), argv.data());
}

// Errors as a person would see them, one a line.
std::string Text(const rules::Diagnostics& errors) {
  std::string text;
  for (const rules::Diagnostic& error : errors) {
    text += std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + error.message +
            "\n";
  }
  return text;
}

struct Outcome {
  Options options;
  std::string errors;
};

Outcome Run(std::initializer_list<const char*> arguments, std::string_view file) {
  const Flags flags = FlagsOf(arguments);
  REQUIRE_FALSE(flags.exit_code.has_value());
  ConfigFile config = ReadConfigFile(file);
  Outcome outcome;
  outcome.options = Resolve(flags.settings, config.settings, 6, &config.errors);
  outcome.errors = Text(config.errors);
  return outcome;
}

TEST_CASE("a data directory alone is enough: everything else has a default") {
  const Outcome outcome = Run({"--data", "d"}, "");
  CHECK(outcome.errors.empty());
  CHECK(outcome.options.keys == "d/keys");
  CHECK(outcome.options.admin == "d/admin.sock");
  CHECK(outcome.options.listen == "127.0.0.1:8080");
  CHECK(outcome.options.confirm_listen.empty());
  CHECK(outcome.options.metrics.empty());
  CHECK(outcome.options.proxies == std::vector<std::string>{"127.0.0.0/8", "::1"});
  CHECK(outcome.options.connections_per_address == 1024);
  CHECK(outcome.options.requests_per_address == 200);
  CHECK(outcome.options.threads == 6);
  CHECK(outcome.options.segment_bytes == limits::kDefaultSegmentBytes);
  CHECK(outcome.options.snapshot_bytes == 1u << 30);
  CHECK(outcome.options.log_level == "info");
  CHECK(outcome.options.log_write == env::WriteMode::kMeasured);
}

TEST_CASE("the file says what flags can say") {
  const Outcome outcome = Run({}, R"(
data = "d"
keys = "k"
listen = "0.0.0.0:80"
trusted_network = true
confirm_listen = "unix:confirm.sock"
proxies = ["192.0.2.7", "10.0.0.0/8"]
connections_per_address = 20
requests_per_address = 0
admin = "a.sock"
metrics = "[::1]:9100"
threads = 3
segment_mib = 16
snapshot_mib = 0
log_level = "warn"
log_write = "buffered"
)");
  CHECK(outcome.errors.empty());
  CHECK(outcome.options.data == "d");
  CHECK(outcome.options.keys == "k");
  CHECK(outcome.options.admin == "a.sock");
  CHECK(outcome.options.listen == "0.0.0.0:80");
  CHECK(outcome.options.confirm_listen == "unix:confirm.sock");
  CHECK(outcome.options.proxies == std::vector<std::string>{"192.0.2.7", "10.0.0.0/8"});
  CHECK(outcome.options.connections_per_address == 20);
  CHECK(outcome.options.requests_per_address == 0);
  CHECK(outcome.options.metrics == "[::1]:9100");
  CHECK(outcome.options.trusted_network);
  CHECK(outcome.options.threads == 3);
  CHECK(outcome.options.segment_bytes == 16u << 20);
  CHECK(outcome.options.snapshot_bytes == 0);
  CHECK(outcome.options.log_level == "warn");
  CHECK(outcome.options.log_write == env::WriteMode::kBuffered);
}

TEST_CASE("flags beat the file") {
  const Outcome outcome =
      Run({"--data",
           "mine",
           "--threads",
           "2",
           "--listen",
           "127.0.0.1:0",
           "--segment-bytes",
           "4194304",
           "--log-write",
           "direct",
           "--proxy",
           "::1",
           "--proxy",
           "fd00::/8",
           "--connections-per-address",
           "7",
           "--requests-per-address",
           "1000",
           "--confirm-listen",
           "[::1]:81"},
          "data = \"theirs\"\nthreads = 5\nlisten = \"10.0.0.1:80\"\nsegment_mib = 64\n"
          "log_write = \"auto\"\nproxies = []\nconnections_per_address = 8\n"
          "requests_per_address = 8\n"
          "confirm_listen = \"127.0.0.1:80\"\n");
  CHECK(outcome.errors.empty());
  CHECK(outcome.options.data == "mine");
  CHECK(outcome.options.keys == "mine/keys");
  CHECK(outcome.options.threads == 2);
  CHECK(outcome.options.listen == "127.0.0.1:0");
  CHECK(outcome.options.segment_bytes == 4194304);
  CHECK(outcome.options.log_write == env::WriteMode::kDirect);
  CHECK(outcome.options.proxies == std::vector<std::string>{"::1", "fd00::/8"});
  CHECK(outcome.options.connections_per_address == 7);
  CHECK(outcome.options.requests_per_address == 1000);
  CHECK(outcome.options.confirm_listen == "[::1]:81");
}

TEST_CASE("errors in the file have line and column") {
  struct Case {
    const char* file;
    const char* error;
  };
  const Case cases[] = {
      {"data = \"d\"\nthread = 4\n", "2:1: unknown key `thread`: expected one of data, keys"},
      {"data = \"d\"\nthreads = \"4\"\n", "2:11: threads: expected an integer, got a string"},
      {"data = \"d\"\nthreads = 4.0\n", "2:11: threads: expected an integer, got a float"},
      {"data = \"d\"\nthreads = 0\n", "2:11: threads: expected 1 to 256"},
      {"data = 7\n", "1:8: data: expected a string, got an integer"},
      {"data = \"d\"\n[listen]\nport = 1\n", "2:1: listen: expected a string, got a table"},
      {"data = \"d\"\nsegment_mib = 1\n", "2:15: segment_mib: expected 2 to 1024"},
      {"data = \"d\"\nsegment_mib = 9000000000000000000\n", "2:15: segment_mib: expected 2"},
      {"data = \"d\"\nsnapshot_mib = -1\n", "2:16: snapshot_mib: expected 0 to 1048576"},
      {"data = \"d\"\nlog_level = \"loud\"\n", "2:13: log_level: expected trace, debug"},
      {"data = \"d\"\nlog_write = \"fast\"\n",
       "2:13: log_write: expected auto, direct or buffered"},
      {"data = \"d\"\ntrusted_network = 1\n", "2:19: trusted_network: expected a boolean"},
      {"data = \"d\"\nlisten = \"8080\"\n", "2:10: listen: \"8080\" is not an address"},
      {"data = \"d\"\nconfirm_listen = \"80\"\n", "2:18: confirm_listen: \"80\" is not an address"},
      {"data = \"d\"\nproxies = \"::1\"\n",
       "2:11: proxies: expected an array of strings, got a str"},
      {"data = \"d\"\nproxies = [\"::1\", 4]\n",
       "2:19: proxies: expected an array of strings, got an"},
      {"data = \"d\"\nproxies = [\"nginx\"]\n",
       "2:11: proxies: \"nginx\" is not an address; write"},
      {"data = \"d\"\nconnections_per_address = 0\n",
       "2:27: connections_per_address: expected 1 to 16384"},
      {"data = \"d\"\nrequests_per_address = -1\n",
       "2:24: requests_per_address: expected 0 to 1000"},
      {"data = \"d\"\nadmin = \"\"\n", "2:9: admin: expected a path"},
      {"data = \"d\"\nlisten = \"127.0.0.1:1\n", "2:"},
      {"data = \"d\"\ndata = \"e\"\n", "2:"},
      {"\n\nbroken\n", "3:"},
  };
  for (const Case& one : cases) {
    INFO(one.file);
    const Outcome outcome = Run({}, one.file);
    CHECK(outcome.errors.rfind(one.error, 0) == 0);
    CAPTURE(outcome.errors);
  }
}

TEST_CASE("every error of a file is told, from its top") {
  const Outcome outcome = Run({"--data", "d"}, "zebra = 1\nthreads = \"x\"\naardvark = 2\n");
  CHECK(outcome.errors.find("1:1: unknown key `zebra`") == 0);
  CHECK(outcome.errors.find("2:11: threads") < outcome.errors.find("3:1: unknown key `aardvark`"));
}

TEST_CASE("errors of flags name the flag") {
  CHECK(Run({}, "").errors.find("no data directory: give --data DIR") != std::string::npos);
  CHECK(Run({"--data", "d", "--log-write", "fast"}, "").errors ==
        "0:0: --log-write: expected auto, direct or buffered, got \"fast\"\n");
  CHECK(Run({"--data", "d", "--proxy", "::1", "--proxy", "ng"}, "")
            .errors.find("0:0: --proxy: \"ng\" is not an address") == 0);
  CHECK(Run({"--data", "d", "--connections-per-address", "16385"}, "").errors ==
        "0:0: --connections-per-address: expected 1 to 16384\n");
  CHECK(Run({"--data", "d", "--requests-per-address", "1001"}, "").errors ==
        "0:0: --requests-per-address: expected 0 to 1000; 0 lets as many come as will\n");
  CHECK(Run({"--data", "d", "--confirm-listen", "0.0.0.0:81"}, "")
            .errors.find("0:0: --confirm-listen: 0.0.0.0:81 is beyond loopback") == 0);
  CHECK(Run({"--data", "d", "--threads", "0"}, "").errors == "0:0: --threads: expected 1 to 256\n");
  CHECK(Run({"--data", "d", "--segment-bytes", "5000000"}, "").errors ==
        "0:0: --segment-bytes: expected 2097152 to 1073741824, a multiple of 4096\n");
  CHECK(Run({"--data", "d", "--snapshot-bytes", "-1"}, "").errors ==
        "0:0: --snapshot-bytes: expected 0 to 1099511627776; 0 takes none by itself\n");
  CHECK(Run({"--data", "d", "--log-level", "loud"}, "").errors.rfind("0:0: --log-level: ", 0) == 0);
  CHECK(Run({"--data", std::string(120, 'x').c_str()}, "").errors.find("at most 107 bytes") !=
        std::string::npos);
}

TEST_CASE("beyond loopback only where the file says that the network is trusted") {
  const Outcome refused = Run({"--data", "d", "--listen", "0.0.0.0:8080"}, "");
  CHECK(refused.errors.find("--listen: 0.0.0.0:8080 is beyond loopback") != std::string::npos);
  CHECK(refused.errors.find("`trusted_network = true`") != std::string::npos);
  CHECK(Run({"--data", "d", "--listen", "0.0.0.0:8080"}, "trusted_network = true").errors.empty());
  CHECK_FALSE(Run({"--data", "d", "--listen", "[::]:1"}, "trusted_network = false").errors.empty());
  // Whoever opens it to the staff opens it to nobody else: keys are readable on the wire as well.
  CHECK_FALSE(Run({"--data", "d", "--listen", "[::]:1", "--staff-on-public"}, "").errors.empty());
  CHECK(Run({"--data", "d", "--staff-on-public"}, "").options.staff_on_public);
  CHECK(Run({"--data", "d"}, "staff_on_public = true").options.staff_on_public);
  CHECK_FALSE(Run({"--data", "d"}, "staff_on_public = false").options.staff_on_public);
  CHECK_FALSE(Run({"--data", "d"}, "").options.staff_on_public);
  CHECK_FALSE(Run({"--data", "d", "--metrics", "10.1.2.3:9100"}, "").errors.empty());
  CHECK(Run({"--data", "d", "--listen", "127.9.9.9:1"}, "").errors.empty());
}

TEST_CASE("addresses are numeric, so that start-up waits for no name server") {
  for (const char* fine :
       {"[::1]:8080", "localhost:0", "127.255.255.255:65535", "unix:creneau.sock"}) {
    CAPTURE(fine);
    CHECK(Run({"--data", "d", "--listen", fine}, "").errors.empty());
  }
  for (const char* wrong : {"", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                            "127.0.0.1:-1", "127.0.0.1:80x", "::1:8080", "[127.0.0.1]:80",
                            "prefecture.example:80", "127.0.0.1 :80", "[::1:80", "unix:"}) {
    CAPTURE(wrong);
    const Given<std::string> listen{wrong};
    Settings flags;
    flags.data = Given<std::string>{"d"};
    flags.listen = listen;
    rules::Diagnostics errors;
    Resolve(flags, {}, 1, &errors);
    CHECK(Text(errors).rfind("0:0: --listen: ", 0) == 0);
  }
}

TEST_CASE("connections are what descriptors are left for") {
  struct Case {
    uint64_t descriptors;
    Served served;
    Connections connections;
  };
  const Case cases[] = {
      {521, {1}, {256, 0}},
      {600, {2}, {326, 0}},
      {1024, {4}, {732, 0}},
      {4096, {8}, {3768, 0}},
      {16'384 + 256 + 72 - 1, {8}, {16'383, 0}},
      {1 << 20, {8}, {16'384, 0}},
      {UINT64_MAX, {256}, {16'384, 0}},
      // With a listener for those who confirm: a fifth, but no fewer than it needs.
      {594, {1, true}, {256, 64}},
      {1024, {1, true}, {600, 150}},
      {20'000, {2, true}, {15'774, 3'943}},
      {1 << 20, {2, true}, {16'384, 4'096}},
  };
  for (const Case& c : cases) {
    INFO(c.descriptors << " descriptors, " << c.served.threads << " threads");
    REQUIRE(c.descriptors >= DescriptorsNeeded(c.served));
    CHECK(ConnectionsFor(c.descriptors, c.served) == c.connections);
    const bool all = c.connections.citizens == limits::kMaxConnections;
    CHECK(all == (c.descriptors >= DescriptorsForeseen(c.served)));
  }
  CHECK(DescriptorsNeeded({1}) == 521);
  CHECK(DescriptorsNeeded({1, true}) == 594);
  CHECK(DescriptorsNeeded({1, false, true}) == 530);
  CHECK(DescriptorsNeeded({kMaxThreads}) == 256 + 9 * 256 + 256);
}

TEST_CASE("a wrong command line ends with 2, help and version with 0") {
  CHECK(FlagsOf({"--help"}).exit_code == 0);
  CHECK(FlagsOf({"--help"}).output.rfind("Examples:", 0) == 0);
  CHECK(FlagsOf({"--version"}).exit_code == 0);
  CHECK(FlagsOf({"--frobnicate"}).exit_code == 2);
  CHECK(FlagsOf({"--threads", "many"}).exit_code == 2);
  CHECK(FlagsOf({"--data"}).exit_code == 2);
  CHECK(FlagsOf({"stray"}).exit_code == 2);
  CHECK(FlagsOf({"--check", "--config", "f"}).check);
  CHECK(*FlagsOf({"--check", "--config", "f"}).config == "f");
}

}  // namespace
}  // namespace creneau::daemon
