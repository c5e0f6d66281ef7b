#include <algorithm>
#include <array>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/words.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/http/url.hpp>
#include <rowan/strategies/oauth2/authorization.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>

namespace rowan::strategies::oauth2 {

std::string random_value(Random& random) { return to_base64url(random.bytes<32>()); }

std::string code_challenge(std::string_view verifier) { return to_base64url(crypto::sha256(as_bytes(verifier))); }

bool is_reserved(std::string_view parameter) {
  static constexpr std::array<std::string_view, 17> ours{
      "client_id",    "client_secret", "client_assertion", "client_assertion_type",
      "redirect_uri", "response_type", "response_mode",    "state",
      "nonce",        "scope",         "code_challenge",   "code_challenge_method",
      "max_age",      "acr_values",    "request",          "request_uri",
      "code"};
  return std::ranges::find(ours, parameter) != ours.end();
}

Parameters authorization_parameters(const Provider& provider, const Flow& flow) {
  Parameters all{{"response_type", "code"},
                 {"client_id", provider.client_id},
                 {"redirect_uri", flow.redirect_uri},
                 {"state", flow.state},
                 {"code_challenge", code_challenge(flow.code_verifier)},
                 {"code_challenge_method", "S256"}};
  std::string scope;
  for (const auto& one : provider.scopes) scope += (scope.empty() ? "" : " ") + one;
  if (!scope.empty()) all.emplace_back("scope", scope);
  if (!flow.nonce.empty()) all.emplace_back("nonce", flow.nonce);
  if (flow.max_age) all.emplace_back("max_age", std::to_string(flow.max_age->count()));
  if (!provider.assurance.require_acr.empty())
    all.emplace_back("acr_values", join(provider.assurance.require_acr, " "));
  if (provider.response_mode == ResponseMode::form_post) all.emplace_back("response_mode", "form_post");
  for (const auto& [name, value] : provider.authorization_params)
    if (!is_reserved(name)) all.emplace_back(name, value);
  return all;
}

std::string authorization_url(const Provider& provider, const Flow& flow) {
  auto url = provider.authorize_url;
  for (const auto& [name, value] : authorization_parameters(provider, flow))
    url = http::with_parameter(std::move(url), name, value);
  return url;
}

Result<std::string> pushed_authorization_url(http::Client& client, const Provider& provider, const Flow& flow,
                                             Timestamp now, Random& random) {
  ROWAN_TRY(const auto answer,
            post(client, provider, provider.pushed_url, authorization_parameters(provider, flow), now, random));
  // RFC 9126 section 2.2: "request_uri" and "expires_in".
  const auto uri = answer.find("request_uri");
  const auto text = uri ? uri->as_text().value_or(std::string_view()) : std::string_view();
  if (text.empty() || text.size() > 512)
    return Error{.code = ErrorCode::unavailable,
                 .reason = provider.name + ": the pushed request was given no request_uri"};
  return http::with_parameter(http::with_parameter(provider.authorize_url, "client_id", provider.client_id),
                              "request_uri", text);
}

}  // namespace rowan::strategies::oauth2
