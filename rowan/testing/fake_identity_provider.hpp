#pragma once
// FakeIdentityProvider: a provider of OpenID Connect on 127.0.0.1, for tests of signing in with one.
//   rowan::testing::FakeIdentityProvider provider(clock);
//   // … your application is configured with provider.issuer(), provider.client_id() and provider.client_secret() …
//   const auto back = provider.authorize(url);   // the URL that your application redirected the browser to
//   // … and the browser goes to back.url, or posts back.fields to back.redirect_uri.
// It is a real server over plain http, so what calls it is tested with its own HTTP client. It checks what a good
// provider checks, so it refuses a client that leaves something out.
#include <chrono>
#include <memory>
#include <rowan/base/clock.hpp>
#include <rowan/base/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace rowan::testing {

/// Who is signed in at the provider.
struct FakePerson {
  std::string subject = "person-1";
  std::string email = "ann@notes.example";  // empty: the provider says none
  Json email_verified = Json(true);         // null: the member is left out; some providers send the text "true"
  Json more = Json({});   // further claims; one of these takes the place of the provider's own of its name
  std::string session{};  // the ID token's sid; empty: it has none
};

/// Only for tests. Thread-safe. Keys, codes and tokens are new for each object. Every person consents to everything.
///
/// The authorization code flow, with a code that is good for ten minutes and once, PKCE with S256 always, `nonce`,
/// `max_age`, `response_mode=form_post` and pushed requests (RFC 9126); `iss` in the answer (RFC 9207); ID tokens
/// signed with ES256, given for the scope "openid"; `email` and `email_verified` for the scope "email". Clients
/// authenticate by client_secret_basic or client_secret_post; the public client does not.
class FakeIdentityProvider {
 public:
  /// What it does wrong. All of it is off at first. A lie is told in all that is asked for after `lies(…)`: about an ID
  /// token when the code is exchanged. Everything else in the answer is right.
  struct Lies {
    // In the ID token.
    bool wrong_issuer = false, wrong_audience = false, wrong_nonce = false, no_nonce = false;
    bool expired = false, issued_in_the_future = false;  // each by an hour
    bool old_auth_time = false, no_auth_time = false;    // of yesterday; not there although max_age was sent
    bool wrong_at_hash = false, duplicate_claims = false;
    bool alg_none = false;              // no signature
    bool hmac_with_public_key = false;  // HS256, and the secret is the public key as PEM
    bool unknown_kid = false;           // the right key under another name
    bool wrong_signature = false;       // one bit of it
    // In a logout token, beside those above that are about the signature, the issuer, the audience and the times.
    std::string logout_type = "logout+jwt";  // its header's typ; empty: none
    bool no_logout_event = false, logout_with_nonce = false, no_logout_id = false, no_one_to_log_out = false;
    // In the other answers.
    bool no_id_token = false;
    bool other_subject_at_userinfo = false;
    std::string discovery_issuer{};       // instead of its own, in its metadata
    Json discovery = Json({});            // members of its metadata that take the place of its own; null: left out
    std::chrono::seconds clock_ahead{0};  // in the Date of its metadata
    bool wrong_iss_in_callback = false, no_iss_in_callback = false;  // RFC 9207, which its metadata announce
    std::string error_at_authorize{}, error_at_token{};              // "access_denied", "invalid_grant" …
    // In how it answers over HTTP. `authorize(…)` is no call over HTTP.
    std::string only_at{};            // "discovery", "keys", "authorize", "token", "user", "pushed"; empty: everywhere
    bool duplicate_keys = false;      // the answer's object has its first member twice
    bool redirects_at_token = false;  // 307 to where it would give the tokens; see Counts::elsewhere
    int status = 0;                   // such as 503, with no body
    bool endless_body = false, truncated_body = false, hangs = false;
    std::chrono::milliseconds slow{0};  // before each answer
  };

  struct Options {
    bool takes_pushed = false;                 // its metadata have pushed_authorization_request_endpoint
    bool only_pushed = false;                  // it refuses what is asked for by the browser; implies takes_pushed
    std::vector<std::string> redirect_uris{};  // those that are registered, exactly; empty: every one
    bool ends_sessions = false;                // its metadata have end_session_endpoint
  };

  /// The times in tokens, and how long codes and tokens are good, go by the clock, which must outlive it. Throws
  /// std::runtime_error when no port is free.
  FakeIdentityProvider(const Clock& clock, Options options);
  explicit FakeIdentityProvider(const Clock& clock) : FakeIdentityProvider(clock, Options()) {}
  ~FakeIdentityProvider();
  FakeIdentityProvider(const FakeIdentityProvider&) = delete;
  FakeIdentityProvider& operator=(const FakeIdentityProvider&) = delete;

  std::string issuer() const;  // "http://127.0.0.1:PORT"
  std::string client_id() const, client_secret() const;
  std::string public_client_id() const;  // of a second client, which has no secret
  std::string authorize_url() const, token_url() const, user_url() const, keys_url() const, pushed_url() const;

  /// Who is signed in from now on. A code and a token stay those of the person they were given for.
  void person(FakePerson person);
  /// What is wrong from now on. Throws std::invalid_argument for an endpoint that there is not.
  void lies(Lies lies);
  /// Signs with a new key from now on. With `publish_old` the last one is still published; otherwise no old one is.
  void rotate_keys(bool publish_old = false);

  struct Return {
    std::string url{};                                          // the redirect URI with the answer as its query
    std::string redirect_uri{};                                 // without it
    std::vector<std::pair<std::string, std::string>> fields{};  // the answer: code, state, iss …
    bool form_post = false;                                     // the fields are to be posted to the redirect URI
  };
  /// What the person's browser does: opens the URL that a program redirected to, and consents. Returns where the
  /// provider sends it back to, also with an error. Throws std::runtime_error with the reason when the provider would
  /// not send it back at all: it does not know the client, the redirect URI or the pushed request.
  /// A real browser can do the same: GET answers with the redirect, or with the page that posts the form.
  Return authorize(const std::string& url);

  /// What its server posts as `logout_token`, new for each call (OpenID Connect Back-Channel Logout 1.0). Either may be
  /// empty.
  std::string logout_token(const std::string& subject, const std::string& session) const;

  /// What the person's browser does at end_session_endpoint: where it goes back to, with the state. Throws
  /// std::runtime_error with the reason when the provider would not end the session, or not send it back: it knows
  /// neither the hint nor the client.
  std::string sign_out(const std::string& url) const;

  /// How often each endpoint was asked.
  struct Counts {
    int discovery = 0, keys = 0, authorize = 0, token = 0, user = 0, pushed = 0;
    int elsewhere = 0;  // where redirects_at_token leads
  };
  Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rowan::testing
