#pragma once
// Services: what hooks, phases and your own strategies work with. All of it belongs to the Auth and lives as long.
#include <chrono>
#include <functional>
#include <optional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/purpose.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/realm.hpp>
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/storage/database.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

struct Activity;
class PasswordHasher;
class Pages;
namespace http {
class Client;  // http/client.hpp
}
namespace tokens {
class LinkTokens;  // tokens/link_tokens.hpp
class Codes;       // tokens/codes.hpp
class Numbers;     // not installed
}  // namespace tokens
namespace engine {
struct Spine;  // engine/spine.hpp: not installed
}

/// The pages that links and redirects can lead to.
enum class PageName { sign_in, register_, reset, sign_out, account };

/// Thread-safe. Hold it by reference. You may keep what it returns as long as the Auth lives.
class Services {
 public:
  explicit Services(const engine::Spine& spine) : spine_(&spine) {}
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  Database& database() const;
  const Clock& clock() const;
  Random& random() const;
  Logger& logger() const;
  PasswordHasher& hasher() const;     // crypto/password_hasher.hpp
  http::Client& http_client() const;  // http/client.hpp: for phases of Cost::outgoing, which alone may call it
  const Pages& pages() const;         // pages/pages.hpp: sentences, moments and durations in a visitor's language
  tokens::LinkTokens& links() const;  // single-use tokens, for mailed links
  tokens::Codes& codes() const;
  const std::string& app_name() const;
  void wait(std::chrono::nanoseconds duration) const;  // by AuthOptions::scheduler; hold no transaction meanwhile

  /// Hashes of a short secret, for storing it so that someone who reads the table cannot try all values: HMAC-SHA-256
  /// as base64url, under a key derived for `purpose` from each master secret, newest first. Store the first; when you
  /// look one up, look for any of them.
  std::vector<std::string> keyed_hashes(Purpose purpose, std::string_view secret) const;

  /// Seals a short secret that you have to read again, such as the seed of an authenticator: AES-256-GCM under a key
  /// derived for `purpose` from the newest master secret, as base64url. `bound_to` names the row that it is stored in
  /// and whose it is: it opens with the same words only, so a row copied into another one opens nothing.
  std::string seal_at_rest(Purpose purpose, std::string_view bound_to, std::string_view secret) const;
  struct Opened {
    Secret secret;
    bool outdated = false;  // an older master secret opened it: seal and store it again
  };
  /// Nullopt when it was changed, belongs elsewhere, or its master secret is gone.
  std::optional<Opened> open_at_rest(Purpose purpose, std::string_view bound_to, std::string_view sealed) const;

  // Absolute URLs for mails and redirects. They begin with the tenant's AuthOptions::base_url_of, else with base_url,
  // and are never made from a request (REC-06). PhaseContext has a short form of each.
  /// The application's home page.
  std::string home_url(const TenantName& tenant) const;
  /// A page of the application; empty when it is not mounted.
  std::string page_url(const Realm& realm, PageName page) const;
  /// Where a phase is mounted on the web, such as a provider's callback. Where it is not, its standard address.
  std::string phase_url(const Realm& realm, const Activity& activity) const;
  /// A mailed link with this token: the page of mailed links that is declared at `page` ("/magic_link"). When that page
  /// is not mounted the URL has the declared path, where an application that mounts only the API can have its own page.
  std::string token_url(const Realm& realm, std::string_view page, std::string_view token) const;

  using With = std::function<Result<>(Transaction&, const User&)>;
  /// Closes an account as Auth::close does. `with` runs in the same transaction while the account is still as it was,
  /// so that you can write a letter to its owner. When it is closed already, nothing happens and `with` does not run.
  Result<> close_account(AccountId account, const With& with) const;
  /// Ends every session and token of the account as Auth::revoke_all does, and its mailed links and codes. `with` runs
  /// first, in the same transaction and under the row lock, so that you can store a new secret. Errors: `not_found` and
  /// those of `with` and of the database; then nothing was changed.
  Result<> end_everything(AccountId account, const With& with) const;

  /// One session or token, by what Strategy::on_token was told of it.
  struct OneToken {
    std::int64_t number = 0;
    Timestamp expires_at{};
    AccountId account{};
    Realm realm{};
  };
  /// Ends it in your transaction. Hooks hear that it was signed out, by this phase. It is no error when it has ended.
  Result<> end_token(Transaction& transaction, const OneToken& token, const Activity& by) const;

 private:
  friend const engine::Spine& engine_spine(const Services& services);
  const engine::Spine* spine_;
};

}  // namespace rowan
