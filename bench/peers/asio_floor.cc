// The bare floor under creneaud: an Asio loop with coroutines and creneaud's own hand-fed parser,
// one thread, and nothing behind them but one fixed reply. What creneaud costs more than this is
// what reservations cost, less the recv in vain that it does not make (http/readiness.h). See
// floor.h for how it is called.
#include <netinet/tcp.h>

#include <boost/asio/write.hpp>
#include <cstring>
#include <memory>
#include <utility>

#include "base/limits.h"
#include "bench/peers/floor.h"
#include "http/net.h"
#include "http/parser.h"

namespace creneau::bench {
namespace {

using Socket = http::net::generic::stream_protocol::socket;

constexpr const char* kProgram = "asio_floor";
// Sixteen pipelined holds; an idle connection has touched one page of it.
constexpr size_t kBufferBytes = limits::kMaxHeaderBytes + limits::kMaxBodyBytes;

const std::string& Replies() {
  static const std::string replies = FixedReplies(kBatch);
  return replies;
}

// Serves one connection until it ends or sends what the strict profile refuses.
http::net::awaitable<void> Serve(Socket socket) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(kBufferBytes);
  http::RequestReader reader(limits::kMaxBodyBytes);
  http::Request request;
  http::ErrorCode error;
  size_t filled = 0;
  for (;;) {
    filled += co_await socket.async_read_some(
        http::net::buffer(buffer.get() + filled, kBufferBytes - filled),
        http::net::redirect_error(http::net::use_awaitable, error));
    if (error) co_return;
    size_t begin = 0;
    for (bool more = true; more;) {
      size_t answered = 0;
      more = false;
      while (begin < filled) {
        const std::string_view bytes(buffer.get() + begin, filled - begin);
        const http::RequestReader::Step step = reader.Read(bytes, request);
        if (step == http::RequestReader::Step::kRefused) co_return;
        if (step == http::RequestReader::Step::kNeedMore) break;
        begin += reader.consumed();
        if (++answered == kBatch) {
          more = true;
          break;
        }
      }
      if (answered == 0) break;
      co_await http::net::async_write(
          socket, http::net::buffer(Replies().data(), answered * kFixedReply.size()),
          http::net::redirect_error(http::net::use_awaitable, error));
      if (error) co_return;
    }
    filled -= begin;
    if (begin != 0) std::memmove(buffer.get(), buffer.get() + begin, filled);
  }
}

http::net::awaitable<void> Accept(http::Acceptor& acceptor, http::net::io_context& loop) {
  for (;;) {
    http::ErrorCode error;
    Socket socket =
        co_await acceptor.async_accept(http::net::redirect_error(http::net::use_awaitable, error));
    if (error) {
      std::fprintf(stderr, "%s: cannot take connections: %s\n", kProgram, error.message().c_str());
      std::exit(7);
    }
    const int on = 1;
    setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    http::net::co_spawn(loop, Serve(std::move(socket)), [](const std::exception_ptr& failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
}

int Run(uint16_t port) {
  http::net::io_context loop(1);
  http::Acceptor acceptor(loop);
  acceptor.assign(http::net::generic::stream_protocol(AF_INET, 0), FloorListen(kProgram, port));
  http::net::co_spawn(loop, Accept(acceptor, loop), [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  });
  loop.run();
  return 0;
}

}  // namespace
}  // namespace creneau::bench

int main(int argc, char** argv) {
  return creneau::bench::Run(creneau::bench::FloorPort(creneau::bench::kProgram, argc, argv));
}
