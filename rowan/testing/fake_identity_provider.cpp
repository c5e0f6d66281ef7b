#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <rowan/base/base64.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/url.hpp>
#include <rowan/testing/es256_key.hpp>
#include <rowan/testing/fake_identity_provider.hpp>
#include <rowan/testing/local_http_server.hpp>
#include <stdexcept>

namespace rowan::testing {

namespace {

using namespace std::chrono_literals;
using http::Method;
using http::Request;
using http::Response;
using Lies = FakeIdentityProvider::Lies;
using Members = std::vector<std::pair<std::string, Json>>;
using Form = std::map<std::string, std::string, std::less<>>;

// Of characters that have to be encoded in a form, and in the header.
constexpr auto the_client = "notes.example", the_public_client = "notes.app", the_secret = "a secret: of 100% + more";
constexpr auto code_lifetime = 10min, pushed_lifetime = 1min, access_lifetime = 60min, id_token_lifetime = 5min;
constexpr std::string_view pushed_prefix = "urn:ietf:params:oauth:request_uri:";

/// What a code was given for.
struct Grant {
  std::string client_id{}, redirect_uri{}, scope{}, nonce{}, challenge{};
  bool with_auth_time = false;
  Timestamp authenticated_at{}, expires_at{};
  FakePerson person{};
  bool used = false;
  std::string access_token{};
};

struct AccessToken {
  std::string scope{};
  FakePerson person{};
  Timestamp expires_at{};
};

struct Pushed {
  std::string client_id{};
  Form form{};
  Timestamp expires_at{};
};

/// RFC 6749 section 5.2. The description is for the one whose test fails. Both are in one text, because an exception is
/// copied without throwing another.
class ProtocolError : public std::runtime_error {
 public:
  ProtocolError(const std::string& error, const std::string& description)
      : std::runtime_error(error + '\n' + description) {}
  std::string error() const { return text().substr(0, text().find('\n')); }
  std::string description() const { return text().substr(text().find('\n') + 1); }

 private:
  std::string text() const { return what(); }
};

std::string_view value_in(const Form& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string_view() : std::string_view(found->second);
}

/// RFC 6749 section 3.1: no parameter twice.
Form form_in(std::string_view text) {
  const auto fields = http::parse_query(text);
  if (!fields) throw ProtocolError("invalid_request", "a malformed form: " + fields.error().reason);
  return fields->spelled();
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

/// RFC 7636 section 4.1 and 4.2: 43 to 128 unreserved characters; a challenge by S256 has 43.
bool is_unreserved(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || c == '~';
         });
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// An object whose first member is there twice; a reader that takes the first reads another value than one that takes
/// the last.
std::string with_duplicate(const Json& object) {
  const auto& members = object.fields_view();
  if (members.empty()) return object.text();
  auto first = Json::object({{members.front().first, Json("another")}}).text();
  first.back() = ',';
  return first + object.text().substr(1);
}

Response answer(const Json& body, int status = 200) {
  Response response{.status = status, .content_type = "application/json", .body = body.text()};
  response.headers.add("Cache-Control", "no-store");
  return response;
}

Response answer(const ProtocolError& error) {
  const bool unknown_client = error.error() == "invalid_client";
  auto response =
      answer({{"error", error.error()}, {"error_description", error.description()}}, unknown_client ? 401 : 400);
  if (unknown_client) response.headers.add("WWW-Authenticate", "Basic realm=\"provider\"");
  return response;
}

Response plain(int status, const std::string& text) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = text + "\n"};
}

/// RFC 6749 section 2.3.1: both parts were encoded as in a form before.
std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view authorization) {
  if (!authorization.starts_with("Basic ")) return std::nullopt;
  std::string text(authorization.substr(6));
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  const auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  const auto both = as_text(*bytes);
  const auto colon = both.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto name = http::form_decode(both.substr(0, colon)), secret = http::form_decode(both.substr(colon + 1));
  if (!name || !secret) return std::nullopt;
  return std::pair(*name, *secret);
}

