// The parts of Asio that are used here, under short names. Compiled apart (boost_src.cc), included
// narrowly: Asio is what makes this folder slow to build.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace creneau::http {

namespace net = boost::asio;
using ErrorCode = boost::system::error_code;
// TCP and Unix sockets alike: what differs between them is over once they listen.
using Acceptor = net::basic_socket_acceptor<net::generic::stream_protocol>;

}  // namespace creneau::http
