#pragma once
// Spine: what every action is given. References outlive every request; they belong to the Auth.
#include <functional>
#include <map>
#include <rowan/accounts/user.hpp>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/scheduler.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/mail/outbox.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/protection/rate_limits.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/link_tokens.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan {

namespace engine {
class Origins;  // engine/origins.hpp: not installed
}

/// Closes an account as Auth::close does; `with` runs in the same transaction, before anything is changed: for a letter
/// to who had it. Nothing happens, and `with` does not run, when it is closed already.
using CloseAccount =
    std::function<Result<>(AccountId, const std::function<Result<>(Transaction&, const User&)>& with)>;

/// Where the pages behind mailed links are: TokenPage::path as declared → as mounted. Changed while routes are mounted,
/// before serving.
using TokenPaths = std::map<std::string, std::string, std::less<>>;

struct Spine {
  Database& database;
  Clock& clock;
  Random& random;
  Scheduler& scheduler;
  Logger& logger;
  const crypto::KeyRing& keys;
  PasswordHasher& hasher;
  Outbox& outbox;
  const Pages& pages;
  tokens::Numbers& numbers;
  tokens::Revocation& revocation;
  tokens::LinkTokens& links;
  tokens::Codes& codes;
  protection::RateLimits& limits;
  const TokenPaths& token_paths;
  const engine::Origins& origins;
  std::string app_name;
  CloseAccount close_account{};

  /// The absolute address of a path of ours ("/reset") for a tenant: AuthOptions::base_url_of, else base_url. Never
  /// from a request (REC-06). A phase has a short form: PhaseContext::url.
  std::string url(std::string_view tenant, std::string_view path) const;
  /// The absolute address to mail: of the token page declared at `page` ("/magic_link"), for this token.
  std::string token_url(std::string_view tenant, std::string_view page, std::string_view token) const;
};

}  // namespace rowan
