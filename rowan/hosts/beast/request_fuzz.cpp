// A head and a body behind it, as a stranger sends them. What we accept, Boost.Beast accepts too and reads the same;
// nothing depends on where the bytes were cut.
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <fuzz/target.hpp>
#include <rowan/hosts/beast/chunked_body.hpp>
#include <rowan/hosts/beast/request_head.hpp>
#include <string>

namespace rowan::fuzz {

namespace {

using namespace hosts::beast;
constexpr std::size_t max_body = 4096;

// What a whole feed and a feed byte by byte agree upon.
ChunkedBody::State read_chunks(const std::string& wire, std::string& body) {
  ChunkedBody at_once(max_body), piecewise(max_body);
  std::string rest = wire;
  const auto state = at_once.feed(rest, body);
  std::string received, other_body;
  auto other = ChunkedBody::State::more;
  for (std::size_t i = 0; i < wire.size() && other == ChunkedBody::State::more; ++i) {
    received += wire[i];
    other = piecewise.feed(received, other_body);
  }
  require(state == other);
  if (state == ChunkedBody::State::done) require(body == other_body);
  return state;
}

}  // namespace

bool run(std::string_view wire) {
  const auto end = find_head_end(wire, 0);
  if (end.state != HeadEnd::State::complete) return false;
  require(find_head_end(wire.substr(0, end.size - 1), 0).state == HeadEnd::State::incomplete);
  const auto parsed = parse_request_head(wire.substr(0, end.size), max_body);
  if (std::holds_alternative<hosts::Refusal>(parsed)) return false;
  const auto& head = std::get<RequestHead>(parsed);
  require(head.request.path.starts_with('/'));

  boost::beast::http::request_parser<boost::beast::http::string_body> theirs;
  theirs.header_limit(1 << 20);
  theirs.eager(true);
  boost::beast::error_code error;
  const auto used = theirs.put(boost::asio::buffer(wire.data(), end.size), error);
  require(theirs.is_header_done() && used == end.size);
  require(std::string_view(theirs.get().method_string()) == http::name_of(head.request.method));
  require(theirs.chunked() == head.framing.chunked);
  require(head.framing.chunked || theirs.content_length().value_or(0) == head.framing.length);
  if (!head.framing.chunked) return true;

  std::string body;
  const std::string chunks(wire.substr(end.size));
  if (read_chunks(chunks, body) != ChunkedBody::State::done) return false;
  std::string_view rest = chunks;
  while (!theirs.is_done() && !rest.empty()) {
    const auto taken = theirs.put(boost::asio::buffer(rest), error);
    require(!error);
    if (taken == 0) break;
    rest.remove_prefix(taken);
  }
  require(theirs.is_done() && theirs.get().body() == body);
  return true;
}

}  // namespace rowan::fuzz
