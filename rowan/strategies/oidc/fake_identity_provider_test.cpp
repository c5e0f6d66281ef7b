// The provider of the kit (rowan/testing), and by it our side of the protocol over a real HTTP client.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <rowan/base/config_error.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/url.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>
#include <rowan/strategies/oauth2/callback.hpp>
#include <rowan/strategies/oidc/discovery.hpp>
#include <rowan/strategies/oidc/key_cache.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_identity_provider.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/html.hpp>
#include <thread>

namespace rowan::testing {
namespace {

namespace oauth2 = strategies::oauth2;
namespace oidc = strategies::oidc;
using namespace std::chrono_literals;
using oauth2::ClientAuthentication;
using oauth2::Flow;
using oauth2::Parameters;
using oauth2::Provider;
using oauth2::ResponseMode;
using Lies = FakeIdentityProvider::Lies;

/// Who came back, as both of the provider's answers say it.
struct SignedIn {
  crypto::jose::IdToken token;
  Json user;
};

/// Signs in as a strategy does: each step is our own code, and only the person is the kit's.
class Visit {
 public:
  explicit Visit(FakeIdentityProvider::Options options = {}, http::ClientOptions client = {})
      : idp(clock, std::move(options)), http(http::open_client(std::move(client))) {
    flow = {.redirect_uri = "https://notes.example/auth/user/idp/callback?a=1",
            .state = oauth2::random_value(random),
            .code_verifier = oauth2::random_value(random),
            .nonce = oauth2::random_value(random)};
  }

  FakeClock clock{};
  FakeRandom random{};
  FakeIdentityProvider idp;
  std::unique_ptr<http::Client> http;
  Flow flow{};
  ResponseMode response_mode = ResponseMode::query;
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;

  Result<std::string> get(const std::string& url, std::size_t most_bytes) {
    ROWAN_TRY(auto response, http->send({.url = url, .reach = http::Reach::anywhere, .most_body_bytes = most_bytes}));
    if (response.status != 200)
      return Error{.code = ErrorCode::unavailable, .reason = "status " + std::to_string(response.status)};
    return std::move(response.body);
  }

  Result<Provider> discover() {
    ROWAN_TRY(const auto document, get(oidc::discovery_url(idp.issuer()), oidc::most_discovery_bytes));
    ROWAN_TRY(const auto found, oidc::read_discovery(document, idp.issuer()));
    EXPECT_EQ(found.keys_url, idp.keys_url());
    EXPECT_TRUE(found.takes_s256);
    EXPECT_TRUE(std::ranges::find(found.authentications, authentication) != found.authentications.end());
    algorithms = found.algorithms;
    Provider provider{.name = "idp",
                      .issuer = found.issuer,
                      .authorize_url = found.authorize_url,
                      .token_url = found.token_url,
                      .user_url = found.user_url,
                      .pushed_url = found.pushed_url,
                      .announces_issuer = found.announces_issuer,
                      .client_id = idp.client_id(),
                      .authentication = authentication,
                      .scopes = {"openid", "email"},
                      .response_mode = response_mode};
    if (authentication == ClientAuthentication::none)
      provider.client_id = idp.public_client_id();
    else
      provider.client_secret = std::make_shared<Secret>(Secret::from_text(idp.client_secret()));
    EXPECT_EQ(problems_of(provider), std::vector<std::string>());
    return provider;
  }

  /// Where the browser is sent, and what it brings back.
  Result<std::string> code_from(const Provider& provider) {
    std::string url = authorization_url(provider, flow);
    if (!provider.pushed_url.empty()) {
      ROWAN_TRY(url, pushed_authorization_url(*http, provider, flow, clock.now(), random));
    }
    const auto back = idp.authorize(url);
    EXPECT_EQ(back.redirect_uri, flow.redirect_uri);
    EXPECT_EQ(back.form_post, response_mode == ResponseMode::form_post);
    std::string query;
    for (const auto& [name, value] : back.fields) query = http::with_parameter(std::move(query), name, value);
    EXPECT_EQ(back.url, flow.redirect_uri + "&" + query.substr(1));
    ROWAN_TRY(const auto fields, http::parse_query(query.substr(1)));
    EXPECT_EQ(oauth2::state_of(fields).value_or("none"), flow.state);
    return code_of(fields, provider);
  }

