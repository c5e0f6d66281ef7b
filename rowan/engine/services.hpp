#pragma once
// Services: what hooks, phases and strategies of one's own work with. All of it belongs to the Auth and lives as long.
#include <functional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/purpose.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/realm.hpp>
#include <rowan/base/result.hpp>
#include <rowan/storage/database.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

class PasswordHasher;
class Pages;
namespace tokens {
class LinkTokens;  // tokens/link_tokens.hpp
class Codes;       // tokens/codes.hpp
class Numbers;     // not installed
}  // namespace tokens
namespace engine {
struct Spine;  // engine/spine.hpp: not installed
}

/// What people are led to.
enum class PageName { sign_in, register_, reset, sign_out, account };

/// Thread-safe. Cheap to hold by reference, and what it hands out may be kept as long as the Auth.
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
  const Pages& pages() const;         // pages/pages.hpp: sentences, moments and durations in a visitor's language
  tokens::LinkTokens& links() const;  // what is mailed and works once
  tokens::Codes& codes() const;
  const std::string& app_name() const;

  /// How a short secret is kept, so that who reads the table cannot try all of them: HMAC-SHA-256 of it as base64url,
  /// under a key of `purpose` from each master secret, the newest first. Store the first, look for any.
  std::vector<std::string> keyed_hashes(Purpose purpose, std::string_view secret) const;

  // Absolute addresses for mails and redirects, of a tenant: AuthOptions::base_url_of, else base_url. Never from a
  // request (REC-06). PhaseContext has a short form of each.
  /// Of the application's start page.
  std::string home_url(const TenantName& tenant) const;
  /// Of a page that people are led to; empty when it is not mounted.
  std::string page_url(const Realm& realm, PageName page) const;
  /// Of the page of mailed links declared at `page` ("/magic_link"), for this token. Not mounted: at the declared path,
  /// where an application that mounts only the API has a page of its own.
  std::string token_url(const Realm& realm, std::string_view page, std::string_view token) const;

  using With = std::function<Result<>(Transaction&, const User&)>;
  /// Closes an account as Auth::close does; `with` runs in the same transaction, before anything is changed: for a
  /// letter to who had it. Nothing happens, and `with` does not run, when it is closed already.
  Result<> close_account(AccountId account, const With& with) const;
  /// Ends every session and token of the account as Auth::revoke_all does, and mailed links and codes with them; `with`
  /// runs in the same transaction, under the row lock, before: to store a new secret. Errors: `not_found`, those of
  /// `with` and of the database; then nothing was done.
  Result<> end_everything(AccountId account, const With& with) const;

 private:
  friend const engine::Spine& engine_spine(const Services& services);
  const engine::Spine* spine_;
};

}  // namespace rowan
