#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/strategies/webauthn/assertion.hpp>
#include <rowan/strategies/webauthn/authenticator_data.hpp>
#include <rowan/strategies/webauthn/client_data.hpp>

namespace rowan::strategies::webauthn {

namespace {

/// Steps 5 and 6.
Result<> check_owner(const AssertionResponse& response, const ExpectedAssertion& expected) {
  // Step 5. allowCredentials, if there are any, have this one.
  const auto is_this = [&](const std::vector<std::byte>& id) { return is_same(id, response.credential_id); };
  if (!expected.allowed.empty() && std::ranges::none_of(expected.allowed, is_this))
    return refused("7.2 step 5", "a credential that was not asked for");
  // Step 6. The credential is the account's, and the answer does not name another account. Without an account that
  // was known before, the answer names the owner.
  if (!is_same(expected.credential.id, response.credential_id))
    return refused("7.2 step 6", "a credential that is not the account's");
  if (response.user_handle.empty() && !expected.user_identified)
    return refused("7.2 step 6", "there is no user handle");
  if (!response.user_handle.empty() && !is_same(expected.credential.user_handle, response.user_handle))
    return refused("7.2 step 6", "the user handle of another account");
  return {};
}

/// Steps 8 to 14.
Result<> check_client_data(Bytes json, const ExpectedAssertion& expected) {
  // Steps 8 and 9. UTF-8 and JSON.
  const auto data = read_client_data(json);
  if (!data) return refused("7.2 step 9", data.error().reason);
  // Step 10. The type.
  if (data->type != "webauthn.get") return refused("7.2 step 10", "the type is " + quoted(data->type));
  // Step 11. The challenge.
  if (!has_challenge(*data, expected.challenge)) return refused("7.2 step 11", "another challenge");
  // Step 12. The origin.
  const auto& party = expected.party;
  if (std::ranges::find(party.origins, data->origin) == party.origins.end())
    return refused("7.2 step 12", "the origin " + quoted(data->origin) + " is not ours");
  // Step 13. In a frame of another origin only where that is expected.
  if (data->cross_origin && party.top_origins.empty())
    return refused("7.2 step 13", "a frame on a page of another origin");
  // Step 14. The page around the frame is one that may show it.
  if (data->top_origin && std::ranges::find(party.top_origins, *data->top_origin) == party.top_origins.end())
    return refused("7.2 step 14", "a frame on a page of " + quoted(*data->top_origin));
  return {};
}

/// Steps 15 to 19.
Result<> check_authenticator_data(const AuthenticatorData& data, const ExpectedAssertion& expected) {
  // Step 15. The hash of our id.
  if (!is_same(data.rp_id_hash, crypto::sha256(as_bytes(expected.party.id))))
    return refused("7.2 step 15", "the hash of another RP ID");
  // Step 16. A person was there.
  if (!data.user_present) return refused("7.2 step 16", "no user was present");
  // Step 17. And was verified, if that is required.
  if (expected.user_verification_required && !data.user_verified)
    return refused("7.2 step 17", "the user was not verified");
  // Step 18. What cannot be backed up is not.
  if (data.backed_up && !data.backup_eligible) return refused("7.2 step 18", "backed up, but not eligible for it");
  // Step 19. Eligibility for backup never changes.
  if (data.backup_eligible != expected.credential.backup_eligible)
    return refused("7.2 step 19", "eligibility for backup has changed");
  return {};
}

SignCount compare(std::uint32_t now, std::uint32_t stored) {
  if (now == 0 && stored == 0) return SignCount::unused;
  return now > stored ? SignCount::risen : SignCount::not_risen;
}

}  // namespace

Result<Asserted> verify_assertion(const AssertionResponse& response, const ExpectedAssertion& expected) {
  // Steps 1 and 2 happened in the browser, with options that the caller made; steps 3 and 4 are read_assertion.
  ROWAN_CHECK(check_owner(response, expected));
  // Step 7. The three parts. An assertion carries no new credential (section 6.1).
  const auto data = AuthenticatorData::read(response.authenticator_data);
  if (!data) return refused("7.2 step 7", data.error().reason);
  if (data->credential) return refused("7.2 step 7", "authenticator data: a new credential in an assertion");
  ROWAN_CHECK(check_client_data(response.client_data, expected));
  ROWAN_CHECK(check_authenticator_data(*data, expected));
  // Step 20. The hash of the client data, as it came.
  const auto hash = crypto::sha256(response.client_data);
  // Step 21. The signature.
  auto signed_bytes = response.authenticator_data;
  signed_bytes.insert(signed_bytes.end(), hash.begin(), hash.end());
  if (!expected.credential.key.verify(response.signature, signed_bytes))
    return refused("7.2 step 21", "the signature does not fit");
  // Step 22. The counter: the caller decides.
  // Step 23. No extension is asked for, so their outputs are ignored.
  // Steps 24 and 25. The caller stores this and goes on.
  return Asserted{.user_verified = data->user_verified,
                  .backed_up = data->backed_up,
                  .sign_count = data->sign_count,
                  .counter = compare(data->sign_count, expected.credential.sign_count)};
}

}  // namespace rowan::strategies::webauthn
