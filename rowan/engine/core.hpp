#pragma once
// Not installed. Core: everything behind an Auth, made once from checked options.
#include <rowan/engine/administration/health_check.hpp>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/guard/account_cache.hpp>
#include <rowan/engine/guard/credential_cache.hpp>
#include <rowan/engine/guard/watches.hpp>
#include <rowan/engine/spine.hpp>
#include <rowan/engine/web/origins.hpp>
#include <rowan/sessions/browser_state.hpp>
#include <rowan/sessions/kept.hpp>
#include <rowan/sessions/session.hpp>
#include <rowan/tokens/bearer.hpp>
#include <rowan/tokens/seen.hpp>

namespace rowan::engine {

/// A declared subject with its strategies and, behind them, the parts of its add-ons.
struct Subject {
  SubjectName name{};
  std::vector<Strategy> strategies{};
  const Strategy* find(std::string_view strategy) const;
  /// Whether any of them authenticates requests by itself (RequestCredential).
  bool has_request_credentials = false;
  /// The one that signs remembered browsers in again; null: none does.
  const Strategy* remembering() const;
  std::string remember_cookie{};  // of its remembered browsers; empty: it has none
  bool remembers() const { return !remember_cookie.empty(); }
};

/// How old a session's seal may be before it is renewed, and so how exact "last seen" is.
inline std::chrono::microseconds reseal_after(const SessionOptions& session) {
  return std::min<std::chrono::microseconds>(session.idle / 10, std::chrono::minutes(5));
}

struct Core {
  explicit Core(AuthOptions given);  // throws ConfigError
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const Subject* find_subject(std::string_view name) const;

  AuthOptions options;
  Origins origins;
  const BaseUrl& base;                       // origins.own()
  std::string logo_origin;                   // of a logo at another host; else empty
  std::vector<std::string> allowed_origins;  // as browsers send them
  // With or without the __Host- prefix.
  std::string session_cookie, state_cookie, device_cookie;
  std::vector<Subject> subjects;
  std::vector<http::IpRange> trusted_proxies;
  Clock& clock;
  Random& random;
  std::unique_ptr<Scheduler> own_scheduler;
  Scheduler& scheduler;
  Logger& logger;
  std::unique_ptr<PasswordHasher> own_hasher;
  PasswordHasher& hasher;
  std::unique_ptr<http::Client> own_http_client;  // opened only where a phase calls someone
  crypto::KeyRing keys;
  Pages pages;
  Outbox outbox;
  tokens::Numbers numbers;
  tokens::Revocation revocation;
  tokens::LinkTokens links;
  tokens::Codes codes;
  AddressBook addresses;
  protection::RateLimits limits;
  tokens::SigningKeys signing_keys;
  tokens::BearerTokens bearers;
  sessions::Seal session_seal, state_seal, remember_seal;
  crypto::HmacSha256 form_mac;  // the secret of the forms of a browser that was signed in again
  mutable AccountCache accounts;
  mutable CredentialCache credentials;
  mutable tokens::Seen seen;
  mutable HealthCheck health;
  std::shared_ptr<Watches> watches;  // what applications hold of it may outlive the Auth
  Spine spine;
  Services services;

  /// Every hook of a subject, the application's last.
  std::vector<const Hooks*> hooks(const Subject& subject) const;

  std::atomic<bool> feed_is_away;          // the last poll failed
  std::atomic<bool> stopping{false};       // no expiry goes on
  std::mutex expiring;                     // of upkeep: one expiry at a time
  std::chrono::nanoseconds next_expiry{};  // under it; elapsed time

  std::mutex writing_seen;               // of upkeep: one at a time
  std::chrono::nanoseconds next_seen{};  // under it; elapsed time

  std::mutex tending;                                   // of upkeep: one at a time
  std::mutex starting;                                  // of start and stop
  std::vector<std::unique_ptr<Scheduler::Task>> tasks;  // last: they use all the others
};

}  // namespace rowan::engine
