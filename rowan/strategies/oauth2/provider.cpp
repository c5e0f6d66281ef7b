#include <algorithm>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/strategies/oauth2/authorization.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>
#include <rowan/strategies/oauth2/provider.hpp>

namespace rowan::strategies::oauth2 {

namespace {

bool is_scope(const std::string& scope) {
  // RFC 6749 section 3.3: no blank, quote or backslash.
  return !scope.empty() && is_visible(scope) && scope.find_first_of("\"\\") == std::string::npos;
}

}  // namespace

std::string_view name_of(ClientAuthentication way) {
  switch (way) {
    case ClientAuthentication::none: return "none";
    case ClientAuthentication::client_secret_basic: return "client_secret_basic";
    case ClientAuthentication::client_secret_jwt: return "client_secret_jwt";
    case ClientAuthentication::private_key_jwt: return "private_key_jwt";
    case ClientAuthentication::client_secret_post:
    case ClientAuthentication::client_secret_signed: break;
  }
  return "client_secret_post";
}

bool can_be_called(const std::string& text) {
  const auto url = http::OutgoingUrl::parse(text);
  return url && (url->secure || url->is_loopback());
}

std::vector<std::string> problems_of(const Provider& provider) {
  std::vector<std::string> problems;
  const auto check = [&](bool right, std::string_view problem) {
    if (!right) problems.push_back(provider.name + ": " + std::string(problem));
  };
  check(can_be_called(provider.authorize_url),
        "authorize_url is an address with https://, or with http:// on this machine");
  check(can_be_called(provider.token_url), "token_url is an address with https://, or with http:// on this machine");
  for (const auto* url : {&provider.user_url, &provider.pushed_url})
    check(url->empty() || can_be_called(*url),
          "user_url and pushed_url are addresses with https://, or with http:// on this machine");
  check(!provider.client_id.empty() && provider.client_id.size() <= 512, "client_id is missing; the provider gives it");
  using enum ClientAuthentication;
  const auto way = provider.authentication;
  const bool by_secret = way == client_secret_post || way == client_secret_basic || way == client_secret_jwt;
  check(!by_secret ||
            (provider.client_secret && !provider.client_secret->missing() && provider.client_secret->size() > 0),
        "client_secret is missing; the provider gives it");
  check(way != client_secret_jwt || !provider.client_secret || provider.client_secret->size() >= 32,
        "client_secret has fewer than 32 bytes, too few for client_secret_jwt; use another client authentication");
  check((way != private_key_jwt && way != client_secret_signed) || provider.private_key.has_value(),
        "private_key is missing");
  check(way != client_secret_signed || !provider.team.empty(), "team is missing; the provider gives it");
  check(std::ranges::all_of(provider.scopes, is_scope), "a scope has no blanks, quotes or backslashes");
  for (const auto& [name, value] : provider.authorization_params)
    check(!is_reserved(name), "authorization_params may not have " + name + ", which is set for each flow");
  check(!provider.announces_issuer || !provider.issuer.empty(), "issuer is missing, but its answers announce one");
  return problems;
}

}  // namespace rowan::strategies::oauth2
