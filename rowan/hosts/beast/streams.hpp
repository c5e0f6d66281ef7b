#pragma once
// Internal. What a connection reads and writes: plain or TLS. This header includes Beast.
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <rowan/hosts/beast/connection.hpp>

namespace rowan::hosts::beast {

using PlainStream = boost::beast::basic_stream<asio::ip::tcp, Executor>;
using TlsStream = boost::beast::ssl_stream<PlainStream>;

}  // namespace rowan::hosts::beast
