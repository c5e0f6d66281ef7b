#include <algorithm>
#include <array>
#include <exception>
#include <rowan/base/base64.hpp>
#include <rowan/base/random.hpp>
#include <rowan/hosts/request_rules.hpp>
#include <rowan/http/token.hpp>
#include <rowan/protection/security_headers.hpp>
#include <string>

namespace rowan::hosts {

namespace {

using http::is_token, http::without_outer_whitespace;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Fields that decide who the visitor is or where a request came from. Two of them could contradict each other (INJ-07).
constexpr std::array single_fields = {
    std::string_view("authorization"),     std::string_view("content-type"),   std::string_view("origin"),
    std::string_view("transfer-encoding"), std::string_view("content-length"), std::string_view("expect"),
    std::string_view("sec-fetch-site"),    std::string_view("host"),
};

bool is_host_name(std::string_view name) {
  if (name.starts_with('[')) {
    return name.size() > 3 && name.ends_with(']') && std::ranges::all_of(name.substr(1, name.size() - 2), [](char c) {
             return is_hex(c) || c == ':' || c == '.';
           });
  }
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_alphanumeric(c) || std::string_view("-._~").contains(c); });
}

// RFC 9110 section 7.2: uri-host [ ":" port ]. Percent-encoding and sub-delims are legal there and in no real name:
// refused.
bool is_authority(std::string_view text) {
  if (text.size() > 255 + 6) return false;
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  if (colon == text.npos) return is_host_name(text);
  const auto port = text.substr(colon + 1);
  return is_host_name(text.substr(0, colon)) && !port.empty() && port.size() <= 5 &&
         std::ranges::all_of(port, is_digit);
}

// RFC 9110 section 7.6.1: Connection = #connection-option, and an option is a token. Empty elements are allowed
// (section 5.6.1.2).
template <class Visit>
bool for_each_option(const http::Headers& headers, Visit visit) {
  for (const auto& header : headers.all()) {
    if (!http::equal_without_case(header.name, "connection")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const auto comma = rest.find(',');
      const auto option = without_outer_whitespace(rest.substr(0, comma));
      if (!option.empty() && !visit(option)) return false;
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
  }
  return true;
}

void join_cookies(http::Headers& headers) {
  if (headers.count("cookie") < 2) return;
  std::string joined;
  for (const auto& header : headers.all()) {
    if (!http::equal_without_case(header.name, "cookie")) continue;
    if (!joined.empty()) joined += "; ";
    joined += header.value;
  }
  headers.set("cookie", std::move(joined));
}

}  // namespace

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

std::optional<Refusal> check_method(std::string_view method) {
  if (!is_token(method)) return Refusal{400, "method is not a token"};
  if (method == "TRACE") return Refusal{405, "TRACE"};
  if (method == "CONNECT") return Refusal{405, "CONNECT"};
  if (http::parse_method(method) == http::Method::other) return Refusal{501, "unknown method"};
  return std::nullopt;
}

std::optional<Refusal> check_fields(http::Headers& headers, bool http_1_0) {
  if (headers.all().size() > max_fields) return Refusal{431, "too many fields"};
  for (const auto& [name, value] : headers.all()) {
    if (!is_token(name)) return Refusal{400, "field name is not a token"};
    if (!is_field_value(value)) return Refusal{400, "control character in a field"};
  }
  for (const auto name : single_fields) {
    if (headers.count(name) > 1) return Refusal{400, "field occurs twice"};
  }
  const auto host = headers.single("host");
  if (!host && !http_1_0) return Refusal{400, "no Host"};
  if (host && !is_authority(*host)) return Refusal{400, "Host is not valid"};
  if (!for_each_option(headers, is_token)) return Refusal{400, "Connection is not a list"};
  // RFC 9110 section 10.1.1: to anything but 100-continue a server "MAY respond with a 417"; in HTTP/1.0 it ignores the
  // field.
  const auto expectation = headers.single("expect");
  if (expectation && !http_1_0 && !http::equal_without_case(*expectation, "100-continue")) {
    return Refusal{417, "unknown expectation"};
  }
  join_cookies(headers);
  return std::nullopt;
}

bool connection_says(const http::Headers& headers, std::string_view option) {
  return !for_each_option(headers, [&](std::string_view each) { return !http::equal_without_case(each, option); });
}

