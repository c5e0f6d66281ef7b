#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::dynamic_oidc::sql {

inline constexpr storage::Literal columns{R"sql(
  c.id, c.strategy, c.tenant, c.subject, c.issuer, c.client_id, c.client_secret, c.authentication, c.display_name,
  c.trusts, c.registers, c.untrusted_match, c.created_at, c.disabled_at
)sql"};

inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_connections (id, strategy, tenant, subject, issuer, client_id, client_secret, authentication,
      display_name, trusts, registers, untrusted_match, created_at)
  VALUES (:id, :strategy, :tenant, :subject, :issuer, :client_id, :client_secret, :authentication,
      :display_name, :trusts, :registers, :untrusted_match, :now)
)sql"};
inline constexpr Sql insert_domain{R"sql(
  INSERT INTO rowan_connection_domains (strategy, tenant, subject, domain, connection_id)
  VALUES (:strategy, :tenant, :subject, :domain, :id)
  ON CONFLICT DO NOTHING
)sql"};
inline constexpr Sql find = sql_of<"SELECT", columns, R"sql(
  FROM rowan_connections c
  WHERE c.id = :id AND c.tenant = :tenant AND c.subject = :subject AND c.strategy = :strategy
)sql">;
inline constexpr Sql find_by_domain = sql_of<"SELECT", columns, R"sql(
  FROM rowan_connection_domains d
  JOIN rowan_connections c ON c.id = d.connection_id
  WHERE d.tenant = :tenant AND d.subject = :subject AND d.strategy = :strategy AND d.domain = :domain
    AND c.disabled_at IS NULL
)sql">;
inline constexpr Sql list = sql_of<"SELECT", columns, R"sql(
  FROM rowan_connections c
  WHERE c.tenant = :tenant AND c.subject = :subject AND c.strategy = :strategy AND c.id > :after
  ORDER BY c.id LIMIT :limit
)sql">;
inline constexpr Sql domains_of{R"sql(
  SELECT domain
  FROM rowan_connection_domains
  WHERE connection_id = :id
  ORDER BY domain
)sql"};
inline constexpr Sql set_disabled{R"sql(
  UPDATE rowan_connections
  SET disabled_at = :disabled_at
  WHERE id = :id AND tenant = :tenant AND subject = :subject AND strategy = :strategy
)sql"};
inline constexpr Sql remove{R"sql(
  DELETE FROM rowan_connections
  WHERE id = :id AND tenant = :tenant AND subject = :subject AND strategy = :strategy
)sql"};
inline constexpr Sql remove_domains{"DELETE FROM rowan_connection_domains WHERE connection_id = :id"};
// Under a newer master secret; not over what an administrator wrote meanwhile.
inline constexpr Sql seal_again{R"sql(
  UPDATE rowan_connections
  SET client_secret = :sealed
  WHERE id = :id AND client_secret = :before
)sql"};

}  // namespace rowan::strategies::dynamic_oidc::sql
