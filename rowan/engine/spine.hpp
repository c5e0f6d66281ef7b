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
#include <rowan/engine/addresses.hpp>
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
using CloseAccount = std::function<Result<>(AccountId, const std::function<Result<>(Transaction&, const User&)>& with)>;

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
  const AddressBook& addresses;
  const engine::Origins& origins;
  std::string app_name;
  CloseAccount close_account{};

  // Absolute addresses for mails and redirects, of a tenant: AuthOptions::base_url_of, else base_url. Never from a
  // request (REC-06). PhaseContext has a short form of each.
  /// Of the application's start page.
  std::string home_url(std::string_view tenant) const;
  /// Of a page that people are led to; empty when it is not mounted.
  std::string page_url(std::string_view tenant, std::string_view subject, Addresses::Page page) const;
  /// Of the page of mailed links declared at `page` ("/magic_link"), for this token. Not mounted: at the
  /// declared path, where an application that mounts only the API has a page of its own.
  std::string token_url(std::string_view tenant, std::string_view subject, std::string_view page,
                        std::string_view token) const;
};

}  // namespace rowan
