#include <algorithm>
#include <array>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/base/uuid.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/strategies/dynamic_oidc/connections.hpp>
#include <rowan/strategies/dynamic_oidc/queries.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/provider.hpp>
#include <rowan/strategies/oauth2/waiting.hpp>

namespace rowan::strategies::dynamic_oidc {

namespace {

constexpr Purpose secret_of_connection = "connection_secret";
constexpr std::size_t most_domains = 100;
constexpr std::string_view mails_a_code = "confirm";

// Those that take no more than a secret.
constexpr std::array ways{ClientAuthentication::client_secret_basic, ClientAuthentication::client_secret_post,
                          ClientAuthentication::none};

Error no_connection(std::string_view id) {
  return {.code = ErrorCode::not_found, .reason = "no connection " + std::string(id.substr(0, 64))};
}

Result<Stored> stored_in(SqlConnection& connection, const SqlRow& row, const Place& place) {
  Stored stored;
  auto& found = stored.connection;
  found.id = row.text("id");
  found.strategy = row.text("strategy");
  found.realm = place.realm;
  found.issuer = row.text("issuer");
  found.client_id = row.text("client_id");
  const auto way = std::ranges::find(ways, row.text("authentication"), oauth2::name_of);
  // A later release may know more ways than this one.
  if (way == ways.end())
    return Error{.code = ErrorCode::internal, .reason = "connection " + found.id + ": unknown client authentication"};
  found.authentication = *way;
  found.display_name = row.text("display_name");
  found.trust_email_verified = row.integer("trusts") != 0;
  found.registration = row.integer("registers") != 0;
  // What a later release may know more of is refused here.
  found.on_untrusted_email_match =
      row.text("untrusted_match") == mails_a_code ? UntrustedMatch::confirm : UntrustedMatch::reject;
  found.created_at = row.time("created_at");
  found.disabled_at = row.maybe_time("disabled_at");
  stored.sealed_secret = row.text("client_secret");
  ROWAN_TRY(const auto domains, connection.query(sql::domains_of, {{"id", found.id}}));
  for (const auto& one : domains) found.email_domains.push_back(one.text("domain"));
  return stored;
}

bool is_text(const std::string& text, std::size_t most) {
  return !text.empty() && text.size() <= most && is_storable_text(text) && !has_control_characters(text);
}

// As an address has it, so that the two are compared byte by byte.
std::optional<std::string> domain_of(const std::string& typed) {
  const auto address = EmailAddress::parse("x@" + typed);
  return address ? std::optional(std::string(address->domain())) : std::nullopt;
}

/// The domains as they are stored; everything that is wrong together.
Result<std::vector<std::string>> check(const NewConnection& given) {
  std::vector<std::string> domains;
  std::vector<FieldError> wrong;
  const auto refuse = [&](std::string field, std::string code) {
    wrong.push_back({.field = std::move(field), .code = std::move(code)});
  };
  // Whether it may be on this machine is the strategy's to say when it is called.
  if (!can_be_issuer(given.issuer, true)) refuse("issuer", given.issuer.empty() ? "required" : "invalid");
  if (!is_text(given.client_id, 512)) refuse("client_id", given.client_id.empty() ? "required" : "invalid");
  if (!is_text(given.display_name, 100)) refuse("display_name", given.display_name.empty() ? "required" : "invalid");
  const bool has_secret = given.client_secret && !given.client_secret->missing() && given.client_secret->size() > 0;
  if (std::ranges::find(ways, given.authentication) == ways.end()) refuse("authentication", "invalid");
  if (given.authentication != ClientAuthentication::none && !has_secret) refuse("client_secret", "required");
  if (has_secret && given.client_secret->size() > 1024) refuse("client_secret", "too_long");
  for (const auto& typed : given.email_domains) {
    const auto domain = domain_of(typed);
    if (!domain)
      refuse("email_domains", "invalid");
    else if (std::ranges::find(domains, *domain) == domains.end())
      domains.push_back(*domain);
  }
  if (domains.size() > most_domains) refuse("email_domains", "too_long");
  if (given.trust_email_verified && given.email_domains.empty()) refuse("email_domains", "required");
  if (wrong.empty()) return domains;
  std::string reason;
  for (const auto& one : wrong) reason += (reason.empty() ? "" : "; ") + one.field + ": " + one.code;
  return Error{.code = ErrorCode::invalid_input, .reason = std::move(reason), .fields = std::move(wrong)};
}

}  // namespace

bool can_be_issuer(std::string_view issuer, bool on_this_machine) {
  const auto url = http::OutgoingUrl::parse(issuer);
  return url && (url->secure || (on_this_machine && url->is_loopback()));
}

std::string provider_name(std::string_view strategy, std::string_view id) {
  return std::string(strategy).append("/").append(id);
}

Result<std::optional<Stored>> find_stored(SqlConnection& connection, const Place& place, std::string_view id) {
  if (!Uuid::parse(id)) return std::optional<Stored>();
  ROWAN_TRY(const auto row, connection.first(sql::find, {{"id", id},
                                                         {"strategy", place.strategy},
                                                         {"tenant", place.realm.tenant},
                                                         {"subject", place.realm.subject}}));
  if (!row) return std::optional<Stored>();
  ROWAN_TRY(auto stored, stored_in(connection, *row, place));
  return std::optional(std::move(stored));
}

Result<std::optional<Stored>> find_by_domain(SqlConnection& connection, const Place& place, std::string_view domain) {
  ROWAN_TRY(const auto row, connection.first(sql::find_by_domain, {{"strategy", place.strategy},
                                                                   {"tenant", place.realm.tenant},
                                                                   {"subject", place.realm.subject},
                                                                   {"domain", domain}}));
  if (!row) return std::optional<Stored>();
  ROWAN_TRY(auto stored, stored_in(connection, *row, place));
  return std::optional(std::move(stored));
}

Result<std::shared_ptr<const Secret>> open_secret(const Services& services, const Stored& stored) {
  if (stored.sealed_secret.empty()) return std::shared_ptr<const Secret>();
  const auto& id = stored.connection.id;
  auto opened = services.open_at_rest(secret_of_connection, id, stored.sealed_secret);
  if (!opened)
    return Error{.code = ErrorCode::internal,
                 .reason = "connection " + id + ": its secret does not open; was a master secret removed?"};
  if (opened->outdated) {
    const auto sealed = services.seal_at_rest(secret_of_connection, id, opened->secret.expose());
    const auto kept = services.database().transact([&](Transaction& transaction) {
      return transaction.execute(sql::seal_again, {{"id", id}, {"sealed", sealed}, {"before", stored.sealed_secret}});
    });
    if (!kept) services.logger().warning("connection_not_sealed_again", {{"reason", kept.error().reason}});
  }
  return std::make_shared<const Secret>(std::move(opened->secret));
}

std::string id_in(std::string_view strategy, std::string_view provider) {
  const auto begin = provider_name(strategy, {});
  return provider.starts_with(begin) ? std::string(provider.substr(begin.size())) : std::string();
}

Result<std::string> connection_of_flow(SqlConnection& connection, const Place& place, std::string_view key) {
  ROWAN_TRY(const auto name, oauth2::strategy_of_waiting(connection, place.realm, key));
  return id_in(place.strategy, name);
}

Result<bool> has_way_in(SqlConnection& connection, std::string_view strategy, const User& user) {
  ROWAN_TRY(const auto identities, oauth2::identities_of(connection, user.id));
  for (const auto& one : identities) {
    ROWAN_TRY(const auto found,
              find_stored(connection, {.strategy = strategy, .realm = user.realm}, id_in(strategy, one.provider)));
    if (found && !found->connection.disabled_at) return true;
  }
  return false;
}

Result<Connection> add_connection(const Services& services, const NewConnection& given) {
  ROWAN_TRY(const auto domains, check(given));
  const auto id = Uuid::v7(services.clock(), services.random()).text();
  const bool has_secret = given.authentication != ClientAuthentication::none;
  const auto sealed =
      has_secret ? services.seal_at_rest(secret_of_connection, id, given.client_secret->expose()) : std::string();
  const Place place{.strategy = given.strategy, .realm = given.realm};
  const bool by_code = given.on_untrusted_email_match == UntrustedMatch::confirm;
  return services.database().transact([&](Transaction& transaction) -> Result<Connection> {
    ROWAN_CHECK(transaction.execute(sql::insert, {{"id", id},
                                                  {"strategy", place.strategy},
                                                  {"tenant", place.realm.tenant},
                                                  {"subject", place.realm.subject},
                                                  {"issuer", given.issuer},
                                                  {"client_id", given.client_id},
                                                  {"client_secret", sealed},
                                                  {"authentication", oauth2::name_of(given.authentication)},
                                                  {"display_name", given.display_name},
                                                  {"trusts", given.trust_email_verified ? 1 : 0},
                                                  {"registers", given.registration ? 1 : 0},
                                                  {"untrusted_match", by_code ? mails_a_code : "reject"},
                                                  {"now", services.clock().now()}}));
    for (const auto& domain : domains) {
      ROWAN_TRY(const bool is_free, transaction.insert_unique(sql::insert_domain, {{"id", id},
                                                                                   {"strategy", place.strategy},
                                                                                   {"tenant", place.realm.tenant},
                                                                                   {"subject", place.realm.subject},
                                                                                   {"domain", domain}}));
      if (!is_free) {
        auto taken = wrong_field("email_domains", "taken");
        taken.reason = "email_domains: another connection has " + domain;
        return taken;
      }
    }
    ROWAN_TRY(const auto made, find_stored(transaction.connection(), place, id));
    if (!made) return no_connection(id);
    return made->connection;
  });
}

Result<std::vector<Connection>> list_connections(const Services& services, std::string_view strategy,
                                                 const Realm& realm, std::string_view after, std::int64_t limit) {
  if (limit < 1 || limit > 1000) return wrong_field("limit", "invalid");
  const Place place{.strategy = strategy, .realm = realm};
  return services.database().read([&](SqlConnection& connection) -> Result<std::vector<Connection>> {
    ROWAN_TRY(const auto rows, connection.query(sql::list, {{"strategy", strategy},
                                                            {"tenant", realm.tenant},
                                                            {"subject", realm.subject},
                                                            {"after", after},
                                                            {"limit", limit}}));
    std::vector<Connection> all;
    for (const auto& row : rows) {
      ROWAN_TRY(auto stored, stored_in(connection, row, place));
      all.push_back(std::move(stored.connection));
    }
    return all;
  });
}

Result<Connection> find_connection(const Services& services, std::string_view strategy, const Realm& realm,
                                   std::string_view id) {
  ROWAN_TRY(auto found, services.database().read([&](SqlConnection& connection) {
    return find_stored(connection, {.strategy = strategy, .realm = realm}, id);
  }));
  if (!found) return no_connection(id);
  return std::move(found->connection);
}

Result<> set_connection_disabled(const Services& services, std::string_view strategy, const Realm& realm,
                                 std::string_view id, bool disabled) {
  return services.database().transact([&](Transaction& transaction) -> Result<> {
    const auto disabled_at = disabled ? std::optional(services.clock().now()) : std::nullopt;
    ROWAN_TRY(const auto changed, transaction.execute(sql::set_disabled, {{"id", id},
                                                                          {"strategy", strategy},
                                                                          {"tenant", realm.tenant},
                                                                          {"subject", realm.subject},
                                                                          {"disabled_at", disabled_at}}));
    return changed == 1 ? Result<>() : Result<>(no_connection(id));
  });
}

Result<> remove_connection(const Services& services, std::string_view strategy, const Realm& realm,
                           std::string_view id) {
  return services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto found, find_stored(transaction.connection(), {.strategy = strategy, .realm = realm}, id));
    if (!found) return no_connection(id);
    ROWAN_CHECK(transaction.execute(sql::remove_domains, {{"id", id}}));
    ROWAN_CHECK(transaction.execute(
        sql::remove, {{"id", id}, {"strategy", strategy}, {"tenant", realm.tenant}, {"subject", realm.subject}}));
    return oauth2::forget_identities(transaction, realm, provider_name(strategy, id));
  });
}

}  // namespace rowan::strategies::dynamic_oidc
