#include <rowan/base/base64.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/websocket.hpp>
#include <rowan/http/token.hpp>

namespace rowan {

namespace {

// A list of tokens, in any number of fields (RFC 9110 section 5.6.1).
bool lists(const http::Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& header : headers.all()) {
    if (!http::equal_without_case(header.name, name)) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const auto comma = rest.find(',');
      if (http::equal_without_case(http::without_outer_whitespace(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
  }
  return false;
}

// "a |Sec-WebSocket-Key| header field with a base64-encoded … value that, when decoded, is 16 bytes in length".
bool is_key(std::optional<std::string_view> key) {
  if (!key || key->size() != 24 || !key->ends_with("==")) return false;
  const auto alphabet = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return std::ranges::all_of(key->substr(0, 22), alphabet);
}

std::string_view words_of(ClaimsEnd why) {
  switch (why) {
    case ClaimsEnd::revoked: return "signed out";
    case ClaimsEnd::expired: return "session expired";
    case ClaimsEnd::unknown: break;
  }
  return "try again later";
}

}  // namespace

std::optional<Response> engine::refuse_handshake(Conn& conn, bool origin_checked) {
  auto& state = state_of(conn);
  const auto& headers = conn.request().headers;
  const auto plain = [&](int status, std::string_view words) {
    conn.status(status);
    return conn.text(words);
  };
  if (conn.request().method != http::Method::get || !lists(headers, "Upgrade", "websocket") ||
      !lists(headers, "Connection", "upgrade") || headers.single("Sec-WebSocket-Version") != "13") {
    auto response = plain(426, "This address opens a WebSocket.\n");
    // RFC 9110 section 15.5.22 and RFC 6455 section 4.4.
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Version", "13");
    return response;
  }
  if (!is_key(headers.single("Sec-WebSocket-Key")) || !conn.request().body.empty())
    return plain(400, "This is not a WebSocket handshake.\n");
  if (!origin_checked)
    if (const auto checked = state.check_origin_of_websocket(false); !checked)
      return error_answer(state, checked.error(), true);
  return std::nullopt;
}

Response Conn::websocket(WebSocketHandler handler) {
  auto& state = *state_;
  if (!state.websocket)
    return refuse(
        {.code = ErrorCode::internal, .reason = "conn.websocket() on a route that Site::websocket did not mount"});
  http::WebSocketUpgrade upgrade{.handler = std::move(handler)};
  if (state.verdict && state.auth != nullptr) {
    const Claims claims = std::get<GuardAccepted>(*state.verdict).claims;
    upgrade.watch = [auth = state.auth, claims](std::function<void(std::uint16_t, std::string_view)> end) {
      return std::make_shared<RevocationWatch>(auth->on_revoked(claims, [end = std::move(end)](ClaimsEnd why) {
        end(why == ClaimsEnd::unknown ? close_code::try_again_later : close_code::session_ended, words_of(why));
      }));
    };
  }
  Response response{.status = 101};
  response.upgrade = std::make_shared<const http::WebSocketUpgrade>(std::move(upgrade));
  return response;
}

}  // namespace rowan
