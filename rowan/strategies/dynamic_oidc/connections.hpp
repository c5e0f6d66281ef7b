#pragma once
// Not installed. Connections as rows, with their secrets.
#include <rowan/engine/services.hpp>
#include <rowan/strategies/dynamic_oidc/dynamic_oidc.hpp>

namespace rowan::strategies::dynamic_oidc {

/// One strategy of one realm.
struct Place {
  std::string_view strategy{};
  const Realm& realm;
};

struct Stored {
  Connection connection{};
  std::string sealed_secret{};  // empty: none
};

/// Nullopt for one that is not there or of another place; disabled ones are found.
Result<std::optional<Stored>> find_stored(SqlConnection& connection, const Place& place, std::string_view id);
/// The one that people with an address of this domain are led to; no disabled one.
Result<std::optional<Stored>> find_by_domain(SqlConnection& connection, const Place& place, std::string_view domain);

/// The secret at the provider; null when there is none. `internal` when its master secret is gone.
Result<std::shared_ptr<const Secret>> open_secret(const Services& services, const Stored& stored);

/// Which connection a waiting sign-in is for, "" when there is no such; only a look: it is used up where it is
/// answered.
Result<std::string> connection_of_flow(SqlConnection& connection, const Place& place, std::string_view key);
/// Whether the account could sign in by a connection of this strategy.
Result<bool> has_way_in(SqlConnection& connection, std::string_view strategy, const User& user);

/// Of rowan_identities: "acme_sso/0192…".
std::string provider_name(std::string_view strategy, std::string_view id);
/// The id in such a name; empty: it is none of this strategy.
std::string id_in(std::string_view strategy, std::string_view provider);

/// Whether this may be an issuer here: https, or on this machine where that is allowed.
bool can_be_issuer(std::string_view issuer, bool on_this_machine);

}  // namespace rowan::strategies::dynamic_oidc
