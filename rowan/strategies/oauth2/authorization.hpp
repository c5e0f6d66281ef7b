#pragma once
// Not installed. What a person is sent to the provider with (RFC 6749 section 4.1.1, RFC 7636, RFC 9126).
#include <rowan/base/random.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/strategies/oauth2/provider.hpp>

namespace rowan::strategies::oauth2 {

/// What belongs to one flow. Each is new for every flow and kept by us until its callback.
struct Flow {
  std::string redirect_uri{};
  std::string state{};
  std::string code_verifier{};
  std::string nonce{};                            // empty: none is sent
  std::optional<std::chrono::seconds> max_age{};  // of the person's last sign-in at the provider
};

/// 32 random bytes as base64url: for a state, a nonce, or a verifier (RFC 7636 section 4.1).
std::string random_value(Random& random);

/// S256 (RFC 7636 section 4.2); "plain" is never used.
std::string code_challenge(std::string_view verifier);

/// Whether we set this parameter ourselves, so that no configuration may.
bool is_reserved(std::string_view parameter);

Parameters authorization_parameters(const Provider& provider, const Flow& flow);

/// Where to send the person.
std::string authorization_url(const Provider& provider, const Flow& flow);

/// The same, with the parameters handed to the provider before, where nothing in the browser sees or changes them.
/// Blocks (`Cost::outgoing`).
Result<std::string> pushed_authorization_url(http::Client& client, const Provider& provider, const Flow& flow,
                                             Timestamp now, Random& random);

}  // namespace rowan::strategies::oauth2
