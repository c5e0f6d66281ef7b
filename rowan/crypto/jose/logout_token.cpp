#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/crypto/jose/claims.hpp>
#include <rowan/crypto/jose/logout_token.hpp>

namespace rowan::crypto::jose {

namespace {

using std::chrono::seconds;

constexpr std::string_view logout_event = "http://schemas.openid.net/event/backchannel-logout";
constexpr std::size_t most_name_bytes = 255;

Error no_logout(std::string_view what) {
  return Error{.code = ErrorCode::authentication_failed, .reason = "logout token: " + std::string(what)};
}

/// A text of 1 to 255 bytes; empty when it is not there.
Result<std::string> name_claim(const Json& claims, std::string_view name) {
  const auto* value = claim(claims, name);
  if (value == nullptr) return std::string();
  const auto text = value->as_text();
  if (!text || text->empty() || text->size() > most_name_bytes || has_control_characters(*text))
    return no_logout(std::string(name) + " is no text of 1 to 255 bytes");
  return std::string(*text);
}

bool is_for_us(const Json& claims, const ExpectedLogoutToken& expected) {
  return std::ranges::any_of(audience_claim(claims), [&](std::string_view audience) {
    return !audience.empty() && std::ranges::find(expected.audiences, audience) != expected.audiences.end();
  });
}

Result<Timestamp> issue_time(const Json& claims, const ExpectedLogoutToken& expected) {
  const auto expires = time_claim(claims, "exp"), issued = time_claim(claims, "iat");
  if (!expires) return no_logout("no exp that is a time");
  if (!issued) return no_logout("no iat that is a time");
  const auto apart = [&](Timestamp time) {
    return std::to_string(std::chrono::ceil<seconds>(expected.now - time).count()) + " s ago";
  };
  if (expected.now >= *expires + expected.leeway) return no_logout("it expired " + apart(*expires));
  if (*issued > expected.now + expected.leeway) return no_logout("it was issued later than now: the clocks differ");
  if (expected.now - *issued > expected.most_age + expected.leeway) return no_logout("it was issued " + apart(*issued));
  return *issued;
}

bool says_logout(const Json& claims) {
  const auto* events = claim(claims, "events");
  if (events == nullptr || events->kind() != Json::Kind::object) return false;
  const auto* logout = claim(*events, logout_event);
  return logout != nullptr && logout->kind() == Json::Kind::object;
}

Result<LogoutToken> verify_logout(std::string_view text, const KeySet& keys, const ExpectedLogoutToken& expected) {
  ROWAN_TRY(auto token, Jws::parse(text));
  // RFC 8725 section 3.11: no other kind of token ends a session, and this one signs nobody in.
  if (token.type() != "logout+jwt") return no_logout("its typ is not logout+jwt");
  ROWAN_TRY(const auto claims, Json::parse(token.unverified_payload(), {.depth = 16, .bytes = most_token_bytes}));
  if (claims.kind() != Json::Kind::object) return no_logout("its claims are no object");
  ROWAN_CHECK(VerifiedJws::verify(std::move(token), keys, expected.allowed));
  if (expected.issuer.empty() || text_claim(claims, "iss") != expected.issuer)
    return no_logout("its issuer is not " + expected.issuer);
  if (!is_for_us(claims, expected)) return no_logout("its audience is not ours");
  LogoutToken found;
  ROWAN_TRY(found.issued_at, issue_time(claims, expected));
  if (!says_logout(claims)) return no_logout("its events have no logout");
  if (claim(claims, "nonce") != nullptr) return no_logout("a nonce, which only an ID token has");
  ROWAN_TRY(found.subject, name_claim(claims, "sub"));
  ROWAN_TRY(found.session, name_claim(claims, "sid"));
  if (found.subject.empty() && found.session.empty()) return no_logout("neither sub nor sid");
  ROWAN_TRY(found.id, name_claim(claims, "jti"));
  if (found.id.empty()) return no_logout("no jti");
  return found;
}

}  // namespace

Result<LogoutToken> verify_logout_token(std::string_view token, const KeySet& keys,
                                        const ExpectedLogoutToken& expected) {
  auto verified = verify_logout(token, keys, expected);
  if (!verified) verified.error().code = ErrorCode::authentication_failed;
  return verified;
}

}  // namespace rowan::crypto::jose
