#pragma once
// Spine: what every action is given. References outlive every request; they belong to the Auth.
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
#include <rowan/tokens/link_tokens.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan {

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
  protection::RateLimits& limits;
  std::string base_url;   // without a trailing slash
  std::string app_name;
};

}  // namespace rowan
