#include <rowan/engine/web/base_url.hpp>
#include <rowan/strategies/webauthn/party.hpp>

namespace rowan::strategies::webauthn {

namespace {

using O = WebauthnOptions;

std::string_view word(O::UserVerification verification) {
  switch (verification) {
    case O::UserVerification::required: return "required";
    case O::UserVerification::preferred: return "preferred";
    case O::UserVerification::discouraged: return "discouraged";
  }
  return "required";
}

std::string_view word(O::ResidentKey key) {
  switch (key) {
    case O::ResidentKey::required: return "required";
    case O::ResidentKey::preferred: return "preferred";
    case O::ResidentKey::discouraged: return "discouraged";
  }
  return "required";
}

std::string_view word(O::Attestation attestation) {
  switch (attestation) {
    case O::Attestation::none: return "none";
    case O::Attestation::indirect: return "indirect";
    case O::Attestation::direct: return "direct";
  }
  return "none";
}

// A second factor is asked for more, and works without: a security key without a PIN is one.
std::string_view verification(const O& options, bool alone) {
  if (!alone && options.user_verification == O::UserVerification::required) return "preferred";
  return word(options.user_verification);
}

std::vector<Json> descriptors(std::span<const Passkey> passkeys) {
  std::vector<Json> all;
  for (const auto& one : passkeys) {
    if (one.transports.empty())
      all.push_back({{"type", "public-key"}, {"id", one.credential_id}});
    else
      all.push_back({{"type", "public-key"}, {"id", one.credential_id}, {"transports", one.transports}});
  }
  return all;
}

std::int64_t milliseconds(std::chrono::seconds duration) { return std::chrono::milliseconds(duration).count(); }

}  // namespace

std::string host_of(std::string_view url) {
  const auto base = engine::BaseUrl::parse(url);
  if (!base) return {};
  auto host = base->origin.substr(base->origin.find("://") + 3);
  // A colon of an IPv6 address stands before its bracket.
  const auto colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.resize(colon);
  return host;
}

RelyingParty party_of(const Services& services, const TenantName& tenant, const WebauthnOptions& options) {
  const auto home = services.home_url(tenant);
  const auto base = engine::BaseUrl::parse(home);
  RelyingParty party{.id = options.rp_id.empty() ? host_of(home) : options.rp_id,
                     .origins = options.origins,
                     .top_origins = options.top_origins};
  if (base) party.origins.insert(party.origins.begin(), base->origin);
  return party;
}

Json creation_options(const PhaseContext& context, const WebauthnOptions& options, const Creation& creation,
                      std::span<const Passkey> known) {
  const auto party = party_of(context.services, context.realm.tenant, options);
  std::vector<Json> algorithms;
  for (const auto algorithm : offered_algorithms)
    algorithms.push_back({{"type", "public-key"}, {"alg", static_cast<std::int64_t>(algorithm)}});
  const bool is_discoverable = options.resident_key == O::ResidentKey::required;
  std::vector<std::pair<std::string, Json>> selection{{"residentKey", word(options.resident_key)},
                                                      {"requireResidentKey", is_discoverable},
                                                      {"userVerification", verification(options, creation.alone)}};
  if (options.authenticator_attachment != O::Attachment::any)
    selection.emplace_back("authenticatorAttachment",
                           options.authenticator_attachment == O::Attachment::platform ? "platform" : "cross-platform");
  return {{"rp", {{"id", party.id}, {"name", options.rp_name.empty() ? context.services.app_name() : options.rp_name}}},
          {"user", {{"id", creation.user_handle}, {"name", creation.email}, {"displayName", creation.email}}},
          {"challenge", creation.challenge},
          {"pubKeyCredParams", algorithms},
          {"timeout", milliseconds(options.timeout)},
          {"excludeCredentials", descriptors(known)},
          {"authenticatorSelection", Json::object(selection)},
          {"attestation", word(options.attestation)},
          {"extensions", {{"credProps", true}}}};
}

Json request_options(const PhaseContext& context, const WebauthnOptions& options, std::string_view challenge,
                     bool alone, std::span<const Passkey> allowed) {
  return {{"challenge", challenge},
          {"rpId", party_of(context.services, context.realm.tenant, options).id},
          {"allowCredentials", descriptors(allowed)},
          {"userVerification", verification(options, alone)},
          {"timeout", milliseconds(options.timeout)}};
}

}  // namespace rowan::strategies::webauthn
