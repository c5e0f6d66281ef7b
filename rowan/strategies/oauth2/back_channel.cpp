#include <algorithm>
#include <charconv>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/crypto/jose/client_assertion.hpp>
#include <rowan/http/media.hpp>
#include <rowan/http/url.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>

namespace rowan::strategies::oauth2 {

namespace {

using crypto::jose::Algorithm;

constexpr std::size_t most_token_bytes = 16 * 1024, most_id_token_bytes = 32 * 1024, most_uid_bytes = 255;
constexpr std::size_t most_answer_bytes = 128 * 1024;

Error unavailable(const Provider& provider, std::string_view what) {
  return Error{.code = ErrorCode::unavailable, .reason = provider.name + ": " + std::string(what)};
}

std::string form_of(const Parameters& form) {
  std::string body;
  for (const auto& [name, value] : form)
    body += (body.empty() ? "" : "&") + http::percent_encode(name) + "=" + http::percent_encode(value);
  return body;
}

/// RFC 7523 section 2.2. The audience is who the provider says it is: an assertion for a token endpoint's address could
/// be meant for another provider's that was given to us as this one's.
Result<std::string> assertion_for(const Provider& provider, Timestamp now, Random& random) {
  const crypto::jose::ClientAssertion assertion{
      .issuer = provider.client_id,
      .subject = provider.client_id,
      .audience = provider.issuer.empty() ? provider.token_url : provider.issuer};
  if (provider.authentication == ClientAuthentication::private_key_jwt)
    return sign(assertion, *provider.private_key,
                {.algorithm = provider.private_key->usual_algorithm(), .key_id = provider.private_key_id}, now, random);
  return sign(assertion, crypto::jose::HmacKey(*provider.client_secret), {.algorithm = Algorithm::hs256}, now, random);
}

/// Apple takes one for half a year. Ours lives five minutes and is made for every call.
Result<std::string> signed_secret(const Provider& provider, Timestamp now, Random& random) {
  return sign({.issuer = provider.team,
               .subject = provider.client_id,
               .audience = provider.issuer,
               .lifetime = std::chrono::minutes(5)},
              *provider.private_key,
              {.algorithm = provider.private_key->usual_algorithm(), .key_id = provider.private_key_id}, now, random);
}

/// Once: a pushed request names the client already (RFC 6749 section 3.2).
void name_client(const Provider& provider, Parameters& form) {
  if (std::ranges::none_of(form, [](const auto& one) { return one.first == "client_id"; }))
    form.emplace_back("client_id", provider.client_id);
}

/// Adds who we are to the form, or to the header.
Result<> authenticate(const Provider& provider, Parameters& form, http::Headers& headers, Timestamp now,
                      Random& random) {
  switch (provider.authentication) {
    case ClientAuthentication::none: name_client(provider, form); return {};
    case ClientAuthentication::client_secret_post:
      name_client(provider, form);
      form.emplace_back("client_secret", provider.client_secret->expose());
      return {};
    case ClientAuthentication::client_secret_signed: {
      ROWAN_TRY(auto secret, signed_secret(provider, now, random));
      name_client(provider, form);
      form.emplace_back("client_secret", std::move(secret));
      return {};
    }
    case ClientAuthentication::client_secret_basic:
      // RFC 6749 section 2.3.1: both are encoded as a form's first.
      headers.add("Authorization",
                  "Basic " + to_base64(as_bytes(http::percent_encode(provider.client_id) + ":" +
                                                http::percent_encode(provider.client_secret->expose()))));
      return {};
    case ClientAuthentication::client_secret_jwt:
    case ClientAuthentication::private_key_jwt: {
      ROWAN_TRY(auto assertion, assertion_for(provider, now, random));
      name_client(provider, form);
      form.emplace_back("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      form.emplace_back("client_assertion", std::move(assertion));
      return {};
    }
  }
  return {};
}

Result<Json> json_in(const http::OutgoingResponse& response, const Provider& provider, bool or_list = false) {
  auto json = Json::parse(response.body, {.depth = 16, .bytes = most_answer_bytes});
  if (!json || !(json->kind() == Json::Kind::object || (or_list && json->kind() == Json::Kind::array)))
    return unavailable(provider, "status " + std::to_string(response.status) + " and no JSON object");
  return *std::move(json);
}

std::string_view text_at(const Json& object, std::string_view name) {
  for (const auto& [key, value] : object.fields_view())
    if (key == name) return value.as_text().value_or(std::string_view());
  return {};
}

bool is_token(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && is_visible(text);
}

/// A number of seconds, which some providers spell as a text; nullopt for what is none.
std::optional<std::chrono::seconds> seconds_in(const Json& value) {
  std::int64_t seconds = -1;
  if (const auto number = value.as_integer()) {
    seconds = *number;
  } else if (const auto text = value.as_text()) {
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (failed != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  }
  constexpr std::int64_t ten_years = 315'360'000;
  if (seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, ten_years));
}

Result<Tokens> read_tokens(const Json& answer, const Provider& provider) {
  const auto access = text_at(answer, "access_token"), type = text_at(answer, "token_type");
  if (!is_token(access, most_token_bytes)) return unavailable(provider, "no access_token that could be one");
  if (!http::equal_without_case(type, "bearer"))
    return unavailable(provider, "an access token of another type than bearer");
  Tokens tokens{.access_token = Secret::from_text(access)};
  if (answer.find("refresh_token")) {
    const auto token = text_at(answer, "refresh_token");
    if (!is_token(token, most_token_bytes)) return unavailable(provider, "no refresh_token that could be one");
    tokens.refresh_token = Secret::from_text(token);
  }
  if (answer.find("id_token")) {
    const auto token = text_at(answer, "id_token");
    if (!is_token(token, most_id_token_bytes)) return unavailable(provider, "no id_token that could be one");
    tokens.id_token = token;
  }
  if (const auto seconds = answer.find("expires_in")) tokens.expires_in = seconds_in(*seconds);
  if (const auto scope = text_at(answer, "scope"); !scope.empty() && scope.size() <= 4096) tokens.scope = scope;
  return tokens;
}

}  // namespace

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
}

std::string error_name(std::string_view code) {
  const bool plain = !code.empty() && code.size() <= 64 && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
  return plain ? std::string(code) : "an error";
}

Result<Json> post(http::Client& client, const Provider& provider, const std::string& url, Parameters form,
                  Timestamp now, Random& random) {
  http::OutgoingRequest request{
      .method = http::Method::post, .url = url, .reach = provider.reach, .most_body_bytes = most_answer_bytes};
  request.headers.add("Accept", "application/json");  // some answer a form otherwise
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  ROWAN_CHECK(authenticate(provider, form, request.headers, now, random));
  request.body = form_of(form);
  ROWAN_TRY(const auto response, client.send(request));
  if (response.status >= 500) return unavailable(provider, "status " + std::to_string(response.status));
  ROWAN_TRY(auto answer, json_in(response, provider));
  // Some say 200 and mean an error.
  if (const auto error = answer.find("error")) {
    const auto name = error_name(error->as_text().value_or(std::string_view()));
    // RFC 6749 section 5.2, and what GitHub and glewlwyd say instead: the code is wrong, too old or used. Everything
    // else is between the provider and us.
    const bool of_the_code = name == "invalid_grant" || name == "bad_verification_code" || name == "invalid_code";
    return Error{.code = of_the_code ? ErrorCode::authentication_failed : ErrorCode::unavailable,
                 .reason = provider.name + ": status " + std::to_string(response.status) + ", " + name};
  }
  if (response.status != 200 && response.status != 201)
    return unavailable(provider, "status " + std::to_string(response.status));
  return answer;
}

Result<Tokens> exchange_code(http::Client& client, const Provider& provider, const Flow& flow, std::string_view code,
                             Timestamp now, Random& random) {
  ROWAN_TRY(const auto answer, post(client, provider, provider.token_url,
                                    {{"grant_type", "authorization_code"},
                                     {"code", std::string(code)},
                                     {"redirect_uri", flow.redirect_uri},
                                     {"code_verifier", flow.code_verifier}},
                                    now, random));
  return read_tokens(answer, provider);
}

Result<> revoke(http::Client& client, const Provider& provider, const Secret& token, std::string_view kind,
                Timestamp now, Random& random) {
  http::OutgoingRequest request{.method = http::Method::post,
                                .url = provider.revocation_url,
                                .reach = provider.reach,
                                .most_body_bytes = most_answer_bytes};
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  Parameters form{{"token", std::string(token.expose())}, {"token_type_hint", std::string(kind)}};
  ROWAN_CHECK(authenticate(provider, form, request.headers, now, random));
  request.body = form_of(form);
  ROWAN_TRY(const auto response, client.send(request));
  // Section 2.2: what it answers besides is of no importance.
  if (response.status != 200 && response.status != 204)
    return unavailable(provider, "revocation answered with status " + std::to_string(response.status));
  return {};
}

Result<Tokens> refresh(http::Client& client, const Provider& provider, const Secret& refresh_token, Timestamp now,
                       Random& random) {
  ROWAN_TRY(
      const auto answer,
      post(client, provider, provider.token_url,
           {{"grant_type", "refresh_token"}, {"refresh_token", std::string(refresh_token.expose())}}, now, random));
  return read_tokens(answer, provider);
}

namespace {

Result<http::OutgoingResponse> ask_with(http::Client& client, const Provider& provider, const std::string& url,
                                        const Secret& access_token) {
  http::OutgoingRequest request{.url = url, .reach = provider.reach, .most_body_bytes = most_answer_bytes};
  request.headers.add("Accept", "application/json");
  request.headers.add("Authorization", "Bearer " + std::string(access_token.expose()));
  ROWAN_TRY(auto response, client.send(request));
  if (response.status != 200)
    return unavailable(provider, "status " + std::to_string(response.status) + " for the person");
  return response;
}

bool says(const Json& object, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    const auto value = object.find(name);
    return value && value->as_boolean() == true;
  });
}

}  // namespace

