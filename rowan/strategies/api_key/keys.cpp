#include <algorithm>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/base/words.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/parts/credential_number.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/api_key/key_text.hpp>
#include <rowan/strategies/api_key/keys.hpp>
#include <rowan/strategies/api_key/queries.hpp>

namespace rowan::strategies::api_key {

namespace {

constexpr Purpose of_keys = "api_key";
constexpr std::size_t longest_name = 50;
constexpr std::size_t uses_at_once = 500;

// Of those that are declared, in their order.
std::uint32_t given_of(const std::vector<std::string>& declared, const std::vector<std::string>& words) {
  std::uint32_t given = 0;
  for (std::size_t i = 0; i < declared.size() && i < KeyClaims::most_scopes; ++i)
    if (std::ranges::find(words, declared[i]) != words.end()) given |= std::uint32_t{1} << i;
  return given;
}

Result<> check_name(const std::string& name) {
  if (name.empty()) return wrong_field("name", "required");
  if (!is_storable_text(name) || has_control_characters(name)) return wrong_field("name", "invalid");
  if (count_code_points(name) <= longest_name) return {};
  return Error{.code = ErrorCode::invalid_input,
               .reason = "name: too_long",
               .fields = {{.field = "name", .code = "too_long", .limit = longest_name}}};
}

// Nullopt: never.
Result<std::optional<Timestamp>> end_of(const KeyWish& wish, const ApiKeyOptions& options, Timestamp now) {
  if (wish.never_expires) {
    if (!options.never_expires) return wrong_field("never_expires", "invalid");
    if (wish.expires_at) return wrong_field("expires_at", "invalid");
    return std::nullopt;
  }
  if (!wish.expires_at) return now + options.lifetime;
  if (*wish.expires_at <= now || *wish.expires_at - now > options.longest_lifetime)
    return wrong_field("expires_at", "invalid");
  return wish.expires_at;
}

struct Wished {
  std::optional<Timestamp> expires_at{};
  std::vector<std::string> scopes{};  // in the order of the declaration, none twice
};

Result<Wished> check_wish(const KeyWish& wish, const ApiKeyOptions& options, Timestamp now) {
  ROWAN_CHECK(check_name(wish.name));
  Wished wished;
  ROWAN_TRY(wished.expires_at, end_of(wish, options, now));
  for (const auto& scope : wish.scopes)
    if (std::ranges::find(options.scopes, scope) == options.scopes.end()) return wrong_field("scopes", "invalid");
  std::ranges::copy_if(options.scopes, std::back_inserter(wished.scopes), [&](const std::string& scope) {
    return std::ranges::find(wish.scopes, scope) != wish.scopes.end();
  });
  return wished;
}

Result<> tell_owner(Transaction& transaction, const Requester& requester, const User& owner, const KeyRecord& made) {
  return put_undo_notice(transaction, requester, "api_key/created", owner,
                         {.strategy = made.strategy,
                          .what = std::string(sentence("An API key was made for your account.")),
                          .data = {{"id", made.id}}},
                         {{"hint", made.hint}});
}

// Under the account's row lock, so that no two make the last one.
Result<accounts::Account> lock_owner(Transaction& transaction, const OwnerOfKey& owner, const ApiKeyOptions& options) {
  ROWAN_TRY(auto locked, accounts::lock(transaction, owner.account));
  if (!locked || !locked->usable()) return wrong_credential("the account is gone or disabled");
  if (owner.generation && *owner.generation != locked->generation)
    return wrong_credential("the account's credentials changed meanwhile");
  ROWAN_TRY(const auto row, transaction.first(sql::count_working, {{"account", owner.account},
                                                                   {"now", owner.requester.services.clock().now()}}));
  if (row && row->integer("working") >= options.keys) return wrong_field("name", "too_many");
  return *std::move(locked);
}

KeyRecord record_from(const SqlRow& row, const Services& services, const ApiKeyOptions& options) {
  KeyRecord record{.id = row.text("id"),
                   .strategy = options.name,
                   .name = row.text("name"),
                   .hint = row.text("hint"),
                   .scopes = {},
                   .created_at = row.time("created_at"),
                   .expires_at = row.maybe_time("expires_at"),
                   .last_used_at = row.maybe_time("last_used_at")};
  const auto words = words_of(row.text("scopes"));
  std::ranges::copy_if(options.scopes, std::back_inserter(record.scopes),
                       [&](const auto& scope) { return std::ranges::find(words, scope) != words.end(); });
  record.ended = (record.expires_at && *record.expires_at <= services.clock().now()) ||
                 is_from_before_restore(services, row.integer("number")) ||
                 (options.end_with_sessions && row.integer("made_in") != row.integer("generation"));
  return record;
}

// As long for a key that nobody has.
bool is_right(const Services& services, std::string_view stored, std::string_view text) {
  bool right = false;
  for (const auto& hash : services.keyed_hashes(of_keys, text))
    if (crypto::equal_in_constant_time(as_bytes(stored), as_bytes(hash))) right = true;
  return right;
}

}  // namespace

Result<NewKey> make_key(const OwnerOfKey& owner, const KeyWish& wish, const ApiKeyOptions& options,
                        const Services::With& with) {
  const auto& requester = owner.requester;
  const auto& services = requester.services;
  const auto now = services.clock().now();
  ROWAN_TRY(const auto wished, check_wish(wish, options, now));
  ROWAN_TRY(auto number, take_credential_number(services));
  const auto id = Uuid::v7(services.clock(), services.random());
  NewKey made{.text = write_key(options.prefix, id, services.random()), .record = {}};
  made.record = {.id = id.text(),
                 .strategy = options.name,
                 .name = wish.name,
                 .hint = hint_of_key(options.prefix, made.text),
                 .scopes = wished.scopes,
                 .created_at = now,
                 .expires_at = wished.expires_at,
                 .last_used_at = {}};
  const auto stored = services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto locked, lock_owner(transaction, owner, options));
    ROWAN_CHECK(transaction.execute(sql::insert, {{"id", made.record.id},
                                                  {"number", number.number()},
                                                  {"account", owner.account},
                                                  {"tenant", locked.user.realm.tenant},
                                                  {"subject", locked.user.realm.subject},
                                                  {"hash", services.keyed_hashes(of_keys, made.text).front()},
                                                  {"name", wish.name},
                                                  {"hint", made.record.hint},
                                                  {"scopes", join(wished.scopes, " ")},
                                                  {"generation", locked.generation},
                                                  {"now", now},
                                                  {"expires_at", wished.expires_at}}));
    ROWAN_CHECK(tell_owner(transaction, requester, locked.user, made.record));
    return with ? with(transaction, locked.user) : Result<>();
  });
  number.settle(stored);
  if (!stored) return stored.error();
  return made;
}

