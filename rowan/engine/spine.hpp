#pragma once
// Not installed. Spine: what is behind Services. References outlive every request; they belong to the Core.
#include <algorithm>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/scheduler.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/engine/services.hpp>
#include <rowan/engine/web/addresses.hpp>
#include <rowan/http/client.hpp>
#include <rowan/mail/outbox.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/protection/rate_limits.hpp>
#include <rowan/tokens/bearer.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/link_tokens.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/revocation.hpp>
#include <span>

namespace rowan {

struct Strategy;
struct AuthEvent;
struct Hooks;

namespace engine {

class Origins;

struct Spine {
  Database& database;
  Clock& clock;
  Random& random;
  Scheduler& scheduler;
  Logger& logger;
  const crypto::KeyRing& keys;
  PasswordHasher& hasher;
  http::Client* http_client;  // null: no phase calls anyone
  Outbox& outbox;
  const Pages& pages;
  tokens::Numbers& numbers;
  tokens::Revocation& revocation;
  tokens::LinkTokens& links;
  tokens::Codes& codes;
  protection::RateLimits& limits;
  const AddressBook& addresses;
  const Origins& origins;
  std::string app_name;
  std::function<std::span<const Strategy>(const SubjectName&)> strategies_of;  // add-ons' parts included
  std::function<Result<>(AccountId, const Services::With&)> close_account{}, end_everything{};
  std::function<Result<>(Transaction&, const AuthEvent&)> tell{};
  std::function<std::vector<const Hooks*>(const SubjectName&)> hooks_of;  // the application's last
  const tokens::BearerTokens& bearers;
  std::chrono::seconds session_idle{};          // SessionOptions::idle
  const std::vector<std::string>& notices_off;  // AuthOptions::notices_off
  bool is_off(std::string_view letter) const { return std::ranges::find(notices_off, letter) != notices_off.end(); }
};

}  // namespace engine

/// For the building blocks of the engine; no room needs it.
inline const engine::Spine& engine_spine(const Services& services) { return *services.spine_; }

}  // namespace rowan
