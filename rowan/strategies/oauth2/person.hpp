#pragma once
// Not installed. Who came back from a provider, and where the two kinds of provider differ.
#include <memory>
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>

namespace rowan::strategies::oauth2 {

struct Person {
  std::string provider{};  // of rowan_identities: the issuer, or the strategy's name
  std::string uid{};
  std::string email{};                     // as it came; empty: none
  bool email_verified = false;             // JSON true, in the same document as the address (IDP-12)
  Json about = Json({});                   // everything it said
  std::string strategy{};                  // by which they came
  std::shared_ptr<const Tokens> tokens{};  // where they are kept (ProviderAccounts::keep_tokens)
  Json origin = Json({});                  // for SignedIn::origin
  /// Where the provider's word about it counts (ProviderAssurance): as SignedIn has them.
  std::optional<Proves> proves{};
  std::optional<Timestamp> shown_at{};
};

/// From one document of a provider.
Person person_from(const Json& document, std::string provider, std::string uid);

/// The name in {"name": {"firstName", "lastName"}}, which came by the browser, where the provider itself says none.
void take_name(Person& person, std::string_view answer);

/// Thread-safe; what it learns of the provider is kept for the next call.
class IdentitySource {
 public:
  virtual ~IdentitySource() = default;
  /// As rowan_identities knows it. Makes no call.
  virtual const std::string& key() const = 0;
  virtual bool wants_nonce() const = 0;
  /// May call the provider (`Cost::outgoing`).
  virtual Result<std::shared_ptr<const Provider>> provider(const Services& services) = 0;
  /// Calls the provider. `authentication_failed` when what it says cannot be believed.
  virtual Result<Person> identify(const Services& services, const Provider& provider, const Flow& flow,
                                  const Tokens& tokens) = 0;
  /// Whether the application's own programs may bring an ID token themselves.
  virtual bool takes_id_tokens() const { return false; }
  /// Of such a token, for this nonce. Calls the provider when its keys are not at hand.
  virtual Result<Person> identify_by_token(const Services&, const std::string& /*id_token*/,
                                           const std::string& /*nonce*/) {
    return Error{.code = ErrorCode::not_found, .reason = "this provider has no ID tokens"};
  }
  /// For the start: each a sentence.
  virtual std::vector<std::string> problems() const = 0;
  /// For `rowan doctor`: calls the provider and compares what it says with what is declared.
  virtual std::vector<Finding> examine(const Services& services, const std::string& redirect_uri) = 0;
};

/// What is the same of all providers.
Provider provider_of(const std::string& name, const ProviderClient& client, const ProviderRequest& request);

}  // namespace rowan::strategies::oauth2
