#pragma once
// Not installed. What a browser sends after a ceremony: `PublicKeyCredential.toJSON()` (WebAuthn section 5.1).
#include <optional>
#include <rowan/strategies/webauthn/relying_party.hpp>

namespace rowan::strategies::webauthn {

inline constexpr std::size_t most_response_bytes = 64 * 1024;
inline constexpr std::size_t most_user_handle_bytes = 64;

/// RegistrationResponseJSON. Nothing in it is proven until verify_registration says so.
struct RegistrationResponse {
  std::vector<std::byte> credential_id{};
  std::vector<std::byte> client_data{}, attestation_object{};
  std::vector<std::string> transports{};  // hints of the browser, unsigned: "internal", "usb", …
  std::optional<bool> discoverable{};     // credProps.rk: what the browser says, unsigned
};

/// AuthenticationResponseJSON. `credential_id` finds the stored credential, and `user_handle` the account.
struct AssertionResponse {
  std::vector<std::byte> credential_id{};
  std::vector<std::byte> client_data{}, authenticator_data{}, signature{};
  std::vector<std::byte> user_handle{};  // empty when there is none
};

/// Steps 3 and 4 of §7.1 and of §7.2: an answer of the right kind, with every member that the ceremony needs. Members
/// that are not needed are ignored.
Result<RegistrationResponse> read_registration(std::string_view json);
Result<AssertionResponse> read_assertion(std::string_view json);

}  // namespace rowan::strategies::webauthn
