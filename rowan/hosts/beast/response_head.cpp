#include <array>
#include <charconv>
#include <rowan/hosts/beast/response_head.hpp>
#include <rowan/hosts/request_rules.hpp>

namespace rowan::hosts::beast {

namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void append_response_head(std::string& out, const http::Response& response, Persistence persistence,
                          std::string_view date) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(http::reason_phrase(response.status)).append("\r\n");
  append_field(out, "Date", date);
  if (persistence == Persistence::close) append_field(out, "Connection", "close");
  if (persistence == Persistence::keep_for_http_1_0) append_field(out, "Connection", "keep-alive");
  // RFC 9110 section 8.6: no length in 204; in 304 it would be that of the 200, which was not computed. Section 15.4.5:
  // nor a type.
  if (response.status != 204 && response.status != 304) {
    out.append("Content-Length: ");
    append_number(out, response.content().size());
    out.append("\r\n");
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  }
  for (const auto& [name, value] : response.headers.all()) {
    if (!belongs_to_the_door(name)) append_field(out, name, value);
  }
  out.append("\r\n");
}

bool has_content(const http::Response& response, http::Method method) {
  return method != http::Method::head && response.status != 204 && response.status != 304;
}

}  // namespace rowan::hosts::beast