  Result<oauth2::Tokens> tokens_for(const Provider& provider, std::string_view code) {
    return exchange_code(*http, provider, flow, code, clock.now(), random);
  }

  Result<crypto::jose::IdToken> verify(const oauth2::Tokens& tokens, const Provider& provider) {
    if (!keys) keys = std::make_unique<oidc::KeyCache>(idp.keys_url(), http::Reach::anywhere);
    ROWAN_TRY(const auto parsed, crypto::jose::Jws::parse(tokens.id_token.value()));
    ROWAN_TRY(const auto set, keys->keys_for(*http, clock, parsed));
    return verify_id_token(*tokens.id_token, *set,
                           {.issuer = provider.issuer,
                            .audiences = {provider.client_id},
                            .allowed = algorithms,
                            .now = clock.now(),
                            .nonce = flow.nonce,
                            .access_token = std::string(tokens.access_token.expose()),
                            .max_age = flow.max_age});
  }

  Result<SignedIn> sign_in() {
    ROWAN_TRY(const auto provider, discover());
    ROWAN_TRY(const auto code, code_from(provider));
    ROWAN_TRY(const auto tokens, tokens_for(provider, code));
    ROWAN_TRY(auto token, verify(tokens, provider));
    ROWAN_TRY(auto user, fetch_user(*http, provider, tokens.access_token));
    return SignedIn{.token = std::move(token), .user = std::move(user)};
  }

  /// The reason for the log; empty when nothing was refused.
  std::string refusal() {
    const auto result = sign_in();
    return result ? "" : result.error().reason;
  }