/// The client that a request to the token endpoint, or to the one for pushed requests, comes from.
std::string authenticated_client(const Request& request, const Form& form) {
  const auto field = request.headers.single("Authorization");
  const auto in_form = value_in(form, "client_id");
  if (field) {
    const auto basic = basic_credentials(*field);
    if (!basic) throw ProtocolError("invalid_client", "Authorization is no well-formed Basic");
    if (form.contains("client_secret") || form.contains("client_assertion"))
      throw ProtocolError("invalid_request", "two ways of client authentication");
    if (!in_form.empty() && in_form != basic->first) throw ProtocolError("invalid_request", "two clients");
    if (basic->first != the_client || basic->second != the_secret)
      throw ProtocolError("invalid_client", "unknown client, or a wrong secret");
    return basic->first;
  }
  if (form.contains("client_assertion"))
    throw ProtocolError("invalid_client", "client assertions are not supported here");
  if (in_form == the_public_client && !form.contains("client_secret")) return the_public_client;
  if (in_form != the_client || value_in(form, "client_secret") != the_secret)
    throw ProtocolError("invalid_client", "unknown client, or a wrong secret, or none");
  return the_client;
}

/// RFC 6749 section 3.1.2: absolute, without a fragment. It also ends up in a header.
bool is_redirect_uri(std::string_view uri) {
  return uri.contains("://") && !uri.contains('#') &&
         std::ranges::all_of(uri, [](char c) { return c > ' ' && c < 127; });
}

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      default: html += c;
    }
  }
  return html;
}

/// OAuth 2.0 Form Post Response Mode, section 2.
std::string form_post_page(const FakeIdentityProvider::Return& back) {
  std::string page =
      "<!doctype html><title>Back</title><body onload=\"document.forms[0].submit()\"><form method=\"post\" action=\"" +
      escaped(back.redirect_uri) + "\">";
  for (const auto& [name, value] : back.fields)
    page += "<input type=\"hidden\" name=\"" + escaped(name) + "\" value=\"" + escaped(value) + "\">";
  return page + "<button>Continue</button></form></body>";
}

}  // namespace

