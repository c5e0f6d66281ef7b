#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/upkeep.hpp>
#include <rowan/engine/core.hpp>
#include <set>

namespace rowan {

Auth::Auth(AuthOptions options) : core_(std::make_unique<engine::Core>(std::move(options))) {}
Auth::~Auth() { stop(); }

engine::Core& engine::core_of(Auth& auth) { return *auth.core_; }
const engine::Core& engine::core_of(const Auth& auth) { return *auth.core_; }

const Services& Auth::services() const { return core_->services; }

std::vector<Migration> Auth::migrations() const {
  std::vector<Migration> all;
  std::set<std::string> seen;
  const auto add = [&](const std::vector<Migration>& more) {
    for (const auto& migration : more)
      if (seen.insert(migration.id).second) all.push_back(migration);
  };
  for (const auto* layer : {"accounts", "tokens", "protection", "mail", "engine"}) add(embedded_migrations(layer));
  for (const auto& subject : core_->subjects)
    for (const auto& strategy : subject.strategies) add(strategy.migrations);
  return all;
}

Result<std::vector<std::string>> Auth::migrate() {
  return rowan::migrate(core_->spine.database, migrations(), core_->clock.now());
}

void Auth::start() {
  auto& core = *core_;
  const std::lock_guard lock(core.starting);
  if (!core.tasks.empty()) return;
  core.outbox.expect_sender();
  core.logger.info("password_hashing", {{"by", core.hasher.implementation()}});
  const auto every = [&core](std::chrono::nanoseconds period, std::string name, std::function<void()> work) {
    core.tasks.push_back(core.scheduler.every(period, std::move(name), std::move(work)));
  };
  every(core.options.session.poll_interval, "rowan-feed", [&core] { engine::poll_feed(core); });
  every(core.options.session.poll_interval, "rowan-watches", [&core] { core.watches->run(); });
  core.watches->wake_by([&task = *core.tasks.back()] { task.wake(); });
  every(std::chrono::seconds(1), "rowan-outbox", [&core] { engine::deliver_mails(core); });
  if (std::ranges::any_of(core.subjects, &engine::Subject::has_request_credentials))
    every(std::chrono::minutes(1), "rowan-uses", [&core] { engine::tell_uses(core); });
  every(std::chrono::seconds(1), "rowan-seen", [&core] { engine::write_seen(core); });
  if (core.signing_keys.is_used())
    every(std::chrono::seconds(5), "rowan-signing-keys", [&core] { engine::keep_signing_keys(core); });
  if (engine::has_to_tend(core)) every(std::chrono::seconds(1), "rowan-rooms", [&core] { engine::tend_all(core); });
  every(std::chrono::minutes(1), "rowan-expiry", [&core] { engine::expire_when_due(core, std::chrono::minutes(5)); });
}

void Auth::stop() {
  const std::lock_guard lock(core_->starting);
  core_->stopping = true;  // an expiry in progress ends with its bit instead of with its backlog
  const bool was_started = !core_->tasks.empty();
  core_->watches->wake_by({});
  core_->tasks.clear();
  core_->stopping = false;
  if (was_started) engine::tell_uses(*core_, true);
  engine::write_seen(*core_, true);
  engine::tend_all(*core_, true);
}

void Auth::run_due_work() {
  engine::poll_feed(*core_);  // before anything is removed that was not read yet
  core_->watches->run();
  engine::deliver_mails(*core_);
  engine::keep_signing_keys(*core_);
  engine::tell_uses(*core_);
  engine::write_seen(*core_);
  engine::tend_all(*core_);
  engine::expire_when_due(*core_, std::chrono::milliseconds(200));
}

namespace {

bool is_theirs(const accounts::Account& account, const Claims& claims) {
  return account.usable() && account.user.id == claims.id && account.generation == claims.numbers.account_generation &&
         account.user.realm == claims.realm;
}

// The account's part of the same memory.
std::shared_ptr<const User> user_of(engine::AccountCache::Shared account) {
  const auto* user = &account->user;
  return {std::move(account), user};
}

}  // namespace

Result<std::shared_ptr<const User>> Auth::load(const VerifiedClaims& claims, const TenantName& tenant) const {
  auto& core = *core_;
  if (auto cached = load_cached(claims, tenant)) return cached;
  if (claims.realm().tenant != tenant) return nullptr;
  const auto read_at = core.clock.elapsed();
  const auto before = core.revocation.changes_seen();
  ROWAN_TRY(auto row, core.spine.database.read(
                          [&](SqlConnection& connection) { return accounts::find(connection, claims.id()); }));
  if (!row || !is_theirs(*row, claims)) return nullptr;
  const auto account = std::make_shared<const accounts::Account>(*std::move(row));
  // What changed while we read may be newer than what we read: then it is not kept.
  core.accounts.put(account, read_at, [&] { return core.revocation.changes_seen() == before; });
  return user_of(account);
}

std::shared_ptr<const User> Auth::load_cached(const VerifiedClaims& claims, const TenantName& tenant) const {
  if (claims.realm().tenant != tenant) return nullptr;
  auto cached = core_->accounts.find(claims.numbers().account_generation);
  return cached && is_theirs(*cached, claims) ? user_of(std::move(cached)) : nullptr;
}

RevocationWatch Auth::on_revoked(const Claims& claims, ClaimsEnded callback) {
  return RevocationWatch(core_->watches->add(claims, std::move(callback)));
}

}  // namespace rowan
