#include <rowan/hosts/beast/request_head.hpp>
#include <rowan/http/token.hpp>
#include <string>

namespace rowan::hosts::beast {

namespace {

constexpr std::string_view line_end = "\r\n";

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find(line_end);
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + line_end.size());
  return line;
}

// RFC 9112 section 3: method SP request-target SP HTTP-version, and nothing else between them.
struct RequestLine {
  std::string_view method{}, target{}, version{};
};

std::optional<RequestLine> split_request_line(std::string_view line) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == line.npos || first == last) return std::nullopt;
  return RequestLine{line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1)};
}

std::optional<Refusal> check_version(std::string_view version) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool has_form = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                        version[6] == '.' && is_digit(version[7]);
  return has_form ? Refusal{505, "HTTP version"} : Refusal{400, "no HTTP version"};
}

std::optional<Refusal> read_fields(std::string_view lines, http::Headers& headers) {
  while (!lines.empty()) {
    const auto line = take_line(lines);
    // RFC 9112 section 5.2: "A server that receives an obs-fold in a request message … MUST either reject the message".
    if (line.starts_with(' ') || line.starts_with('\t')) return Refusal{400, "obs-fold"};
    const auto colon = line.find(':');
    // A name before a space is not a token, so "Host : x" (RFC 9112 section 5.1) is refused with the rest in
    // check_fields.
    if (colon == line.npos) return Refusal{400, "field without colon"};
    if (headers.all().size() == max_fields) return Refusal{431, "too many fields"};
    headers.add(std::string(line.substr(0, colon)),
                std::string(http::without_outer_whitespace(line.substr(colon + 1))));
  }
  return std::nullopt;
}

}  // namespace

HeadEnd find_head_end(std::string_view received, std::size_t from) {
  for (auto feed = received.find('\n', from); feed != received.npos; feed = received.find('\n', feed + 1)) {
    const bool has_return = feed > 0 && received[feed - 1] == '\r';
    if (!has_return || feed == 1) return {HeadEnd::State::broken};
    if (received[feed - 2] == '\n') return {HeadEnd::State::complete, feed + 1};
  }
  return {};
}

std::variant<RequestHead, Refusal> parse_request_head(std::string_view head, std::size_t max_body_bytes) {
  head.remove_suffix(line_end.size());
  const auto line = split_request_line(take_line(head));
  if (!line) return Refusal{400, "request line"};
  if (const auto refusal = check_version(line->version)) return *refusal;
  if (const auto refusal = check_method(line->method)) return *refusal;

  RequestHead result;
  result.http_1_0 = line->version == "HTTP/1.0";
  result.request.method = http::parse_method(line->method);
  auto& headers = result.request.headers;
  if (const auto refusal = read_fields(head, headers)) return *refusal;
  if (const auto refusal = check_fields(headers, result.http_1_0)) return *refusal;
  if (const auto refusal = read_target(line->target, headers, result.request)) return *refusal;

  const auto framing = read_framing(headers, result.http_1_0, max_body_bytes);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  result.framing = std::get<Framing>(framing);

  result.keep_alive = result.http_1_0 ? connection_says(headers, "keep-alive") && !connection_says(headers, "close")
                                      : !connection_says(headers, "close");
  result.expects_continue = !result.http_1_0 && headers.count("expect") > 0;  // check_fields knows only one expectation
  return result;
}

}  // namespace rowan::hosts::beast
