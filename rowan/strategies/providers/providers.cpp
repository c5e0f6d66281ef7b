#include <algorithm>
#include <rowan/strategies/oauth2/oauth2.hpp>
#include <rowan/strategies/oidc/oidc.hpp>
#include <rowan/strategies/providers/preset.hpp>
#include <rowan/strategies/providers/providers.hpp>

namespace rowan {

namespace {

using strategies::providers::Preset;
using strategies::providers::presets;

const Preset& preset_named(std::string_view name) {
  static const Preset none{};
  const auto known = presets();
  const auto found = std::ranges::find(known, name, &Preset::name);
  return found == known.end() ? none : *found;
}

// A host, perhaps with a port and a path: nothing by which an address would lead elsewhere.
bool is_domain(std::string_view domain) {
  return !domain.empty() && domain.size() <= 255 && domain.front() != '/' && !domain.contains("..") &&
         !domain.contains("//") &&
         domain.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:/") ==
             std::string_view::npos;
}

// Microsoft's tokens name the person's own tenant as their issuer, so none is from one of these.
bool is_many_tenants(std::string_view domain) {
  return domain == "common" || domain == "organizations" || domain == "consumers";
}

std::vector<std::string> problems_of(const PresetOptions& options, const Preset& preset) {
  const auto who = options.name.empty() ? std::string("provider") : options.name;
  if (preset.name.empty()) {
    std::string names;
    for (const auto& one : presets()) names += (names.empty() ? "" : ", ") + one.name;
    return {who + ": preset is one of " + names + "; others are declared by oidc or oauth2"};
  }
  if (preset.issuer.empty() && !options.native_client_ids.empty())
    return {who + ": " + preset.label + " gives no ID tokens, so native_client_ids is of no use; remove it"};
  if (preset.issuer.empty() && options.sign_out_at_provider)
    return {who + ": " + preset.label + " cannot be signed out of from here; remove sign_out_at_provider"};
  if (preset.issuer.empty() && !options.assurance.empty())
    return {who + ": " + preset.label +
            " gives no ID tokens, so require_acr, trust_acr, trust_amr and max_age are of no use; remove them"};
  if (preset.domain_is.empty())
    return options.domain.empty() ? std::vector<std::string>()
                                  : std::vector{who + ": " + preset.label + " has no domain; remove it"};
  const auto& domain = options.domain.empty() ? preset.domain : options.domain;
  if (!is_domain(domain) || (preset.name == "microsoft" && is_many_tenants(domain)))
    return {who + ": domain is " + preset.domain_is};
  return {};
}

std::string issuer_of(const PresetOptions& options, const Preset& preset) {
  static constexpr std::string_view place = "{domain}";
  auto issuer = preset.issuer;
  if (const auto at = issuer.find(place); at != std::string::npos)
    issuer.replace(at, place.size(), options.domain.empty() ? preset.domain : options.domain);
  return issuer;
}

// What the application says comes before what the preset says.
PresetOptions completed(PresetOptions options, const Preset& preset) {
  if (options.name.empty()) options.name = preset.name;
  if (options.label.empty()) options.label = preset.label;
  if (options.icon.empty()) options.icon = preset.icon;
  if (options.client.authentication == ProviderClient().authentication)
    options.client.authentication = preset.authentication;
  auto request = preset.request;
  if (!options.request.scopes.empty()) request.scopes = std::move(options.request.scopes);
  if (options.request.response_mode != ResponseMode::query) request.response_mode = options.request.response_mode;
  std::ranges::move(options.request.parameters, std::back_inserter(request.parameters));
  options.request = std::move(request);
  return options;
}

}  // namespace

Strategy provider(PresetOptions options) {
  const auto& preset = preset_named(options.preset);
  auto problems = problems_of(options, preset);
  auto issuer = issuer_of(options, preset);
  options = completed(std::move(options), preset);
  auto strategy = preset.issuer.empty() ? oauth2({.name = std::move(options.name),
                                                  .label = std::move(options.label),
                                                  .icon = std::move(options.icon),
                                                  .authorize_url = preset.authorize_url,
                                                  .token_url = preset.token_url,
                                                  .user_url = preset.user_url,
                                                  .client = std::move(options.client),
                                                  .request = std::move(options.request),
                                                  .fields = preset.fields,
                                                  .accounts = std::move(options.accounts),
                                                  .limits = options.limits})
                                        : oidc({.name = std::move(options.name),
                                                .label = std::move(options.label),
                                                .icon = std::move(options.icon),
                                                .issuer = std::move(issuer),
                                                .client = std::move(options.client),
                                                .native_client_ids = std::move(options.native_client_ids),
                                                .request = std::move(options.request),
                                                .accounts = std::move(options.accounts),
                                                .limits = options.limits,
                                                .sign_out_at_provider = options.sign_out_at_provider,
                                                .assurance = std::move(options.assurance)});
  if (!problems.empty()) strategy.check = [problems](const SubjectView&) { return problems; };
  return strategy;
}

}  // namespace rowan