Result<Json> fetch_user(http::Client& client, const Provider& provider, const Secret& access_token) {
  ROWAN_TRY(const auto response, ask_with(client, provider, provider.user_url, access_token));
  return json_in(response, provider);
}

Result<ProvidedAddress> fetch_address(http::Client& client, const Provider& provider, const std::string& url,
                                      const Secret& access_token) {
  ROWAN_TRY(const auto response, ask_with(client, provider, url, access_token));
  ROWAN_TRY(auto list, json_in(response, provider, true));
  if (list.kind() == Json::Kind::object) list = list.find("values").value_or(Json::array({}));
  for (const auto& one : list.items())
    if (says(one, {"primary", "is_primary"}))
      return ProvidedAddress{.email = std::string(text_at(one, "email")),
                             .verified = says(one, {"verified", "is_confirmed"})};
  return ProvidedAddress{};
}

std::string uid_in(const Json& value) {
  std::string uid;
  if (const auto text = value.as_text())
    uid = *text;
  else if (const auto number = value.as_integer())
    uid = std::to_string(*number);
  return uid.size() > most_uid_bytes || has_control_characters(uid) ? std::string() : uid;
}

Result<std::string> uid_of(const Json& user, const Provider& provider) {
  for (const char* name : {"sub", "id", "uid"}) {
    const auto value = user.find(name);
    if (!value) continue;
    auto uid = uid_in(*value);
    if (uid.empty()) break;  // never the next one instead
    return uid;
  }
  return Error{.code = ErrorCode::authentication_failed,
               .reason = provider.name + ": neither sub, id nor uid by which to know the person"};
}

}  // namespace rowan::strategies::oauth2