std::variant<Framing, Refusal> read_framing(const http::Headers& headers, bool http_1_0, std::size_t max_body_bytes) {
  const auto encodings = headers.count("transfer-encoding"), lengths = headers.count("content-length");
  if (encodings > 0) {
    // RFC 9112 section 6.1: "A client MUST NOT send a request containing Transfer-Encoding unless it knows the server
    // will handle HTTP/1.1".
    if (http_1_0) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
    if (lengths > 0) return Refusal{400, "Transfer-Encoding and Content-Length"};
    const auto encoding = headers.single("transfer-encoding");
    if (!encoding || !http::equal_without_case(*encoding, "chunked")) {
      return Refusal{400, "Transfer-Encoding other than chunked"};
    }
    return Framing{.chunked = true};
  }
  if (lengths == 0) return Framing{};
  const auto text = headers.single("content-length");
  if (!text) return Refusal{400, "Content-Length twice"};
  if (text->empty() || !std::ranges::all_of(*text, is_digit)) return Refusal{400, "Content-Length is not a number"};
  std::size_t length = 0;
  for (const char c : *text) {
    length = length * 10 + static_cast<std::size_t>(c - '0');
    if (length > max_body_bytes) return Refusal{413, "Content-Length over the limit"};
  }
  return Framing{.length = length};
}

std::optional<Refusal> read_target(std::string_view target, const http::Headers& headers, http::Request& request) {
  if (target.size() > max_target_bytes) return Refusal{414, "target too long"};
  // RFC 9112 section 3.2: no whitespace; RFC 3986: no fragment, no raw byte outside ASCII. A backslash is a slash to
  // some readers.
  const auto path_end = std::min(target.find('?'), target.size());
  if (std::ranges::any_of(target, [](char c) { return c <= ' ' || c == 0x7f || c == '#'; })) {
    return Refusal{400, "character in the target"};
  }
  if (target.substr(0, path_end).contains('\\')) return Refusal{400, "backslash in the path"};
  if (!target.starts_with('/')) {
    const auto scheme = target.find("://");
    if (scheme == target.npos) return Refusal{400, "target is neither origin nor absolute form"};
    const auto name = target.substr(0, scheme);
    if (!http::equal_without_case(name, "http") && !http::equal_without_case(name, "https")) {
      return Refusal{400, "scheme of the target"};
    }
    target.remove_prefix(scheme + 3);
    const auto authority = target.substr(0, target.find_first_of("/?"));
    const auto host = headers.single("host");
    if (!host || !http::equal_without_case(*host, authority)) return Refusal{400, "target and Host differ"};
    target.remove_prefix(authority.size());
  }
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  request.path = path.empty() ? "/" : std::string(path);
  request.query = question == target.npos ? std::string() : std::string(target.substr(question + 1));
  return std::nullopt;
}

http::Response answer_to(const Refusal& refusal, const Protect& protect) {
  http::Response response{.status = refusal.status, .content_type = "text/plain; charset=utf-8"};
  const auto phrase = http::reason_phrase(refusal.status);
  response.body = std::string(phrase.empty() ? "Refused" : phrase) + "\n";
  // RFC 9110 section 15.5.6: "The origin server MUST generate an Allow header field in a 405 response".
  if (refusal.status == 405) response.headers.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (refusal.status == 503) response.headers.add("Retry-After", "1");
  if (protect)
    protect(response);
  else
    protection::add_security_headers(response, {.https = false, .logo_origin = {}});
  return response;
}

http::Response answer_to_fault(Logger& logger, std::string_view event, std::string_view cause, const Protect& protect) {
  const auto id = to_hex(system_random().bytes<8>());
  logger.error(event, {{"error_id", id}, {"cause", cause}});
  auto response = answer_to({500, cause}, protect);
  response.body = std::string(http::reason_phrase(500)) + " (" + id + ")\n";
  return response;
}

std::string cause_of_current_exception() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "not a std::exception";
  }
}

bool is_well_formed(const http::Response& response) {
  return ((response.status >= 200 && response.status <= 599) || (response.status == 101 && response.upgrade)) &&
         is_field_value(response.content_type) &&
         std::ranges::all_of(response.headers.all(), [](const http::Header& header) {
           return is_token(header.name) && is_field_value(header.value);
         });
}

bool belongs_to_the_door(std::string_view field_name) {
  constexpr std::array names = {std::string_view("content-length"), std::string_view("transfer-encoding"),
                                std::string_view("connection"),     std::string_view("keep-alive"),
                                std::string_view("date"),           std::string_view("server")};
  return std::ranges::any_of(names, [&](std::string_view name) { return http::equal_without_case(name, field_name); });
}

}  // namespace rowan::hosts