Result<std::vector<KeyRecord>> keys_of(SqlConnection& connection, const Services& services, AccountId account,
                                       const ApiKeyOptions& options) {
  ROWAN_TRY(const auto rows, connection.query(sql::of_account, {{"account", account}}));
  std::vector<KeyRecord> all;
  for (const auto& row : rows) all.push_back(record_from(row, services, options));
  return all;
}

Result<bool> revoke_key(Transaction& transaction, const Services& services, AccountId account, std::string_view id) {
  ROWAN_TRY(const auto revoked,
            transaction.first(sql::revoke, {{"id", id}, {"account", account}, {"now", services.clock().now()}}));
  if (revoked) {
    end_credential(transaction, services, revoked->integer("number"));
    return true;
  }
  ROWAN_TRY(const auto known, transaction.first(sql::number_of, {{"id", id}, {"account", account}}));
  if (!known) return Error{.code = ErrorCode::not_found, .reason = "no such API key of this account"};
  credential_has_ended(transaction, services, known->integer("number"));
  return false;
}

Result<Identification> look_up_key(const Services& services, const Realm& realm, std::string_view text,
                                   const ApiKeyOptions& options) {
  const auto id = id_of_key(options.prefix, text);
  if (!id) return Identification(Unidentified{"not an API key"});
  ROWAN_TRY(const auto row, services.database().read([&](SqlConnection& connection) {
    return connection.first(sql::look_up, {{"id", id->text()}, {"tenant", realm.tenant}, {"subject", realm.subject}});
  }));
  const bool right = is_right(services, row ? row->text("hash") : std::string(), text);
  if (!row) return Identification(Unidentified{"no such API key here"});
  if (!right) return Identification(Unidentified{"an API key with a wrong secret"});
  if (!row->is_null("revoked_at")) return Identification(Unidentified{"a revoked API key"});
  const auto expires_at = row->maybe_time("expires_at").value_or(Timestamp::max());
  if (expires_at <= services.clock().now()) return Identification(Unidentified{"an expired API key"});
  if (!row->is_null("closed_at")) return Identification(Unidentified{"an API key of a closed account"});
  if (!row->is_null("disabled_at")) return Identification(Unidentified{"an API key of a disabled account"});
  const auto generation = row->integer("generation");
  if (options.end_with_sessions && row->integer("made_in") != generation)
    return Identification(Unidentified{"an API key that ended with the account's sessions"});
  return Identification(
      Identified{.account = row->id<AccountId>("account_id"),
                 .numbers = {.token = row->integer("number"),
                             .account_generation = generation,
                             .tenant_generation = row->integer("tenant_generation")},
                 .expires_at = expires_at,
                 .key = KeyClaims(*id, options.scopes, given_of(options.scopes, words_of(row->text("scopes"))))});
}

Result<> tell_of_uses(const Services& services, std::span<const CredentialUse> uses) {
  // Every node in one order, or two would wait for each other.
  std::vector<CredentialUse> ordered(uses.begin(), uses.end());
  std::ranges::sort(ordered, {}, &CredentialUse::id);
  std::span<const CredentialUse> left(ordered);
  while (!left.empty()) {
    const auto some = left.first(std::min(left.size(), uses_at_once));
    left = left.subspan(some.size());
    ROWAN_CHECK(services.database().transact(
        [&](Transaction& transaction) -> Result<> {
          for (const auto& use : some)
            ROWAN_CHECK(transaction.execute(sql::use, {{"id", use.id.text()}, {"at", use.at}}));
          return {};
        },
        Durability::soon));
  }
  return {};
}

Result<> forget_keys(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(sql::forget, {{"account", account}}));
  return {};
}

Result<> expire_keys(Sweep& sweep) { return sweep.remove(sql::expire, std::chrono::days(30)); }

}  // namespace rowan::strategies::api_key