 private:
  crypto::jose::Algorithms algorithms{};
  std::unique_ptr<oidc::KeyCache> keys{};
};

bool has_http_client() {
  try {
    http::open_client({});
    return true;
  } catch (const ConfigError&) {
    return false;
  }
}

#define NEEDS_HTTP_CLIENT \
  if (!has_http_client()) GTEST_SKIP() << "this build has no HTTP client"

std::string text_at(const Json& object, const char* name) {
  const auto value = object.find(name);
  return value ? std::string(value->as_text().value_or("no text")) : "none";
}

// ---- what a good client gets

struct Way {
  const char* name;
  ClientAuthentication authentication;
  ResponseMode response_mode;
  bool pushed;
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

class FakeIdentityProviderWays : public ::testing::TestWithParam<Way> {};

TEST_P(FakeIdentityProviderWays, SignInThePerson) {
  NEEDS_HTTP_CLIENT;
  Visit visit({.only_pushed = GetParam().pushed});
  visit.authentication = GetParam().authentication;
  visit.response_mode = GetParam().response_mode;
  visit.flow.max_age = 300s;
  visit.idp.person({.subject = "person-7", .email = "eva@notes.example", .more = {{"locale", "de"}}});
  const auto result = visit.sign_in();
  ASSERT_TRUE(result) << result.error().reason;
  EXPECT_EQ(result->token.subject, "person-7");
  EXPECT_EQ(result->token.issued_at, visit.clock.now());
  EXPECT_EQ(result->token.authenticated_at, visit.clock.now());
  for (const auto* claims : {&result->token.claims, &result->user}) {
    EXPECT_EQ(text_at(*claims, "sub"), "person-7");
    EXPECT_EQ(text_at(*claims, "email"), "eva@notes.example");
    EXPECT_EQ(claims->find("email_verified")->as_boolean(), true);
    EXPECT_EQ(text_at(*claims, "locale"), "de");
  }
  const auto counts = visit.idp.counts();
  EXPECT_EQ(counts.discovery, 1);
  EXPECT_EQ(counts.keys, 1);
  EXPECT_EQ(counts.authorize, 1);
  EXPECT_EQ(counts.token, 1);
  EXPECT_EQ(counts.user, 1);
  EXPECT_EQ(counts.pushed, GetParam().pushed ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    Each, FakeIdentityProviderWays,
    ::testing::Values(Way{"Basic", ClientAuthentication::client_secret_basic, ResponseMode::query, false},
                      Way{"Post", ClientAuthentication::client_secret_post, ResponseMode::query, false},
                      Way{"Public", ClientAuthentication::none, ResponseMode::query, false},
                      Way{"FormPost", ClientAuthentication::client_secret_basic, ResponseMode::form_post, false},
                      Way{"Pushed", ClientAuthentication::client_secret_basic, ResponseMode::query, true},
                      Way{"PushedFormPost", ClientAuthentication::client_secret_basic, ResponseMode::form_post, true},
                      Way{"PushedByPost", ClientAuthentication::client_secret_post, ResponseMode::query, true},
                      Way{"PushedByPublic", ClientAuthentication::none, ResponseMode::query, true}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(FakeIdentityProviders, SayOfAPersonWhatATestSays) {
  NEEDS_HTTP_CLIENT;
  Visit visit;
  visit.idp.person({.email = "", .more = {{"sub", 7}, {"groups", Json::array({"a"})}}});
  const auto provider = visit.discover().value();
  const auto tokens = visit.tokens_for(provider, visit.code_from(provider).value());
  ASSERT_TRUE(tokens) << tokens.error().reason;
  const auto user = fetch_user(*visit.http, provider, tokens->access_token).value();
  EXPECT_EQ(user.find("email"), std::nullopt);
  EXPECT_EQ(user.find("email_verified"), std::nullopt);
  EXPECT_EQ(user.find("sub")->as_integer(), 7);
  EXPECT_EQ(visit.verify(*tokens, provider).error().reason, "id token: no sub that is a text");

  visit.idp.person({.email_verified = Json(nullptr)});
  EXPECT_EQ(visit.sign_in().value().user.find("email_verified"), std::nullopt);
  visit.idp.person({.email_verified = Json("true")});
  EXPECT_EQ(text_at(visit.sign_in().value().token.claims, "email_verified"), "true");
}

TEST(FakeIdentityProviders, GiveAnIdTokenAndAnAddressForTheirScopesOnly) {
  NEEDS_HTTP_CLIENT;
  Visit visit;
  auto provider = visit.discover().value();
  provider.scopes = {"profile"};
  const auto tokens = visit.tokens_for(provider, visit.code_from(provider).value());
  ASSERT_TRUE(tokens) << tokens.error().reason;
  EXPECT_EQ(tokens->id_token, std::nullopt);
  EXPECT_EQ(fetch_user(*visit.http, provider, tokens->access_token).value().find("email"), std::nullopt);
}

TEST(FakeIdentityProviders, SendARealBrowserBack) {
  NEEDS_HTTP_CLIENT;
  Visit visit;
  auto provider = visit.discover().value();
  const auto open = [&](const std::string& url) {
    return visit.http->send({.url = url, .reach = http::Reach::anywhere}).value();
  };
  const auto redirect = open(authorization_url(provider, visit.flow));
  EXPECT_EQ(redirect.status, 302);
  const auto location = std::string(redirect.headers.single("Location").value_or(""));
  ASSERT_TRUE(location.starts_with(visit.flow.redirect_uri + "&code=")) << location;
  const auto fields = http::parse_query(location.substr(location.find('?') + 1)).value();
  EXPECT_TRUE(visit.tokens_for(provider, code_of(fields, provider).value()));

  visit.flow.state = "<\"&'>";
  provider.response_mode = ResponseMode::form_post;
  const auto page = open(authorization_url(provider, visit.flow));
  EXPECT_EQ(page.status, 200);
  const auto forms = forms_in(page.body);
  ASSERT_EQ(forms.size(), 1U);
  EXPECT_EQ(forms[0].action, visit.flow.redirect_uri);
  ASSERT_EQ(forms[0].fields.size(), 3U);
  EXPECT_EQ(forms[0].fields[1].value, visit.flow.state);
  EXPECT_TRUE(visit.tokens_for(provider, forms[0].fields[0].value));

  provider.client_id = "stranger";
  const auto refused = open(authorization_url(provider, visit.flow));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.headers.single("Location"), std::nullopt);
}

// ---- what a client is refused

/// The reason why the provider sends the browser nowhere; empty when it does.
std::string dead_end(FakeIdentityProvider& idp, const std::string& url) {
  try {
    idp.authorize(url);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

class FakeIdentityProviderRefuses : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_HTTP_CLIENT;
    visit = std::make_unique<Visit>();
    provider = visit->discover().value();
  }
  std::string code() { return visit->code_from(provider).value(); }
  /// The parameters of a good request, with one changed; left out when it is empty.
  std::string url_with(const std::string& name, const std::string& value) {
    auto url = visit->idp.authorize_url();
    auto all = authorization_parameters(provider, visit->flow);
    std::erase_if(all, [&](const auto& one) { return one.first == name; });
    if (!value.empty()) all.emplace_back(name, value);
    for (const auto& [key, text] : all) url = http::with_parameter(std::move(url), key, text);
    return url;
  }
  std::string exchange(const std::string& one_code) {
    const auto tokens = visit->tokens_for(provider, one_code);
    return tokens ? "" : tokens.error().reason;
  }

  std::unique_ptr<Visit> visit{};
  Provider provider{};
};

TEST_F(FakeIdentityProviderRefuses, ACodeThatWasUsedAndTakesBackItsToken) {
  const auto one = code();
  const auto tokens = visit->tokens_for(provider, one);
  ASSERT_TRUE(tokens) << tokens.error().reason;
  EXPECT_TRUE(fetch_user(*visit->http, provider, tokens->access_token));
  const auto again = visit->tokens_for(provider, one);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::authentication_failed);
  EXPECT_EQ(again.error().reason, "idp: status 400, invalid_grant");
  EXPECT_FALSE(fetch_user(*visit->http, provider, tokens->access_token));
}

TEST_F(FakeIdentityProviderRefuses, AnotherVerifierRedirectUriClientOrAnOldCode) {
  const auto right = visit->flow;
  const std::string refused = "idp: status 400, invalid_grant";
  auto one = code();
  visit->flow.code_verifier = oauth2::random_value(visit->random);
  EXPECT_EQ(exchange(one), refused);
  visit->flow.code_verifier = right.code_verifier;
  EXPECT_EQ(exchange(one), refused);  // no second guess

  one = code();
  visit->flow.code_verifier.clear();
  EXPECT_EQ(exchange(one), refused);
  visit->flow.code_verifier = right.code_verifier;

  one = code();
  visit->flow.redirect_uri += "x";
  EXPECT_EQ(exchange(one), refused);
  visit->flow.redirect_uri = right.redirect_uri;

  one = code();
  visit->authentication = ClientAuthentication::none;
  const auto confidential = std::exchange(provider, visit->discover().value());
  EXPECT_EQ(exchange(one), refused);
  provider = confidential;
  EXPECT_EQ(exchange(one), "");  // it was not that client's to use up

  one = code();
  visit->clock.advance(10min);
  EXPECT_EQ(exchange(one), refused);
  EXPECT_EQ(exchange("made-up"), refused);
}

TEST_F(FakeIdentityProviderRefuses, AClientThatIsNotWhoItSays) {
  const auto good = provider;
  const auto secret = [](const std::string& text) { return std::make_shared<Secret>(Secret::from_text(text)); };
  for (const auto way : {ClientAuthentication::client_secret_basic, ClientAuthentication::client_secret_post}) {
    provider = good;
    provider.authentication = way;
    provider.client_secret = secret(visit->idp.client_secret() + "x");
    EXPECT_EQ(exchange(code()), "idp: status 401, invalid_client");
    provider = good;
    provider.authentication = way;
    const auto one = code();
    provider.client_id = "stranger";
    EXPECT_EQ(exchange(one), "idp: status 401, invalid_client");
    provider.client_id = visit->idp.public_client_id();  // has no secret to show
    EXPECT_EQ(exchange(one), "idp: status 401, invalid_client");
  }
  provider = good;
  provider.authentication = ClientAuthentication::none;
  EXPECT_EQ(exchange(code()), "idp: status 401, invalid_client");
}

TEST_F(FakeIdentityProviderRefuses, ToSendTheBrowserToWhomItDoesNotKnow) {
  auto& idp = visit->idp;
  EXPECT_EQ(dead_end(idp, url_with("client_id", "stranger")), "FakeIdentityProvider: unknown client_id: stranger");
  EXPECT_EQ(dead_end(idp, url_with("client_id", "")), "FakeIdentityProvider: client_id is missing");
  EXPECT_EQ(dead_end(idp, url_with("redirect_uri", "")), "FakeIdentityProvider: redirect_uri is missing");
  for (const char* uri : {"/callback", "https://notes.example/callback#a", "https://notes.example/a\r\nX: b"})
    EXPECT_EQ(dead_end(idp, url_with("redirect_uri", uri)),
              "FakeIdentityProvider: redirect_uri is no absolute URI without a fragment");
  EXPECT_TRUE(dead_end(idp, url_with("state", "a") + "&state=b").contains("a malformed form"));
  EXPECT_TRUE(dead_end(idp, idp.token_url() + "?client_id=x").contains("does not lead to"));
  EXPECT_TRUE(dead_end(idp, idp.authorize_url()).contains("does not lead to"));

  FakeIdentityProvider strict(visit->clock, {.redirect_uris = {"https://notes.example/callback"}});
  const auto here = strict.authorize_url() + url_with("x", "").substr(idp.authorize_url().size());
  EXPECT_TRUE(dead_end(strict, here).contains("redirect_uri is not registered"));
}

TEST_F(FakeIdentityProviderRefuses, WhatAGoodClientNeverAsks) {
  const auto error = [&](const std::string& name, const std::string& value) {
    const auto back = visit->idp.authorize(url_with(name, value));
    EXPECT_EQ(back.fields.at(2), std::pair(std::string("state"), visit->flow.state));
    EXPECT_EQ(back.fields.at(3), std::pair(std::string("iss"), visit->idp.issuer()));
    return back.fields.at(0).second;
  };
  EXPECT_EQ(error("code_challenge", ""), "invalid_request");
  EXPECT_EQ(error("code_challenge", "short"), "invalid_request");
  EXPECT_EQ(error("code_challenge_method", ""), "invalid_request");
  EXPECT_EQ(error("code_challenge_method", "plain"), "invalid_request");
  EXPECT_EQ(error("response_type", "token"), "unsupported_response_type");
  EXPECT_EQ(error("response_mode", "fragment"), "invalid_request");
  EXPECT_EQ(error("scope", ""), "invalid_scope");
  EXPECT_EQ(error("max_age", "soon"), "invalid_request");
}

TEST_F(FakeIdentityProviderRefuses, APushedRequestOfAnotherClientOrThatWasUsed) {
  const auto pushed = [](Visit& by) {
    return pushed_authorization_url(*by.http, by.discover().value(), by.flow, by.clock.now(), by.random);
  };
  Visit other({.takes_pushed = true});
  auto url = pushed(other).value();
  EXPECT_EQ(dead_end(other.idp, url), "");
  EXPECT_TRUE(dead_end(other.idp, url).contains("no such pushed request"));
  url = pushed(other).value();
  other.clock.advance(1min);
  EXPECT_TRUE(dead_end(other.idp, url).contains("no such pushed request"));
  url = pushed(other).value();
  const auto id = url.find(other.idp.client_id());
  EXPECT_TRUE(dead_end(other.idp, url.replace(id, other.idp.client_id().size(), other.idp.public_client_id()))
                  .contains("no such pushed request"));

  provider.pushed_url = visit->idp.pushed_url();  // which this one does not announce
  EXPECT_EQ(visit->code_from(provider).error().reason, "idp: status 400, invalid_request");
  Visit only({.only_pushed = true});
  auto by_browser = only.discover().value();
  by_browser.pushed_url.clear();
  EXPECT_EQ(only.code_from(by_browser).error().reason, "idp: it answered invalid_request");
}

TEST_F(FakeIdentityProviderRefuses, AnAccessTokenThatIsNoneOrTooOld) {
  EXPECT_EQ(fetch_user(*visit->http, provider, Secret::from_text("made-up")).error().reason,
            "idp: status 401 for the person");
  const auto tokens = visit->tokens_for(provider, code());
  ASSERT_TRUE(tokens) << tokens.error().reason;
  visit->clock.advance(*tokens->expires_in - 1s);
  EXPECT_TRUE(fetch_user(*visit->http, provider, tokens->access_token));
  visit->clock.advance(1s);
  EXPECT_FALSE(fetch_user(*visit->http, provider, tokens->access_token));
}

// ---- keys

TEST(FakeIdentityProviders, RotateTheirKeys) {
  NEEDS_HTTP_CLIENT;
  Visit visit;
  const auto provider = visit.discover().value();
  const auto tokens = [&] { return visit.tokens_for(provider, visit.code_from(provider).value()).value(); };
  const auto first = tokens();
  EXPECT_TRUE(visit.verify(first, provider));
  visit.idp.rotate_keys(true);
  const auto second = tokens();
  EXPECT_EQ(visit.verify(second, provider).error().reason, "jwks: no key has the token's kid");  // too soon
  visit.clock.advance(61s);
  EXPECT_TRUE(visit.verify(second, provider));
  EXPECT_TRUE(visit.verify(first, provider));
  visit.idp.rotate_keys();
  const auto third = tokens();
  visit.clock.advance(61s);
  EXPECT_TRUE(visit.verify(third, provider));
  EXPECT_EQ(visit.verify(second, provider).error().reason, "jwks: no key has the token's kid");
  EXPECT_EQ(visit.idp.counts().keys, 3);
}

// ---- lies

struct Lie {
  const char* name;
  Lies lies;
  std::string reason;  // "ISSUER" stands for the provider's
  ErrorCode code = ErrorCode::authentication_failed;
};

void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

class FakeIdentityProviderLies : public ::testing::TestWithParam<Lie> {};

TEST_P(FakeIdentityProviderLies, AreRefused) {
  NEEDS_HTTP_CLIENT;
  const auto& lie = GetParam();
  // Their answer comes too late however fast this machine is.
  const bool waits = lie.lies.hangs || lie.lies.slow.count() > 0;
  Visit visit({.takes_pushed = lie.lies.only_at == "pushed"},
              waits ? http::ClientOptions{.connect_timeout = 600ms, .timeout = 600ms} : http::ClientOptions());
  visit.flow.max_age = 300s;
  visit.idp.lies(lie.lies);
  auto reason = lie.reason;
  if (const auto at = reason.find("ISSUER"); at != std::string::npos) reason.replace(at, 6, visit.idp.issuer());
  const auto result = visit.sign_in();
  ASSERT_FALSE(result);
  if (waits)  // on a busy machine an earlier call may be the one that is too late
    EXPECT_TRUE(result.error().reason.ends_with(reason)) << result.error().reason;
  else
    EXPECT_EQ(result.error().reason, reason);
  EXPECT_EQ(result.error().code, lie.code);
  EXPECT_EQ(visit.idp.counts().elsewhere, 0);  // no redirect was followed
  EXPECT_LE(visit.idp.counts().token, 1);      // and nothing was sent twice
}

constexpr auto unavailable = ErrorCode::unavailable;

INSTANTIATE_TEST_SUITE_P(
    IdToken, FakeIdentityProviderLies,
    ::testing::Values(
        Lie{"WrongIssuer", {.wrong_issuer = true}, "id token: its issuer is not ISSUER"},
        Lie{"WrongAudience", {.wrong_audience = true}, "id token: its audience is not ours"},
        Lie{"WrongNonce", {.wrong_nonce = true}, "id token: another nonce than the one that was sent"},
        Lie{"NoNonce", {.no_nonce = true}, "id token: no nonce"},
        Lie{"Expired", {.expired = true}, "id token: it expired 3600 s ago"},
        Lie{"IssuedInTheFuture",
            {.issued_in_the_future = true},
            "id token: it was issued 3600 s from now: the clocks differ"},
        Lie{"OldAuthTime", {.old_auth_time = true}, "id token: the person was there last 86400 s ago"},
        Lie{"NoAuthTime", {.no_auth_time = true}, "id token: no auth_time, which was asked for"},
        Lie{"WrongAtHash", {.wrong_at_hash = true}, "id token: its at_hash is not that of the access token"},
        Lie{"DuplicateClaims", {.duplicate_claims = true}, "json: a key occurs twice, or too many members"},
        Lie{"AlgNone", {.alg_none = true}, "jws: an algorithm that is not verified here"},
        Lie{"HmacWithPublicKey", {.hmac_with_public_key = true}, "jws: HS256 is not allowed here"},
        Lie{"UnknownKid", {.unknown_kid = true}, "jwks: no key has the token's kid"},
        Lie{"WrongSignature", {.wrong_signature = true}, "jws: the signature is wrong"}),
    [](const auto& one) { return std::string(one.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Answers, FakeIdentityProviderLies,
    ::testing::Values(
        Lie{"DiscoveryIssuer",
            {.discovery_issuer = "http://127.0.0.1:1"},
            "discovery: it is of another issuer",
            unavailable},
        Lie{"WrongIssInCallback", {.wrong_iss_in_callback = true}, "idp: the callback comes from another issuer"},
        Lie{"NoIssInCallback", {.no_iss_in_callback = true}, "idp: the callback does not say its issuer, as announced"},
        Lie{"ErrorAtAuthorize", {.error_at_authorize = "access_denied"}, "idp: it answered access_denied"},
        Lie{"InvalidGrantAtToken", {.error_at_token = "invalid_grant"}, "idp: status 400, invalid_grant"},
        Lie{"InvalidClientAtToken",
            {.error_at_token = "invalid_client"},
            "idp: status 401, invalid_client",
            unavailable},
        Lie{"RedirectsAtToken", {.redirects_at_token = true}, "idp: status 307 and no JSON object", unavailable}),
    [](const auto& one) { return std::string(one.param.name); });

constexpr const char* too_long = "http client: 127.0.0.1: a body longer than may be";
constexpr const char* too_short = "http client: 127.0.0.1: Transferred a partial file";
constexpr const char* too_late = "http client: 127.0.0.1: no answer in time";

INSTANTIATE_TEST_SUITE_P(
    Http, FakeIdentityProviderLies,
    ::testing::Values(
        Lie{"DuplicateKeysAtDiscovery",
            {.only_at = "discovery", .duplicate_keys = true},
            "discovery: no JSON object",
            unavailable},
        Lie{"DuplicateKeysAtPushed",
            {.only_at = "pushed", .duplicate_keys = true},
            "idp: status 201 and no JSON object",
            unavailable},
        Lie{"DuplicateKeysAtToken",
            {.only_at = "token", .duplicate_keys = true},
            "idp: status 200 and no JSON object",
            unavailable},
        Lie{"DuplicateKeysAtKeys",
            {.only_at = "keys", .duplicate_keys = true},
            "keys of the provider: json: a key occurs twice, or too many members",
            unavailable},
        Lie{"DuplicateKeysAtUser",
            {.only_at = "user", .duplicate_keys = true},
            "idp: status 200 and no JSON object",
            unavailable},
        Lie{"StatusAtToken", {.only_at = "token", .status = 503}, "idp: status 503", unavailable},
        Lie{"StatusAtKeys", {.only_at = "keys", .status = 503}, "keys of the provider: status 503", unavailable},
        Lie{"EndlessEverywhere", {.endless_body = true}, too_long, unavailable},
        Lie{"EndlessAtToken", {.only_at = "token", .endless_body = true}, too_long, unavailable},
        Lie{"EndlessAtKeys",
            {.only_at = "keys", .endless_body = true},
            "keys of the provider: http client: 127.0.0.1: a body longer than may be",
            unavailable},
        Lie{"EndlessAtUser", {.only_at = "user", .endless_body = true}, too_long, unavailable},
        Lie{"TruncatedAtToken", {.only_at = "token", .truncated_body = true}, too_short, unavailable},
        Lie{"TruncatedAtUser", {.only_at = "user", .truncated_body = true}, too_short, unavailable},
        Lie{"HangsAtToken", {.only_at = "token", .hangs = true}, too_late, unavailable},
        Lie{"SlowAtUser", {.only_at = "user", .slow = 60s}, too_late, unavailable}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(FakeIdentityProviders, TellALieUntilTheNextOne) {
  NEEDS_HTTP_CLIENT;
  Visit visit;
  visit.idp.lies({.wrong_audience = true});
  EXPECT_EQ(visit.refusal(), "id token: its audience is not ours");
  visit.idp.lies({.slow = 1ms});
  EXPECT_EQ(visit.refusal(), "");
  visit.idp.lies({});
  EXPECT_EQ(visit.refusal(), "");
  EXPECT_THROW(visit.idp.lies({.only_at = "tokens"}), std::invalid_argument);
}

/// What is told in these two is for a strategy to see: each answer by itself is one that a provider may give.
TEST(FakeIdentityProviders, LieByLeavingTheIdTokenOutAndAboutTheSubject) {
  NEEDS_HTTP_CLIENT;
  Visit visit;
  const auto provider = visit.discover().value();
  visit.idp.lies({.no_id_token = true});
  const auto tokens = visit.tokens_for(provider, visit.code_from(provider).value());
  ASSERT_TRUE(tokens) << tokens.error().reason;
  EXPECT_EQ(tokens->id_token, std::nullopt);
  visit.idp.lies({.other_subject_at_userinfo = true});
  const auto result = visit.sign_in();
  ASSERT_TRUE(result) << result.error().reason;
  EXPECT_EQ(result->token.subject, "person-1");
  EXPECT_EQ(uid_of(result->user, provider).value_or("none"), "another-person");
}

/// The endless and the hanging answers end with the provider, so no test waits for them.
TEST(FakeIdentityProviders, EndWithoutWaiting) {
  NEEDS_HTTP_CLIENT;
  const auto client = http::open_client({});
  const FakeClock clock;
  auto idp = std::make_unique<FakeIdentityProvider>(clock);
  idp->lies({.hangs = true});
  const auto url = oidc::discovery_url(idp->issuer());
  std::optional<Result<http::OutgoingResponse>> result;
  std::jthread asking([&] { result = client->send({.url = url, .reach = http::Reach::anywhere}); });
  while (idp->counts().discovery == 0) std::this_thread::yield();
  idp.reset();
  asking.join();
  ASSERT_FALSE(*result);
  EXPECT_FALSE(result->error().reason.contains("no answer in time")) << result->error().reason;
}

}  // namespace
}  // namespace rowan::testing
