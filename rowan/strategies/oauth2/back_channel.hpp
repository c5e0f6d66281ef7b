#pragma once
// Not installed. What we ask a provider without the browser: tokens, and who the person is. Each call blocks
// (`Cost::outgoing`); no transaction is open meanwhile.
#include <rowan/base/json.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/strategies/oauth2/authorization.hpp>
#include <rowan/strategies/oauth2/provider.hpp>

namespace rowan::strategies::oauth2 {

/// What the token endpoint gave (RFC 6749 section 5.1).
struct Tokens {
  Secret access_token;
  std::optional<Secret> refresh_token{};
  std::optional<std::string> id_token{};  // not verified
  std::optional<std::chrono::seconds> expires_in{};
  std::optional<std::string> scope{};  // when it is not what was asked for
};

/// The code for tokens. `authentication_failed` when the provider does not take the code; `unavailable` when it cannot
/// answer or does not know us, which is no fault of the person.
Result<Tokens> exchange_code(http::Client& client, const Provider& provider, const Flow& flow, std::string_view code,
                             Timestamp now, Random& random);
/// The refresh token for new ones (section 6).
Result<Tokens> refresh(http::Client& client, const Provider& provider, const Secret& refresh_token, Timestamp now,
                       Random& random);

/// This token is over (RFC 7009). One that the provider does not know is no error.
Result<> revoke(http::Client& client, const Provider& provider, const Secret& token, std::string_view kind,
                Timestamp now, Random& random);

/// What the provider says of the person who gave us this token: one JSON object, over the provider's TLS.
Result<Json> fetch_user(http::Client& client, const Provider& provider, const Secret& access_token);

/// The primary one of the person's addresses, which a provider lists elsewhere: [{"email", "primary", "verified"}], or
/// the same in "values" with "is_primary" and "is_confirmed". An empty one when none is primary.
struct ProvidedAddress {
  std::string email{};
  bool verified = false;
};
Result<ProvidedAddress> fetch_address(http::Client& client, const Provider& provider, const std::string& url,
                                      const Secret& access_token);

/// By which the provider knows the person, for ever: "sub", "id" or "uid", a text or a whole number, 1 to 255 bytes.
/// `authentication_failed` when there is none. A name or address never is one (IDP-01).
Result<std::string> uid_of(const Json& user, const Provider& provider);

/// (internal) The same of one value; empty when it cannot be one.
std::string uid_in(const Json& value);

/// (internal) POSTs a form with our authentication; one JSON object comes back, or the error that the provider names.
Result<Json> post(http::Client& client, const Provider& provider, const std::string& url, Parameters form,
                  Timestamp now, Random& random);

/// (internal) RFC 6749 appendix A: VSCHAR, without the blank.
bool is_visible(std::string_view text);
/// (internal) An error's code for the log, or "an error" when it is none that a standard could have.
std::string error_name(std::string_view code);

}  // namespace rowan::strategies::oauth2
