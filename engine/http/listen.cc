#include "http/listen.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace creneau::http {
namespace {

// People arrive within one second; the kernel cuts this to net.core.somaxconn.
constexpr int kBacklog = 4096;

// A socket address of either family, as the kernel takes it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress ToKernel(const Address& address) {
  SocketAddress out;
  if (address.v6) {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    inet_pton(AF_INET6, address.ip.c_str(), &v6->sin6_addr);
    out.size = sizeof(*v6);
  } else {
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    inet_pton(AF_INET, address.ip.c_str(), &v4->sin_addr);
    out.size = sizeof(*v4);
  }
  return out;
}

absl::Status Failed(const char* what, const Address& address) {
  const int error = errno;
  const std::string message = absl::StrCat(what, " ", address.Text(), ": ", std::strerror(error));
  if (error == EADDRINUSE) {
    return absl::AlreadyExistsError(
        absl::StrCat(message, ". Another process listens there; choose another address."));
  }
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(message);
  return absl::UnavailableError(message);
}

absl::StatusOr<Descriptor> BindTcp(const Address& address, bool shared) {
  Descriptor fd(
      socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return Failed("cannot open a socket for", address);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (shared) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  if (address.v6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  SocketAddress kernel = ToKernel(address);
  if (bind(fd.get(), kernel.get(), kernel.size) != 0) return Failed("cannot listen on", address);
  return fd;
}

absl::StatusOr<uint16_t> BoundPort(const Descriptor& fd, const Address& address) {
  SocketAddress kernel;
  kernel.size = sizeof(kernel.storage);
  if (getsockname(fd.get(), kernel.get(), &kernel.size) != 0) return Failed("cannot name", address);
  return ntohs(address.v6 ? reinterpret_cast<sockaddr_in6*>(&kernel.storage)->sin6_port
                          : reinterpret_cast<sockaddr_in*>(&kernel.storage)->sin_port);
}

absl::StatusOr<std::vector<Descriptor>> ListenTcp(Address& address, int count) {
  // SO_REUSEPORT would let a second engine of the same user share the port, and every other
  // connection would go astray. A first socket without it finds out whether somebody is there, and
  // chooses the port where any will do.
  {
    absl::StatusOr<Descriptor> probe = BindTcp(address, false);
    if (!probe.ok()) return probe.status();
    const absl::StatusOr<uint16_t> port = BoundPort(*probe, address);
    if (!port.ok()) return port.status();
    address.port = *port;
  }
  std::vector<Descriptor> sockets;
  for (int i = 0; i < count; ++i) {
    absl::StatusOr<Descriptor> fd = BindTcp(address, true);
    if (!fd.ok()) return fd.status();
    if (listen(fd->get(), kBacklog) != 0) return Failed("cannot listen on", address);
    sockets.push_back(std::move(*fd));
  }
  return sockets;
}

// Removes the file of a socket on which nobody answers any more.
absl::Status ClearPath(const Address& address, SocketAddress& kernel) {
  struct stat found {};
  if (lstat(address.unix_path.c_str(), &found) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Failed("cannot look at", address);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return absl::AlreadyExistsError(
        absl::StrCat(address.unix_path, " exists and is not a socket; it is left alone."));
  }
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connect(probe.get(), kernel.get(), kernel.size) == 0 || errno != ECONNREFUSED) {
    errno = EADDRINUSE;
    return Failed("cannot listen on", address);
  }
  if (unlink(address.unix_path.c_str()) != 0) return Failed("cannot replace", address);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Descriptor>> ListenUnix(const Address& address, int count, mode_t mode) {
  SocketAddress kernel;
  auto* const local = reinterpret_cast<sockaddr_un*>(&kernel.storage);
  if (address.unix_path.size() >= sizeof(local->sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        address.unix_path, ": longer than the 107 octets that a socket's path may have."));
  }
  local->sun_family = AF_UNIX;
  std::memcpy(local->sun_path, address.unix_path.c_str(), address.unix_path.size() + 1);
  kernel.size = sizeof(*local);
  if (const absl::Status cleared = ClearPath(address, kernel); !cleared.ok()) return cleared;
  Descriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return Failed("cannot open a socket for", address);
  // On Linux the file takes the mode of the socket, so there is no moment at which it is open to
  // others; chmod then gives what the umask took.
  if (fchmod(fd.get(), mode) != 0 || bind(fd.get(), kernel.get(), kernel.size) != 0 ||
      chmod(address.unix_path.c_str(), mode) != 0 || listen(fd.get(), kBacklog) != 0) {
    return Failed("cannot listen on", address);
  }
  std::vector<Descriptor> sockets;
  for (int i = 1; i < count; ++i) {
    Descriptor same(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    if (same.get() < 0) return Failed("cannot share", address);
    sockets.push_back(std::move(same));
  }
  sockets.push_back(std::move(fd));
  return sockets;
}

}  // namespace

std::string Address::Text() const {
  if (!unix_path.empty()) return absl::StrCat("unix:", unix_path);
  return v6 ? absl::StrCat("[", ip, "]:", port) : absl::StrCat(ip, ":", port);
}

absl::StatusOr<Address> ParseAddress(const std::string& text) {
  const auto invalid = [&text] {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text,
        "\" is not an address to listen on; write 127.0.0.1:8080, [::1]:8080 or unix:PATH."));
  };
  Address address;
  if (text.rfind("unix:", 0) == 0) {
    address.unix_path = text.substr(5);
    address.loopback = true;
    if (address.unix_path.empty()) return invalid();
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return invalid();
  const char* const end = text.data() + text.size();
  const std::from_chars_result port = std::from_chars(text.data() + colon + 1, end, address.port);
  if (port.ec != std::errc() || port.ptr != end) return invalid();
  address.ip = text.substr(0, colon);
  if (address.ip == "localhost") address.ip = "127.0.0.1";
  in6_addr v6{};
  in_addr v4{};
  if (address.ip.size() > 2 && address.ip.front() == '[' && address.ip.back() == ']') {
    address.v6 = true;
    address.ip = address.ip.substr(1, address.ip.size() - 2);
    if (inet_pton(AF_INET6, address.ip.c_str(), &v6) != 1) return invalid();
    address.loopback = IN6_IS_ADDR_LOOPBACK(&v6);
  } else {
    if (inet_pton(AF_INET, address.ip.c_str(), &v4) != 1) return invalid();
    address.loopback = (ntohl(v4.s_addr) >> 24) == 127;
  }
  return address;
}

absl::StatusOr<std::vector<Descriptor>> Listen(Address& address, int count, mode_t mode) {
  if (!address.unix_path.empty()) return ListenUnix(address, count, mode);
  return ListenTcp(address, count);
}

}  // namespace creneau::http
