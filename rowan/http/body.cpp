#include <rowan/base/try.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/media.hpp>
#include <rowan/http/message.hpp>
#include <rowan/http/url.hpp>

namespace rowan::http {

namespace {

Error malformed(std::string reason) { return {.code = ErrorCode::malformed_request, .reason = std::move(reason)}; }
Error unsupported(std::string reason) {
  return {.code = ErrorCode::unsupported_media_type, .reason = std::move(reason)};
}

Result<Fields> parse_json(std::string_view body, const BodyLimits& limits) {
  ROWAN_TRY(Json value, Json::parse(body, {.depth = limits.json_depth, .bytes = limits.body_bytes}));
  return Fields::from_json(std::move(value), limits);
}

}  // namespace

Result<Fields> parse_body(std::string_view content_type, std::string_view body, const BodyLimits& limits) {
  if (body.size() > limits.body_bytes)
    return Error{.code = ErrorCode::too_large, .reason = "body: over its size limit"};
  if (content_type.empty() && body.empty()) return Fields();
  const auto type = parse_media_type(content_type);
  if (!type) return unsupported("body: the content type is missing or broken");
  if (!equal_without_case(type->parameter("charset").value_or("utf-8"), "utf-8")) return unsupported("body: charset");
  if (type->name == "multipart/form-data")
    return parse_multipart(type->parameter("boundary").value_or(""), body, limits);
  if (type->name == "application/x-www-form-urlencoded") return parse_urlencoded(body, limits);
  if (type->name != "application/json") return unsupported("body: content type");
  if (body.empty()) return Fields();
  return parse_json(body, limits);
}

Result<Fields> parse_query(std::string_view query, const BodyLimits& limits) {
  if (query.size() > limits.body_bytes)
    return Error{.code = ErrorCode::too_large, .reason = "query: over its size limit"};
  return parse_urlencoded(query, limits);
}

Result<Fields> parse_urlencoded(std::string_view text, const BodyLimits& limits) {
  FieldCollector collected(limits);
  while (!text.empty()) {
    const auto ampersand = text.find('&');
    const auto pair = text.substr(0, ampersand);
    text.remove_prefix(ampersand == std::string_view::npos ? text.size() : ampersand + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!name || !value) return malformed("form: a broken percent escape");
    ROWAN_CHECK(collected.add(*name, *std::move(value)));
  }
  return std::move(collected).finish();
}

}  // namespace rowan::http