struct FakeIdentityProvider::State {
  State(const Clock& its_clock, Options its_options) : clock(its_clock), options(std::move(its_options)) {
    options.takes_pushed = options.takes_pushed || options.only_pushed;
    server.serve([this](const Request& request) { return handle(request); });
  }
  ~State() { server.stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const Clock& clock;
  Options options;
  LocalHttpServer server{};
  const std::string issuer = server.origin();

  mutable std::mutex mutex{};  // of everything below
  FakePerson person{};
  Lies lies{};
  Counts counts{};
  int last_key = 1;
  Es256Key key{"key-1"};
  std::vector<Es256Key> old_keys{};  // that are published still
  std::map<std::string, Grant, std::less<>> codes{};
  std::map<std::string, AccessToken, std::less<>> tokens{};
  std::map<std::string, Pushed, std::less<>> pushed{};
  std::vector<std::string> given{};  // ID tokens

  // ---- what is asked over HTTP

  struct Endpoint {
    const char *name, *path;
    int Counts::* count;
    Method method;
    Response (State::*answer)(const Request&);
  };
  static const std::vector<Endpoint>& endpoints();

  LocalHttpServer::Answer handle(const Request& request) {
    using Sending = LocalHttpServer::Sending;
    const std::lock_guard lock(mutex);
    const auto endpoint = std::ranges::find_if(endpoints(), [&](const auto& one) { return one.path == request.path; });
    if (endpoint == endpoints().end()) return {.response = plain(404, "nothing is here")};
    ++(counts.*endpoint->count);
    if (request.method != endpoint->method) return {.response = plain(405, "another method is wanted here")};
    const bool lying = lies.only_at.empty() || lies.only_at == endpoint->name;
    if (lying && lies.hangs) return {.sending = Sending::never};

    LocalHttpServer::Answer sent;
    if (lying) sent.after = lies.slow;
    if (lying && lies.status != 0) {
      sent.response.status = lies.status;
      return sent;
    }
    sent.response = (this->*endpoint->answer)(request);
    auto& body = sent.response.body;
    if (lying && lies.duplicate_keys && sent.response.content_type == "application/json")
      body = with_duplicate(Json::parse(body).value());
    if (lying && lies.truncated_body) sent.sending = Sending::truncated;
    if (lying && lies.endless_body) sent.sending = Sending::endless;
    return sent;
  }

  Response discovery(const Request&) {
    Members members{
        {"issuer", lies.discovery_issuer.empty() ? issuer : lies.discovery_issuer},
        {"authorization_endpoint", issuer + "/authorize"},
        {"token_endpoint", issuer + "/token"},
        {"userinfo_endpoint", issuer + "/user"},
        {"jwks_uri", issuer + "/keys"},
        {"scopes_supported", Json::array({"openid", "email"})},
        {"response_types_supported", Json::array({"code"})},
        {"response_modes_supported", Json::array({"query", "form_post"})},
        {"grant_types_supported", Json::array({"authorization_code"})},
        {"subject_types_supported", Json::array({"public"})},
        {"id_token_signing_alg_values_supported", Json::array({"ES256"})},
        {"token_endpoint_auth_methods_supported", Json::array({"client_secret_basic", "client_secret_post", "none"})},
        {"code_challenge_methods_supported", Json::array({"S256"})},
        {"authorization_response_iss_parameter_supported", true}};
    if (options.takes_pushed) members.emplace_back("pushed_authorization_request_endpoint", issuer + "/pushed");
    if (options.ends_sessions) members.emplace_back("end_session_endpoint", issuer + "/end-session");
    if (options.only_pushed) members.emplace_back("require_pushed_authorization_requests", true);
    for (const auto& [name, value] : lies.discovery.fields_view()) {
      std::erase_if(members, [&](const auto& member) { return member.first == name; });
      if (value.kind() != Json::Kind::null) members.emplace_back(name, value);
    }
    auto response = answer(Json::object(members));
    response.headers.set("Date", to_http_date(clock.now() + lies.clock_ahead));
    return response;
  }

  Response keys(const Request&) {
    std::vector<Json> published{key.jwk()};
    for (const auto& old : old_keys) published.push_back(old.jwk());
    auto response = answer({{"keys", published}});
    response.headers.set("Cache-Control", "public, max-age=3600");
    return response;
  }

  Response authorize_by_browser(const Request& request) {
    try {
      const auto back = authorize(request.query);
      if (back.form_post)
        return {.status = 200, .content_type = "text/html; charset=utf-8", .body = form_post_page(back)};
      Response response{.status = 302};
      response.headers.add("Location", back.url);
      return response;
    } catch (const std::runtime_error& refused) {
      return plain(400, refused.what());
    }
  }

  Response token(const Request& request) {
    if (lies.redirects_at_token) {
      Response response{.status = 307};
      response.headers.add("Location", issuer + "/elsewhere");
      return response;
    }
    return token_elsewhere(request);
  }

  Response token_elsewhere(const Request& request) {
    try {
      if (!lies.error_at_token.empty()) throw ProtocolError(lies.error_at_token, "a lie");
      const auto form = form_of(request);
      const auto client = authenticated_client(request, form);
      if (value_in(form, "grant_type") != "authorization_code")
        throw ProtocolError("unsupported_grant_type", "only authorization_code");
      return answer(exchange(form, client));
    } catch (const ProtocolError& error) {
      return answer(error);
    }
  }

  Response user(const Request& request) {
    const auto field = request.headers.single("Authorization");
    const auto bearer = field ? http::bearer_token(*field) : std::nullopt;
    const auto found = bearer ? tokens.find(*bearer) : tokens.end();
    if (found == tokens.end() || clock.now() >= found->second.expires_at) {
      auto response = plain(401, "no such access token");
      response.headers.add("WWW-Authenticate", bearer ? "Bearer error=\"invalid_token\"" : "Bearer");
      return response;
    }
    auto members = claims_of(found->second.person, found->second.scope);
    if (lies.other_subject_at_userinfo) members.emplace_back("sub", "another-person");
    return answer(Json::object(members));
  }

  Response push(const Request& request) {
    try {
      if (!options.takes_pushed) throw ProtocolError("invalid_request", "pushed requests are not supported here");
      auto form = form_of(request);
      const auto client = authenticated_client(request, form);
      if (form.contains("request_uri")) throw ProtocolError("invalid_request", "request_uri in a pushed request");
      check_redirect_uri(value_in(form, "redirect_uri"));
      form.insert_or_assign("client_id", client);
      form.erase("client_secret");
      const auto uri = std::string(pushed_prefix) + random_text();
      pushed[uri] = {.client_id = client, .form = std::move(form), .expires_at = clock.now() + pushed_lifetime};
      return answer({{"request_uri", uri}, {"expires_in", std::chrono::seconds(pushed_lifetime).count()}}, 201);
    } catch (const ProtocolError& error) {
      return answer(error);
    }
  }

  static Form form_of(const Request& request) {
    const auto type = request.headers.single("Content-Type");
    if (!type || !type->starts_with("application/x-www-form-urlencoded"))
      throw ProtocolError("invalid_request", "the body is no form");
    return form_in(request.body);
  }

  // ---- the front channel

  void check_redirect_uri(std::string_view uri) const {
    if (uri.empty()) throw ProtocolError("invalid_request", "redirect_uri is missing");
    if (!is_redirect_uri(uri))
      throw ProtocolError("invalid_request", "redirect_uri is no absolute URI without a fragment");
    const auto& known = options.redirect_uris;
    if (!known.empty() && std::ranges::find(known, uri) == known.end())
      throw ProtocolError("invalid_request", "redirect_uri is not registered: " + std::string(uri));
  }

  /// What was pushed takes the place of the query (RFC 9126 section 4).
  Form asked_for(Form query) {
    const auto client = value_in(query, "client_id");
    if (client != the_client && client != the_public_client)
      throw ProtocolError("invalid_client",
                          client.empty() ? "client_id is missing" : "unknown client_id: " + std::string(client));
    const auto uri = query.find("request_uri");
    if (uri == query.end()) return query;
    const auto found = pushed.find(uri->second);
    if (found == pushed.end() || found->second.client_id != client || clock.now() >= found->second.expires_at)
      throw ProtocolError("invalid_request", "no such pushed request of this client, or it was used or is too old");
    auto form = std::move(found->second.form);
    pushed.erase(found);
    form.emplace("request_uri", uri->second);
    return form;
  }

  /// A code for what was asked, or an error that the client is told.
  std::string new_code(const Form& form) {
    const auto refuse = [](const char* error, const std::string& why) { throw ProtocolError(error, why); };
    if (!lies.error_at_authorize.empty()) refuse(lies.error_at_authorize.c_str(), "a lie");
    if (options.only_pushed && !form.contains("request_uri")) refuse("invalid_request", "it was not pushed");
    if (value_in(form, "response_type") != "code") refuse("unsupported_response_type", "only code");
    const auto mode = value_in(form, "response_mode");
    if (!mode.empty() && mode != "query" && mode != "form_post") refuse("invalid_request", "an unknown response_mode");
    if (value_in(form, "scope").empty()) refuse("invalid_scope", "scope is missing");
    if (value_in(form, "code_challenge_method") != "S256")
      refuse("invalid_request", "code_challenge_method is not S256");
    const auto challenge = value_in(form, "code_challenge");
    if (!is_unreserved(challenge, 43, 43)) refuse("invalid_request", "code_challenge is missing, or not of S256");
    const auto max_age = form.find("max_age");
    if (max_age != form.end() && !number_in(max_age->second)) refuse("invalid_request", "max_age is no number");
    auto code = random_text();
    codes[code] = {.client_id = std::string(value_in(form, "client_id")),
                   .redirect_uri = std::string(value_in(form, "redirect_uri")),
                   .scope = std::string(value_in(form, "scope")),
                   .nonce = std::string(value_in(form, "nonce")),
                   .challenge = std::string(challenge),
                   .with_auth_time = max_age != form.end(),
                   .authenticated_at = clock.now(),
                   .expires_at = clock.now() + code_lifetime,
                   .person = person};
    return code;
  }

  Return authorize(std::string_view query) {
    Return back;
    Form form;
    try {
      form = asked_for(form_in(query));
      check_redirect_uri(value_in(form, "redirect_uri"));
    } catch (const ProtocolError& error) {
      throw std::runtime_error("FakeIdentityProvider: " + error.description());
    }
    back.redirect_uri = value_in(form, "redirect_uri");
    back.form_post = value_in(form, "response_mode") == "form_post";
    try {
      back.fields.emplace_back("code", new_code(form));
    } catch (const ProtocolError& error) {
      back.fields = {{"error", error.error()}, {"error_description", error.description()}};
    }
    if (const auto state = form.find("state"); state != form.end()) back.fields.emplace_back("state", state->second);
    if (!lies.no_iss_in_callback)
      back.fields.emplace_back("iss", lies.wrong_iss_in_callback ? issuer + "/another" : issuer);
    back.url = back.redirect_uri;
    for (const auto& [name, value] : back.fields) back.url = http::with_parameter(std::move(back.url), name, value);
    return back;
  }

  // ---- tokens

  /// RFC 6749 section 4.1.3, RFC 7636 section 4.6.
  Json exchange(const Form& form, std::string_view client) {
    const auto refuse = [](const char* why) { throw ProtocolError("invalid_grant", why); };
    const auto found = codes.find(value_in(form, "code"));
    if (found == codes.end() || found->second.client_id != client) refuse("no such code of this client");
    auto& grant = found->second;
    if (grant.used) {
      tokens.erase(grant.access_token);  // section 4.1.2: someone has stolen it
      refuse("the code was used before");
    }
    grant.used = true;  // also when the rest is wrong: no one guesses at it
    if (clock.now() >= grant.expires_at) refuse("the code is too old");
    if (value_in(form, "redirect_uri") != grant.redirect_uri)
      refuse("another redirect_uri than the code was given for");
    const auto verifier = value_in(form, "code_verifier");
    if (!is_unreserved(verifier, 43, 128)) refuse("code_verifier is missing, or none that could be one");
    if (to_base64url(as_bytes(sha256(verifier))) != grant.challenge)
      refuse("code_verifier is not that of the challenge");

    grant.access_token = random_text();
    tokens[grant.access_token] = {
        .scope = grant.scope, .person = grant.person, .expires_at = clock.now() + access_lifetime};
    Members members{{"access_token", grant.access_token},
                    {"token_type", "Bearer"},
                    {"expires_in", std::chrono::seconds(access_lifetime).count()},
                    {"scope", grant.scope}};
    if (has_word(grant.scope, "openid") && !lies.no_id_token) {
      given.push_back(id_token(grant));
      members.emplace_back("id_token", given.back());
    }
    return Json::object(members);
  }

  static Members claims_of(const FakePerson& of, std::string_view scope) {
    Members members{{"sub", of.subject}};
    if (has_word(scope, "email") && !of.email.empty()) {
      members.emplace_back("email", of.email);
      if (of.email_verified.kind() != Json::Kind::null) members.emplace_back("email_verified", of.email_verified);
    }
    for (const auto& further : of.more.fields_view()) members.push_back(further);
    return members;
  }

  std::string id_token(const Grant& grant) const {
    const auto late = lies.expired ? -1h - id_token_lifetime : lies.issued_in_the_future ? 1h : 0min;
    const auto issued = clock.now() + late;
    const auto hashed = sha256(lies.wrong_at_hash ? "another access token" : grant.access_token);
    Members members{{"iss", lies.wrong_issuer ? issuer + "/another" : issuer},
                    {"aud", lies.wrong_audience ? "another-client" : grant.client_id},
                    {"iat", to_seconds(issued)},
                    {"exp", to_seconds(issued + id_token_lifetime)},
                    {"at_hash", to_base64url(as_bytes(hashed).first(hashed.size() / 2))}};
    if (!grant.nonce.empty() && !lies.no_nonce)
      members.emplace_back("nonce", lies.wrong_nonce ? "another-nonce" : grant.nonce);
    if (grant.with_auth_time && !lies.no_auth_time)
      members.emplace_back("auth_time", to_seconds(grant.authenticated_at - (lies.old_auth_time ? 24h : 0h)));
    if (!grant.person.session.empty()) members.emplace_back("sid", grant.person.session);
    for (auto& claim : claims_of(grant.person, grant.scope)) members.push_back(std::move(claim));
    const auto claims = Json::object(members);
    return signed_token(lies.duplicate_claims ? with_duplicate(claims) : claims.text(), "JWT");
  }

  std::string logout_token(const std::string& subject, const std::string& session) const {
    const auto late = lies.expired ? -1h : lies.issued_in_the_future ? 1h : 0min;
    const auto issued = clock.now() + late;
    Members members{{"iss", lies.wrong_issuer ? issuer + "/another" : issuer},
                    {"aud", lies.wrong_audience ? "another-client" : the_client},
                    {"iat", to_seconds(issued)},
                    {"exp", to_seconds(issued + 2min)}};
    if (!lies.no_logout_id) members.emplace_back("jti", random_text());
    if (!lies.no_logout_event)
      members.emplace_back("events", Json{{"http://schemas.openid.net/event/backchannel-logout", Json({})}});
    if (lies.logout_with_nonce) members.emplace_back("nonce", "a-nonce");
    if (!subject.empty() && !lies.no_one_to_log_out) members.emplace_back("sub", subject);
    if (!session.empty() && !lies.no_one_to_log_out) members.emplace_back("sid", session);
    const auto claims = Json::object(members);
    return signed_token(lies.duplicate_claims ? with_duplicate(claims) : claims.text(), lies.logout_type);
  }

  /// RP-Initiated Logout section 2 and 3.
  std::string sign_out(std::string_view query) const {
    const auto form = form_in(query);
    const auto hint = value_in(form, "id_token_hint");
    if (!hint.empty() && std::ranges::find(given, hint) == given.end())
      throw ProtocolError("invalid_request", "id_token_hint is not a token of this provider");
    if (hint.empty() && value_in(form, "client_id") != the_client)
      throw ProtocolError("invalid_request", "neither an id_token_hint nor a client");
    const auto back = value_in(form, "post_logout_redirect_uri");
    check_redirect_uri(back);
    const auto state = form.find("state");
    return state == form.end() ? std::string(back) : http::with_parameter(std::string(back), "state", state->second);
  }

  std::string signed_token(const std::string& payload, const std::string& type) const {
    const char* algorithm = lies.alg_none ? "none" : lies.hmac_with_public_key ? "HS256" : "ES256";
    Members names{{"alg", algorithm}, {"kid", lies.unknown_kid ? std::string("key-unknown") : key.key_id()}};
    if (!type.empty()) names.emplace_back("typ", type);
    const auto header = Json::object(names);
    const auto token = to_base64url(as_bytes(header.text())) + "." + to_base64url(as_bytes(payload));
    std::string signature;
    if (lies.hmac_with_public_key)
      signature = hmac_sha256(key.public_pem(), token);
    else if (!lies.alg_none)
      signature = key.sign(token);
    if (lies.wrong_signature && !signature.empty()) signature.back() = static_cast<char>(signature.back() ^ 1);
    return token + "." + to_base64url(as_bytes(signature));
  }
};

const std::vector<FakeIdentityProvider::State::Endpoint>& FakeIdentityProvider::State::endpoints() {
  static const std::vector<Endpoint> all{
      {"discovery", "/.well-known/openid-configuration", &Counts::discovery, Method::get, &State::discovery},
      {"keys", "/keys", &Counts::keys, Method::get, &State::keys},
      {"authorize", "/authorize", &Counts::authorize, Method::get, &State::authorize_by_browser},
      {"token", "/token", &Counts::token, Method::post, &State::token},
      {"elsewhere", "/elsewhere", &Counts::elsewhere, Method::post, &State::token_elsewhere},
      {"user", "/user", &Counts::user, Method::get, &State::user},
      {"pushed", "/pushed", &Counts::pushed, Method::post, &State::push}};
  return all;
}

FakeIdentityProvider::FakeIdentityProvider(const Clock& clock, Options options)
    : state_(std::make_unique<State>(clock, std::move(options))) {}
FakeIdentityProvider::~FakeIdentityProvider() = default;

std::string FakeIdentityProvider::issuer() const { return state_->issuer; }
std::string FakeIdentityProvider::client_id() const { return the_client; }
std::string FakeIdentityProvider::client_secret() const { return the_secret; }
std::string FakeIdentityProvider::public_client_id() const { return the_public_client; }
std::string FakeIdentityProvider::authorize_url() const { return state_->issuer + "/authorize"; }
std::string FakeIdentityProvider::token_url() const { return state_->issuer + "/token"; }
std::string FakeIdentityProvider::user_url() const { return state_->issuer + "/user"; }
std::string FakeIdentityProvider::keys_url() const { return state_->issuer + "/keys"; }
std::string FakeIdentityProvider::pushed_url() const { return state_->issuer + "/pushed"; }

void FakeIdentityProvider::person(FakePerson person) {
  const std::lock_guard lock(state_->mutex);
  state_->person = std::move(person);
}

void FakeIdentityProvider::lies(Lies lies) {
  const auto& all = State::endpoints();
  if (!lies.only_at.empty() && std::ranges::none_of(all, [&](const auto& one) { return one.name == lies.only_at; }))
    throw std::invalid_argument("FakeIdentityProvider: there is no endpoint " + lies.only_at);
  const std::lock_guard lock(state_->mutex);
  state_->lies = std::move(lies);
}

void FakeIdentityProvider::rotate_keys(bool publish_old) {
  const std::lock_guard lock(state_->mutex);
  auto old = std::exchange(state_->key, Es256Key("key-" + std::to_string(++state_->last_key)));
  if (publish_old)
    state_->old_keys.push_back(std::move(old));
  else
    state_->old_keys.clear();
}

FakeIdentityProvider::Return FakeIdentityProvider::authorize(const std::string& url) {
  const auto here = authorize_url() + "?";
  if (!url.starts_with(here))
    throw std::runtime_error("FakeIdentityProvider: " + url + " does not lead to " + authorize_url() + " with a query");
  const std::lock_guard lock(state_->mutex);
  ++state_->counts.authorize;
  return state_->authorize(url.substr(here.size()));
}

std::string FakeIdentityProvider::logout_token(const std::string& subject, const std::string& session) const {
  const std::lock_guard lock(state_->mutex);
  return state_->logout_token(subject, session);
}

std::string FakeIdentityProvider::sign_out(const std::string& url) const {
  const auto here = issuer() + "/end-session?";
  const std::lock_guard lock(state_->mutex);
  if (!state_->options.ends_sessions || !url.starts_with(here))
    throw std::runtime_error("FakeIdentityProvider: " + url + " does not lead to its end_session_endpoint");
  try {
    return state_->sign_out(url.substr(here.size()));
  } catch (const ProtocolError& error) {
    throw std::runtime_error("FakeIdentityProvider: " + error.description());
  }
}

FakeIdentityProvider::Counts FakeIdentityProvider::counts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->counts;
}

}  // namespace rowan::testing
