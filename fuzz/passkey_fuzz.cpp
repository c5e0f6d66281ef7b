#include <fuzz/target.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/strategies/webauthn/authenticator_data.hpp>
#include <rowan/strategies/webauthn/registration.hpp>

namespace rowan::fuzz {

namespace {

using namespace strategies::webauthn;

void check_id(const std::vector<std::byte>& id) { require(!id.empty() && id.size() <= most_credential_id_bytes); }

// What was read goes on to the ceremony: the parsers behind it see what strangers wrote. No challenge is known, so
// nothing registers.
void go_on(const RegistrationResponse& response) {
  const RelyingParty party{.id = "notes.example", .origins = {"https://notes.example"}};
  const auto registered = verify_registration(response, {.party = party, .challenge = {}});
  require(!registered || registered->credential_id == response.credential_id);
}

void go_on(const AssertionResponse& response) {
  const auto data = AuthenticatorData::read(response.authenticator_data);
  require(!data || data->rp_id_hash.size() == 32);
}

}  // namespace

bool run(std::string_view input) {
  const auto registration = read_registration(input);
  if (registration) {
    check_id(registration->credential_id);
    require(registration->transports.size() <= 8);
    go_on(*registration);
  }
  const auto assertion = read_assertion(input);
  if (assertion) {
    check_id(assertion->credential_id);
    require(assertion->user_handle.size() <= most_user_handle_bytes);
    go_on(*assertion);
  }
  require(registration || registration.error().code == ErrorCode::authentication_failed);
  require(assertion || assertion.error().code == ErrorCode::authentication_failed);
  return registration || assertion;
}

}  // namespace rowan::fuzz
