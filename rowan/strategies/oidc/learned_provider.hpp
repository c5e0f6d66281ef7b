#pragma once
// Not installed. A provider that is known by its issuer: its document and its keys, learned when they are needed.
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/logout_token.hpp>
#include <rowan/strategies/oauth2/person.hpp>
#include <rowan/strategies/oidc/discovery.hpp>
#include <rowan/strategies/oidc/key_cache.hpp>

namespace rowan::strategies::oidc {

/// Thread-safe. The document is kept for an hour. When the provider cannot be asked then, the old one goes on for a
/// day: its addresses change seldom, and what they answer is checked.
class LearnedProvider final : public oauth2::IdentitySource {
 public:
  struct More {
    std::vector<std::string> native_client_ids{};
    std::string key{};    // as rowan_identities knows it; empty: the issuer
    std::string label{};  // as people know it
    /// A session keeps what signing out at the provider takes.
    bool signs_out_there = false;
  };
  /// `known` has the name, the issuer and who we are there.
  LearnedProvider(oauth2::Provider known, More more) : known_(std::move(known)), more_(std::move(more)) {}

  const std::string& key() const override { return more_.key.empty() ? known_.issuer : more_.key; }
  bool wants_nonce() const override { return true; }
  Result<std::shared_ptr<const oauth2::Provider>> provider(const Services& services) override;
  /// By the ID token; the address also from userinfo, when the token has none.
  Result<oauth2::Person> identify(const Services& services, const oauth2::Provider& provider, const oauth2::Flow& flow,
                                  const oauth2::Tokens& tokens) override;
  bool takes_id_tokens() const override { return !more_.native_client_ids.empty(); }
  Result<oauth2::Person> identify_by_token(const Services& services, const std::string& id_token,
                                           const std::string& nonce) override;
  std::vector<std::string> problems() const override;

  std::vector<Finding> examine(const Services& services, const std::string& redirect_uri) override;
  /// A logout token of this provider for us. Calls the provider when its keys are not at hand.
  Result<crypto::jose::LogoutToken> verify_logout(const Services& services, const std::string& logout_token);

 private:
  struct Learned {
    std::shared_ptr<const oauth2::Provider> provider{};
    std::string keys_url{}, sign_out_url{};
    crypto::jose::Algorithms algorithms{};
    std::shared_ptr<KeyCache> keys{};
  };
  Result<Learned> learn(const Services& services);
  Result<crypto::jose::IdToken> verify(const Services& services, const Learned& learned, const std::string& token,
                                       crypto::jose::ExpectedIdToken expected) const;
  oauth2::Person person_by(const Services& services, const Learned& learned, const crypto::jose::IdToken& verified,
                           const std::string& token) const;
  Result<Learned> ask(const Services& services, std::shared_ptr<KeyCache> keys, const std::string& keys_url) const;

  const oauth2::Provider known_;
  const More more_;
  std::mutex mutex_{};
  SingleFlight flight_{};
  std::optional<Learned> learned_{};
  std::chrono::nanoseconds fresh_until_{}, usable_until_{};
  std::string failure_{};
};

}  // namespace rowan::strategies::oidc
