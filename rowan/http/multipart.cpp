// multipart/form-data, strict: what two readers could take apart differently is refused.
#include <algorithm>
#include <optional>
#include <rowan/base/try.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/media.hpp>
#include <rowan/http/message.hpp>
#include <rowan/http/token.hpp>

namespace rowan::http {

namespace {

constexpr std::size_t max_part_headers = 8;
constexpr std::size_t max_header_line = 1024;
constexpr std::string_view line_end = "\r\n";

Error no_multipart(std::string reason) {
  return {.code = ErrorCode::malformed_request, .reason = "multipart: " + std::move(reason)};
}

// RFC 2046 section 5.1.1: boundary := 0*69<bchars> bcharsnospace
bool is_boundary(std::string_view boundary) {
  return !boundary.empty() && boundary.size() <= 70 && !boundary.ends_with(' ') &&
         std::all_of(boundary.begin(), boundary.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("'()+_,-./:=? ").contains(c);
         });
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// `form-data; name="user[email]"`, and nothing else: a filename makes it a file (RFC 7578 section 4.2).
std::optional<std::string> name_in_disposition(std::string_view value) {
  const auto semicolon = value.find(';');
  if (semicolon == std::string_view::npos ||
      !equal_without_case(without_outer_whitespace(value.substr(0, semicolon)), "form-data"))
    return std::nullopt;
  auto parameters = parse_parameters(value.substr(semicolon));
  if (!parameters || parameters->size() != 1 || parameters->front().name != "name") return std::nullopt;
  return std::move(parameters->front().value);
}

bool is_plain_text(std::string_view content_type) {
  const auto type = parse_media_type(content_type);
  return type && type->name == "text/plain" &&
         equal_without_case(type->parameter("charset").value_or("utf-8"), "utf-8");
}

bool is_identity_encoding(std::string_view encoding) {
  return equal_without_case(encoding, "7bit") || equal_without_case(encoding, "8bit") ||
         equal_without_case(encoding, "binary");
}

// One header of a part. Headers we do not know (some clients send Content-Length) mean nothing here.
Result<> read_header(std::string_view line, std::optional<std::string>& name) {
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_field_name(field)) return no_multipart("a broken header");
  const auto value = without_outer_whitespace(line.substr(colon + 1));
  if (equal_without_case(field, "Content-Disposition")) {
    if (name) return no_multipart("two dispositions");
    name = name_in_disposition(value);
    if (!name) return no_multipart("not a plain form field");
  } else if (equal_without_case(field, "Content-Type") && !is_plain_text(value)) {
    return no_multipart("a part that is not text");
  } else if (equal_without_case(field, "Content-Transfer-Encoding") && !is_identity_encoding(value)) {
    return no_multipart("a transfer encoding");
  }
  return {};
}

// The headers of a part up to and with the empty line; the field's name.
Result<std::string> take_headers(std::string_view& rest) {
  std::optional<std::string> name;
  for (std::size_t count = 0; !take(rest, line_end); ++count) {
    const auto end = rest.substr(0, max_header_line + line_end.size()).find(line_end);
    if (end == std::string_view::npos || count == max_part_headers) return no_multipart("headers");
    ROWAN_CHECK(read_header(rest.substr(0, end), name));
    rest.remove_prefix(end + line_end.size());
  }
  if (!name) return no_multipart("a part without a name");
  return *std::move(name);
}

}  // namespace

Result<Fields> parse_multipart(std::string_view boundary, std::string_view body, const BodyLimits& limits) {
  if (!is_boundary(boundary)) return no_multipart("boundary");
  const std::string delimiter = "\r\n--" + std::string(boundary);
  if (!take(body, std::string_view(delimiter).substr(line_end.size())))
    return no_multipart("does not begin with the boundary");
  FieldCollector collected(limits);
  while (!take(body, "--")) {
    if (!take(body, line_end)) return no_multipart("unexpected text after a boundary");
    ROWAN_TRY(const std::string name, take_headers(body));
    const auto end = body.find(delimiter);
    if (end == std::string_view::npos) return no_multipart("not closed");
    ROWAN_CHECK(collected.add(name, std::string(body.substr(0, end))));
    body.remove_prefix(end + delimiter.size());
  }
  if (!body.empty() && body != line_end) return no_multipart("unexpected text after the end");
  return std::move(collected).finish();
}

}  // namespace rowan::http
