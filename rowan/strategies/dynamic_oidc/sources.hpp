#pragma once
// Not installed. What was learned of the providers that connections name, kept for as many as there is room for.
#include <list>
#include <map>
#include <mutex>
#include <rowan/strategies/dynamic_oidc/connections.hpp>
#include <rowan/strategies/oauth2/room.hpp>
#include <rowan/strategies/oidc/learned_provider.hpp>

namespace rowan::strategies::dynamic_oidc {

/// A provider whose word about addresses counts for its own domains only.
class ConnectionSource final : public oauth2::IdentitySource {
 public:
  ConnectionSource(Connection connection, oauth2::Provider known, oidc::LearnedProvider::More more)
      : connection_(std::move(connection)), learned_(std::move(known), std::move(more)) {}

  const std::string& key() const override { return learned_.key(); }
  bool wants_nonce() const override { return true; }
  Result<std::shared_ptr<const oauth2::Provider>> provider(const Services& services) override {
    return learned_.provider(services);
  }
  Result<oauth2::Person> identify(const Services& services, const oauth2::Provider& provider, const oauth2::Flow& flow,
                                  const oauth2::Tokens& tokens) override;
  std::vector<std::string> problems() const override { return learned_.problems(); }
  std::vector<Finding> examine(const Services& services, const std::string& redirect_uri) override {
    return learned_.examine(services, redirect_uri);
  }
  Result<crypto::jose::LogoutToken> verify_logout(const Services& services, const std::string& logout_token) {
    return learned_.verify_logout(services, logout_token);
  }
  const Connection& connection() const { return connection_; }

 private:
  const Connection connection_;
  oidc::LearnedProvider learned_;
};

/// Thread-safe. A row is read for each sign-in, so what an administrator changes holds at once, on every node; only
/// what its provider said is kept here.
class Sources {
 public:
  static constexpr std::size_t most = 500;

  explicit Sources(DynamicOidcOptions options) : options_(std::move(options)) {}

  /// The provider of this row. Makes no call. The one that was asked for longest ago makes room.
  Result<std::shared_ptr<ConnectionSource>> source_of(const Services& services, const Stored& stored);
  std::size_t size() const;

 private:
  struct Kept {
    std::string id{}, sealed_secret{};
    std::shared_ptr<ConnectionSource> source{};
  };
  std::shared_ptr<ConnectionSource> make(const Connection& connection, std::shared_ptr<const Secret> secret) const;

  const DynamicOidcOptions options_;
  mutable std::mutex mutex_{};
  std::list<Kept> kept_{};  // the one that was asked for last in front
  std::map<std::string, std::list<Kept>::iterator, std::less<>> by_id_{};
};

}  // namespace rowan::strategies::dynamic_oidc
