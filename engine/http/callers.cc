#include "http/callers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/prng.h"

namespace creneau::http {
namespace {

constexpr size_t kMappedBytes = 12;  // ::ffff:0:0/96, where IPv4 lies in IPv6
constexpr PeerAddress kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool IsMapped(const PeerAddress& peer) {
  return std::equal(kMapped.begin(), kMapped.begin() + kMappedBytes, peer.begin());
}

PeerAddress Mapped(const in_addr& v4) {
  PeerAddress peer = kMapped;
  std::memcpy(peer.data() + kMappedBytes, &v4, sizeof v4);
  return peer;
}

// What it is counted as. IPv4 goes where IPv6 has no addresses of anybody's.
uint64_t NetworkOf(const PeerAddress& peer) {
  const size_t begin = IsMapped(peer) ? sizeof(uint64_t) : 0;
  uint64_t network = 0;
  for (size_t i = 0; i < sizeof network; ++i) network = network << 8 | peer[begin + i];
  return network;
}

// Of a list, blanks around it left out. Nothing: it is none.
std::optional<PeerAddress> ReadAddress(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return std::nullopt;
  text = text.substr(from, text.find_last_not_of(" \t") - from + 1);
  std::array<char, INET6_ADDRSTRLEN> whole{};  // inet_pton wants a zero behind it
  if (text.size() >= whole.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), whole.begin());
  in_addr v4{};
  if (inet_pton(AF_INET, whole.data(), &v4) == 1) return Mapped(v4);
  PeerAddress v6{};
  if (inet_pton(AF_INET6, whole.data(), v6.data()) == 1) return v6;
  return std::nullopt;
}

}  // namespace

PeerAddress PeerAddressOf(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    return Mapped(reinterpret_cast<const sockaddr_in*>(&peer)->sin_addr);
  }
  PeerAddress address{};
  if (peer.ss_family == AF_INET6) {
    std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_addr,
                address.size());
  }
  return address;
}

bool Network::Has(const PeerAddress& peer) const {
  const auto whole = static_cast<size_t>(bits) / 8;
  if (!std::equal(address.begin(), address.begin() + whole, peer.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (address[whole] ^ peer[whole]) >> (8 - rest) == 0;
}

absl::StatusOr<Network> ParseNetwork(std::string_view text) {
  const auto invalid = [text] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", std::string(text),
                     "\" is not an address; write 192.0.2.1, 10.0.0.0/8, 2001:db8::1 or fd00::/8"));
  };
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  Network network;
  int most = 128;
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    network.address = Mapped(v4);
    most = 32;
  } else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) {
    return invalid();
  }
  int bits = most;
  if (slash != std::string_view::npos) {
    const char* const end = text.data() + text.size();
    const std::from_chars_result read = std::from_chars(text.data() + slash + 1, end, bits);
    if (read.ec != std::errc() || read.ptr != end || bits < 0 || bits > most) return invalid();
  }
  network.bits = 128 - most + bits;
  return network;
}

Callers::Callers(std::vector<Network> listed, size_t each, size_t connections)
    : listed_(std::move(listed)), each_(each), entries_(std::bit_ceil(2 * connections + 2)) {}

bool Callers::Lists(const PeerAddress& peer) const {
  return std::any_of(listed_.begin(), listed_.end(),
                     [&](const Network& network) { return network.Has(peer); });
}

bool Callers::Enter(const PeerAddress& peer, Caller& caller) {
  if (Lists(peer)) {
    caller = {.listed = true};
    return true;
  }
  const uint64_t network = NetworkOf(peer);
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[Find(network)];
  if (entry.count >= each_) return false;
  entry.network = network;
  ++entry.count;
  caller = {.network = network, .counted = true};
  return true;
}

void Callers::Leave(const Caller& caller) {
  if (!caller.counted) return;
  const std::lock_guard lock(mutex_);
  const size_t place = Find(caller.network);
  CHECK(entries_[place].count > 0);
  if (--entries_[place].count == 0) Remove(place);
}

std::optional<uint64_t> Callers::Behind(std::string_view forwarded_for) const {
  for (int looked_at = 0; looked_at < limits::kMaxForwarded; ++looked_at) {
    const size_t comma = forwarded_for.rfind(',');
    const bool first = comma == std::string_view::npos;
    const std::optional<PeerAddress> peer =
        ReadAddress(first ? forwarded_for : forwarded_for.substr(comma + 1));
    if (!peer) return std::nullopt;
    if (!Lists(*peer)) return NetworkOf(*peer);
    if (first) return std::nullopt;
    forwarded_for = forwarded_for.substr(0, comma);
  }
  return std::nullopt;
}

size_t Callers::HomeOf(uint64_t network) const {
  return static_cast<size_t>(Mix64(network)) & (entries_.size() - 1);
}

// Its entry, or the free one where it would be.
size_t Callers::Find(uint64_t network) const {
  size_t place = HomeOf(network);
  while (entries_[place].count != 0 && entries_[place].network != network) {
    place = (place + 1) & (entries_.size() - 1);
  }
  return place;
}

// Moves up those behind the hole that would not be found across it.
void Callers::Remove(size_t hole) {
  const size_t mask = entries_.size() - 1;
  for (size_t place = (hole + 1) & mask; entries_[place].count != 0; place = (place + 1) & mask) {
    const size_t from_home = (place - HomeOf(entries_[place].network)) & mask;
    if (from_home < ((place - hole) & mask)) continue;
    entries_[hole] = std::exchange(entries_[place], Entry{});
    hole = place;
  }
}

}  // namespace creneau::http
