// Thousands of connections to one server, for one thread: a hand-written epoll loop, since the
// generator must be cheaper than the server it measures and both share the machine. What Asio costs
// here would be charged to the server.
//
// Connects in waves, connects again what was lost, sends, cuts what comes back into replies. A
// connection that was set to be made on demand is made by its first Send, and stays down once lost.
// Replies come in the order of the requests. One read and one write a turn of a connection; no
// allocation a request once buffers have their size. One thread owns it; the handler is called from
// Open and Poll.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace creneau::bench {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};
// "127.0.0.1:8080", "[::1]:8080" or "localhost:8080". InvalidArgument when it is none.
absl::StatusOr<Address> ResolveAddress(const std::string& host_port);

struct Reply {
  int status = 0;
  std::string_view body;  // until the handler returns
  bool last = false;      // nothing more is awaited on this connection
  int retry_after_s = 0;  // 0: not said
};

class Sockets {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    // Connected, or connected again: requests can be sent.
    virtual void OnUp(uint32_t connection) = 0;
    virtual void OnReply(uint32_t connection, const Reply& reply) = 0;
    // Gone, with `lost` requests that will not be answered; is being connected again. `why` is a
    // short constant.
    virtual void OnDown(uint32_t connection, uint32_t lost, std::string_view why) = 0;
  };

  Sockets(const Address& server, uint32_t connections, Handler* handler);
  ~Sockets();
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  struct Ends {
    const Address* server = nullptr;  // null: the one of all
    uint32_t source_ipv4 = 0;         // in host order; 0: what the kernel chooses
    bool on_demand = false;
  };
  // Before Open; `ends.server` stays valid.
  void SetEnds(uint32_t connection, const Ends& ends) { all_[connection].ends = ends; }
  // Before anything else.
  absl::Status Open();
  // Another source for a connection on demand that is down.
  void SetSource(uint32_t connection, uint32_t ipv4) { all_[connection].ends.source_ipv4 = ipv4; }
  // `requests` requests in one write. Only when usable, or on demand. What the socket does not take
  // at once is kept and sent when it can; a failure shows in a later Poll, as OnDown.
  void Send(uint32_t connection, std::string_view bytes, uint32_t requests);
  bool usable(uint32_t connection) const { return all_[connection].state == State::kUp; }
  uint32_t awaiting(uint32_t connection) const { return all_[connection].awaiting; }
  // Waits for at most so long, and handles what is there.
  void Poll(int64_t wait_ns);
  // Closes it, whatever is awaited, and tells nobody.
  void HangUp(uint32_t connection);
  // When the replies that are being handled were there to be read: the end of the wait, so that
  // what this thread does before it comes to a connection is not charged to the server.
  int64_t now_ns() const { return now_ns_; }
  uint32_t up() const { return up_; }
  int last_connect_error() const { return last_connect_error_; }

 private:
  enum class State : uint8_t { kDown, kConnecting, kUp, kClosing };
  struct Connection {
    int fd = -1;
    State state = State::kDown;
    Ends ends;
    bool writing = false;     // epoll tells when there is room again
    uint32_t generation = 0;  // how many sockets it has had: events of an earlier one are nothing
    uint32_t awaiting = 0;
    std::string in;   // the part of a reply that has come
    std::string out;  // what the socket did not take
  };

  void ConnectSome();
  void Connect(uint32_t connection);
  void ConnectFailed(uint32_t connection, int error);
  void Connected(uint32_t connection);
  void Readable(uint32_t connection);
  // How much of it was whole replies. False when the connection has to go; *why says why.
  bool Cut(uint32_t connection, std::string_view wire, size_t* used, std::string_view* why);
  void Flush(uint32_t connection);
  void TellFailed();
  void Watch(uint32_t connection, bool writing);
  uint32_t Close(uint32_t connection);  // how many replies will not come
  void Drop(uint32_t connection, std::string_view why);

  Address server_;
  Handler* handler_;
  int epoll_ = -1;
  std::vector<Connection> all_;
  struct Waiting {
    uint32_t connection;
    int64_t from_ns;
  };
  std::deque<Waiting> to_connect_;
  std::vector<std::pair<uint32_t, std::string_view>> failed_;  // on demand, and nobody was told yet
  uint32_t connecting_ = 0;
  uint32_t up_ = 0;
  int last_connect_error_ = 0;
  int64_t now_ns_ = 0;
  std::vector<char> scratch_;
};

}  // namespace creneau::bench
