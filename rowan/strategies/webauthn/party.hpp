#pragma once
// Not installed. Who we are to a browser, and the options of a ceremony as its page gets them.
#include <rowan/engine/phase_context.hpp>
#include <rowan/strategies/webauthn/credentials.hpp>
#include <rowan/strategies/webauthn/relying_party.hpp>
#include <rowan/strategies/webauthn/webauthn.hpp>

namespace rowan::strategies::webauthn {

/// The host of an address such as "https://id.example:8443/app"; empty when it is no address.
std::string host_of(std::string_view url);

/// Of this tenant: its own address decides, where it has one.
RelyingParty party_of(const Services& services, const TenantName& tenant, const WebauthnOptions& options);

struct Creation {
  std::string challenge{};    // base64url
  std::string user_handle{};  // base64url
  std::string email{};
  bool alone = false;  // the passkey will be the only thing that is shown at a sign-in
};
/// PublicKeyCredentialCreationOptionsJSON. `known`: the passkeys that the account has.
Json creation_options(const PhaseContext& context, const WebauthnOptions& options, const Creation& creation,
                      std::span<const Passkey> known);
/// PublicKeyCredentialRequestOptionsJSON. `allowed`: empty where the account is not known yet.
Json request_options(const PhaseContext& context, const WebauthnOptions& options, std::string_view challenge,
                     bool alone, std::span<const Passkey> allowed);

/// What the ceremonies require: user verification wherever the passkey is shown alone.
inline bool requires_verification(const WebauthnOptions& options, bool alone) {
  return alone && options.user_verification == WebauthnOptions::UserVerification::required;
}

}  // namespace rowan::strategies::webauthn
