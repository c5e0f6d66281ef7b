#include <algorithm>
#include <rowan/base/words.hpp>
#include <rowan/crypto/jose/key_set.hpp>
#include <rowan/strategies/oidc/discovery.hpp>
#include <rowan/strategies/oidc/examine.hpp>

namespace rowan::strategies::oidc {

namespace {

using oauth2::shown;

Finding well(std::string about, std::string says) { return {.about = std::move(about), .says = std::move(says)}; }
Finding wrong(std::string about, std::string says) {
  return {.about = std::move(about), .says = std::move(says), .is_well = false};
}

/// A list of texts of its document; nullopt when it has none of this name.
std::optional<std::vector<std::string>> list_at(const Json& document, std::string_view name) {
  const auto member = document.find(name);
  if (!member || member->kind() != Json::Kind::array) return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& item : member->items_view())
    if (const auto text = item.as_text()) texts.push_back(shown(*text));
  return texts;
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool flag_at(const Json& document, std::string_view name) {
  const auto member = document.find(name);
  return member && member->as_boolean() == true;
}

struct Asked {
  std::optional<Json> document{};
  std::optional<Discovery> read{};
  std::vector<Finding> findings{};
};

// What it is that answers there, and whether it is the issuer's document.
Asked ask_for_document(const Services& services, const oauth2::Provider& known) {
  Asked asked;
  const auto about = [&](Finding finding) { asked.findings.push_back(std::move(finding)); };
  const auto url = discovery_url(known.issuer);
  http::OutgoingRequest request{.url = url, .reach = known.reach, .most_body_bytes = most_discovery_bytes};
  request.headers.add("Accept", "application/json");
  const auto response = services.http_client().send(request);
  if (!response) {
    about(wrong("discovery", url + ": " + response.error().reason));
    return asked;
  }
  about(oauth2::look_at_clock(response->headers, services.clock().now()));
  if (response->status != 200) {
    about(wrong("discovery", url + " answered with status " + std::to_string(response->status) +
                                 "; check `issuer`: the document is at /.well-known/openid-configuration below it"));
    return asked;
  }
  const auto document = Json::parse(response->body, {.depth = 8, .bytes = most_discovery_bytes});
  if (!document || document->kind() != Json::Kind::object) {
    about(wrong("discovery", url + " has no JSON object"));
    return asked;
  }
  asked.document = *document;
  const auto issuer = document->find("issuer");
  const auto says = issuer ? issuer->as_text().value_or("") : std::string_view();
  if (says != known.issuer) {
    about(wrong("issuer", "it says \"" + shown(says) + "\", and \"" + known.issuer +
                              "\" is declared; they have to be the same to the letter"));
    return asked;
  }
  about(well("issuer", known.issuer));
  auto read = read_discovery(response->body, known.issuer);
  if (!read)
    about(wrong("discovery", read.error().reason));
  else
    asked.read = *std::move(read);
  return asked;
}

Finding look_at_keys(const Services& services, const oauth2::Provider& known, const Discovery& discovery) {
  http::OutgoingRequest request{
      .url = discovery.keys_url, .reach = known.reach, .most_body_bytes = crypto::jose::most_key_set_bytes};
  request.headers.add("Accept", "application/json");
  const auto response = services.http_client().send(request);
  if (!response) return wrong("keys", discovery.keys_url + ": " + response.error().reason);
  if (response->status != 200)
    return wrong("keys", discovery.keys_url + " answered with status " + std::to_string(response->status));
  const auto keys = crypto::jose::KeySet::parse(response->body);
  if (!keys) return wrong("keys", keys.error().reason);
  if (keys->keys().empty())
    return wrong("keys", discovery.keys_url + " has no key that ID tokens can be verified with");
  return well("keys", std::to_string(keys->keys().size()) + " to verify ID tokens with");
}

Finding look_at_algorithms(const Json& document) {
  constexpr auto member = "id_token_signing_alg_values_supported";
  const auto listed = list_at(document, member);
  if (!listed) return well("algorithms", "it lists none, so RS256 is expected");
  std::vector<std::string> ours;
  for (const auto& name : *listed)
    if (const auto algorithm = crypto::jose::algorithm_named(name); algorithm && !is_symmetric(*algorithm))
      ours.push_back(name);
  if (ours.empty())
    return wrong("algorithms", "it signs with " + join(*listed, ", ") +
                                   " only, and none of them is taken; choose RS256, ES256 or EdDSA at the provider");
  return well("algorithms", join(ours, ", "));
}

Finding look_at_scopes(const Json& document, const oauth2::Provider& known) {
  const auto listed = list_at(document, "scopes_supported");
  const auto asked_for = join(known.scopes, ", ");
  if (!listed) return well("scopes", asked_for + "; it does not list those that it has");
  std::vector<std::string> missing;
  for (const auto& scope : known.scopes)
    if (!has(*listed, scope)) missing.push_back(scope);
  if (!missing.empty())
    return wrong("scopes", "it does not list " + join(missing, ", ") + "; it has " + join(*listed, ", "));
  if (!has(known.scopes, "email"))
    return wrong("scopes", asked_for + "; without `email` nobody gets an account, unless the claims have the address");
  return well("scopes", asked_for);
}

Finding look_at_authentication(const Discovery& discovery, const Json& document, const oauth2::Provider& known) {
  const auto name = oauth2::name_of(known.authentication);
  const bool takes =
      std::ranges::any_of(discovery.authentications, [&](auto way) { return oauth2::name_of(way) == name; });
  if (takes) return well("client authentication", std::string(name));
  const auto listed = list_at(document, "token_endpoint_auth_methods_supported");
  return wrong("client authentication", "it takes " +
                                            (listed ? join(*listed, ", ") : std::string("client_secret_basic")) +
                                            ", and not " + std::string(name) + "; change `client_authentication`");
}

Finding look_at_response_mode(const Json& document, const oauth2::Provider& known) {
  const std::string ours = known.response_mode == oauth2::ResponseMode::form_post ? "form_post" : "query";
  // Discovery section 3: query and fragment when it lists none.
  const auto listed = list_at(document, "response_modes_supported").value_or(std::vector<std::string>{"query"});
  if (has(listed, ours)) return well("response mode", ours);
  return wrong("response mode", "it has " + join(listed, ", ") + ", and not " + ours + "; change `response_mode`");
}

Finding look_at_response_type(const Json& document) {
  const auto listed = list_at(document, "response_types_supported");
  if (!listed || has(*listed, "code")) return well("response type", "code");
  return wrong("response type",
               "it has " + join(*listed, ", ") + ", and not code; allow the authorization code flow at the provider");
}

Finding look_at_pushed_requests(const Discovery& discovery, const Json& document) {
  const bool needs = flag_at(document, "require_pushed_authorization_requests");
  if (discovery.pushed_url.empty())
    return needs ? wrong("pushed requests", "it requires them and names no address for them")
                 : well("pushed requests", "it has none, so what is asked for goes by the browser");
  return well("pushed requests", needs ? "required, and used" : "used");
}

Finding look_at_sign_out(const Discovery& discovery, const Json& document, bool signs_out_there) {
  const std::string by_server = flag_at(document, "backchannel_logout_supported")
                                    ? "it can end our sessions (register backchannel_logout_uri)"
                                    : "it does not say that it can end our sessions";
  if (!signs_out_there) return well("sign-out", by_server);
  if (discovery.sign_out_url.empty())
    return wrong("sign-out", "it has no end_session_endpoint; remove `sign_out_at_provider`");
  return well("sign-out", by_server + "; people who sign out here are led there");
}

// Only about what is declared: most providers list neither.
std::vector<Finding> look_at_assurance(const Json& document, const ProviderAssurance& asked) {
  std::vector<Finding> findings;
  if (asked.empty()) return findings;
  if (const auto listed = list_at(document, "acr_values_supported")) {
    std::vector<std::string> missing;
    for (const auto* values : {&asked.require_acr, &asked.trust_acr})
      for (const auto& value : *values)
        if (!has(*listed, value)) missing.push_back(value);
    if (!missing.empty())
      findings.push_back(wrong("acr", "it does not list " + join(missing, ", ") + "; it has " + join(*listed, ", ")));
  }
  // It need not list its claims (Discovery section 3), so this may be well nevertheless.
  const auto claims = list_at(document, "claims_supported");
  const bool says_when = !claims || has(*claims, "auth_time") || asked.max_age > std::chrono::seconds(0);
  const bool needs_when = !asked.trust_acr.empty() || !asked.trust_amr.empty();
  if (needs_when && !says_when)
    findings.push_back(wrong("acr",
                             "it does not list the claim auth_time, without which no acr or amr counts; set "
                             "`max_age`, by which it is asked for"));
  if (findings.empty()) findings.push_back(well("acr", "nothing speaks against what is declared"));
  return findings;
}

}  // namespace

std::vector<Finding> examine_provider(const Services& services, const oauth2::Provider& known, const Examined& more) {
  auto asked = ask_for_document(services, known);
  auto& findings = asked.findings;
  findings.insert(findings.begin(), oauth2::look_at_redirect_uri(more.redirect_uri));
  if (!asked.read) return findings;
  const auto& discovery = *asked.read;
  const auto& document = *asked.document;
  findings.push_back(look_at_keys(services, known, discovery));
  findings.push_back(look_at_algorithms(document));
  findings.push_back(look_at_scopes(document, known));
  findings.push_back(look_at_response_type(document));
  findings.push_back(look_at_response_mode(document, known));
  findings.push_back(discovery.takes_s256 ? well("PKCE", "S256")
                                          : wrong("PKCE", "it lists challenges, and not S256, which is always sent"));
  findings.push_back(look_at_pushed_requests(discovery, document));
  findings.push_back(well("issuer in answers", discovery.announces_issuer ? "announced, and checked (RFC 9207)"
                                                                          : "it does not announce one (RFC 9207)"));
  findings.push_back(look_at_sign_out(discovery, document, more.signs_out_there));
  std::ranges::move(look_at_assurance(document, known.assurance), std::back_inserter(findings));
  findings.push_back(look_at_authentication(discovery, document, known));
  // Only where the rest would let it: an answer to the wrong way of asking says nothing about the secret.
  if (findings.back().is_well) {
    auto there = known;
    there.token_url = discovery.token_url;
    findings.push_back(oauth2::look_at_client(services, there, more.redirect_uri));
  }
  return findings;
}

}  // namespace rowan::strategies::oidc
