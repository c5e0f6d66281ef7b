#pragma once
// What sign-in with a provider is declared with, for oauth2 and oidc alike. Plain values.
#include <chrono>
#include <cstdint>
#include <memory>
#include <rowan/base/secret.hpp>
#include <string>
#include <utility>
#include <vector>

namespace rowan {

/// How we prove at the token endpoint who we are (RFC 6749 section 2.3, OpenID Connect Core section 9).
enum class ClientAuthentication : std::uint8_t {
  none,  // a public client: PKCE alone
  client_secret_post,
  client_secret_basic,
  client_secret_jwt,
  private_key_jwt,
  client_secret_signed,  // the secret is a token that our key signs (Apple)
};

/// How the provider sends people back: with the answer in the address, or in a form.
enum class ResponseMode : std::uint8_t { query, form_post };

/// Who we are there.
struct ProviderClient {
  std::string id{};
  std::shared_ptr<const Secret> secret{};
  std::string secret_from{};  // instead of `secret`: "env:NAME" or "file:PATH"; any other text is the secret itself
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;
  std::shared_ptr<const Secret> private_key{};  // PEM, for private_key_jwt
  std::string private_key_from{};               // instead of it, likewise
  std::string private_key_id{};
  std::string team{};  // who signs the secret, for client_secret_signed
};

/// Where an answer about a person has what we need. "data.id" is a member of a member.
struct PersonFields {
  std::string uid{};  // empty: the first of "sub", "id" and "uid"
  std::string email = "email", email_verified = "email_verified";
  /// Where the addresses are, when they are not there: a list, of which the primary one counts. Empty: nowhere else.
  std::string emails_url{};
};

/// What we ask for.
struct ProviderRequest {
  std::vector<std::string> scopes{};
  /// More parameters, such as {"prompt", "select_account"}; never one that belongs to a flow.
  std::vector<std::pair<std::string, std::string>> parameters{};
  ResponseMode response_mode = ResponseMode::query;
  /// Whether the answer itself brings the person's name, in the field "user" (Apple, the first time only). It
  /// is not signed, so it is kept as a name and decides nothing.
  bool name_in_answer = false;
};

/// What happens when an account has the person's address, and the provider's word about the address does not count.
enum class UntrustedMatch : std::uint8_t {
  reject,  // the person signs in another way and connects the provider on the account page
  confirm  // a code is mailed to the account's address; who enters it where they came back has both
};

/// What a person who comes back may do.
struct ProviderAccounts {
  bool registration = true;  // false: only who has an account already, and has linked it
  /// Whether the provider's word counts that an address is verified. Then the person gets the account that has this
  /// address (docs/decisions/0035). Set it only for a provider that really checks: false makes everybody link on the
  /// account page first.
  bool trust_email_verified = false;
  /// Texts of the provider about the person that a new account keeps in User::extra: "name", "picture".
  std::vector<std::string> keep{};
  /// Whether the provider's tokens are kept, sealed, so that your application can call the provider for the account by
  /// Auth::provider_token. Off: they are forgotten once it is known who the person is.
  bool keep_tokens = false;
  UntrustedMatch on_untrusted_email_match = UntrustedMatch::reject;
};

/// How well and how lately a person has to sign in at a provider of OpenID Connect, and what that counts for here. By
/// default nothing is asked, and the provider is one factor however people sign in there.
struct ProviderAssurance {
  /// Asked for as acr_values. An ID token whose acr is none of them is refused.
  std::vector<std::string> require_acr{};
  /// An ID token with one of these acr, or with one of these amr, shows two factors, so the account's second factor is
  /// not asked for. Only where the token says when that was (auth_time), and only for a provider whose word about it
  /// you believe.
  std::vector<std::string> trust_acr{}, trust_amr{};
  /// How long ago people may have signed in there at most: asked for as max_age, and the session's credential is as old
  /// as the token's auth_time says. 0: any time, and the credential is as old as the answer.
  std::chrono::seconds max_age{0};
  bool empty() const {
    return require_acr.empty() && trust_acr.empty() && trust_amr.empty() && max_age == std::chrono::seconds(0);
  }
};

struct ProviderLimits {
  std::int64_t per_client = 30;                              // sign-ins begun and answered, in five minutes
  std::chrono::seconds lifetime = std::chrono::minutes(10);  // from the request to the callback
  /// How long ago a session without a password may have begun, to link or unlink.
  std::chrono::seconds recent = std::chrono::minutes(10);
};

}  // namespace rowan
