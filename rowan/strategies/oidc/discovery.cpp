#include <algorithm>
#include <rowan/base/json.hpp>
#include <rowan/base/try.hpp>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/strategies/oidc/discovery.hpp>

namespace rowan::strategies::oidc {

namespace {

using oauth2::ClientAuthentication;

Error wrong(std::string_view what) {
  return Error{.code = ErrorCode::unavailable, .reason = "discovery: " + std::string(what)};
}

/// An address that may be called; empty when the member is not there and need not be.
Result<std::string> url_at(const Json& document, const char* name, bool needed, bool on_this_machine) {
  const auto member = document.find(name);
  if (!member && !needed) return std::string();
  const auto text = member ? member->as_text() : std::nullopt;
  if (!text) return wrong(std::string("no ") + name);
  const auto url = http::OutgoingUrl::parse(*text);
  if (!url || !(url->secure || (on_this_machine && url->is_loopback())))
    return wrong(std::string(name) + " is no address with https://");
  return std::string(*text);
}

/// Whether a list of texts has this one; nullopt when the member is no list.
std::optional<bool> lists(const Json& document, const char* name, std::string_view wanted) {
  const auto member = document.find(name);
  if (!member || member->kind() != Json::Kind::array) return std::nullopt;
  return std::ranges::any_of(member->items_view(), [&](const Json& one) { return one.as_text() == wanted; });
}

std::vector<ClientAuthentication> authentications_in(const Json& document) {
  constexpr const char* member = "token_endpoint_auth_methods_supported";
  if (!lists(document, member, "")) return {ClientAuthentication::client_secret_basic};
  using enum ClientAuthentication;
  std::vector<ClientAuthentication> found;
  for (const auto way : {none, client_secret_post, client_secret_basic, client_secret_jwt, private_key_jwt})
    if (lists(document, member, oauth2::name_of(way)) == true) found.push_back(way);
  return found;
}

crypto::jose::Algorithms algorithms_in(const Json& document) {
  crypto::jose::Algorithms found{};
  const auto member = document.find("id_token_signing_alg_values_supported");
  if (!member) return {crypto::jose::Algorithm::rs256};  // which every provider must have
  for (const auto& one : member->items_view()) {
    const auto algorithm = crypto::jose::algorithm_named(one.as_text().value_or(std::string_view()));
    if (algorithm && !is_symmetric(*algorithm)) found.add(*algorithm);
  }
  return found;
}

}  // namespace

std::string discovery_url(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);  // section 4
  return std::string(issuer) + "/.well-known/openid-configuration";
}

Result<Discovery> read_discovery(std::string_view json, std::string_view issuer) {
  const auto document = Json::parse(json, {.depth = 8, .bytes = most_discovery_bytes});
  if (!document || document->kind() != Json::Kind::object) return wrong("no JSON object");
  const auto says = document->find("issuer");
  if (issuer.empty() || !says || says->as_text() != issuer) return wrong("it is of another issuer");
  const auto own = http::OutgoingUrl::parse(issuer);
  const bool on_this_machine = own && own->is_loopback();

  Discovery found{.issuer = std::string(issuer)};
  ROWAN_TRY(found.authorize_url, url_at(*document, "authorization_endpoint", true, on_this_machine));
  ROWAN_TRY(found.token_url, url_at(*document, "token_endpoint", true, on_this_machine));
  ROWAN_TRY(found.keys_url, url_at(*document, "jwks_uri", true, on_this_machine));
  ROWAN_TRY(found.user_url, url_at(*document, "userinfo_endpoint", false, on_this_machine));
  ROWAN_TRY(found.pushed_url, url_at(*document, "pushed_authorization_request_endpoint", false, on_this_machine));
  ROWAN_TRY(found.revocation_url, url_at(*document, "revocation_endpoint", false, on_this_machine));
  ROWAN_TRY(found.sign_out_url, url_at(*document, "end_session_endpoint", false, on_this_machine));
  const auto announces = document->find("authorization_response_iss_parameter_supported");
  found.announces_issuer = announces && announces->as_boolean() == true;
  found.takes_s256 = lists(*document, "code_challenge_methods_supported", "S256").value_or(true);
  found.authentications = authentications_in(*document);
  found.algorithms = algorithms_in(*document);
  return found;
}

}  // namespace rowan::strategies::oidc
