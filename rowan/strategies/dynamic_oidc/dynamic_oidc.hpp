#pragma once
// Sign in with providers of OpenID Connect that are rows instead of options: each of your customers brings its own, and
// you add it while the application runs.
#include <optional>
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>
#include <string>
#include <vector>

namespace rowan {

struct DynamicOidcOptions {
  std::string name = "dynamic_oidc";  // also in its addresses: /auth/user/<name>/callback
  ProviderRequest request{.scopes = {"openid", "email"}, .parameters = {}};  // of every connection
  std::vector<std::string> keep{};                                           // as ProviderAccounts::keep
  ProviderLimits limits{};
  bool sign_out_at_provider = false;  // as OidcOptions
  /// Whether a provider may be on this machine or in a private network. Tenants name their providers, so by default
  /// only the public internet is called.
  bool allow_private_addresses = false;
};

/// Phases: find (by an address), request, callback, confirm; backchannel_logout for the providers' servers. Every
/// provider has to know the address of the callback, which is one for all.
Strategy dynamic_oidc(DynamicOidcOptions options = {});

namespace strategies::dynamic_oidc {

/// A provider, as one strategy of one tenant and subject has it. Its name in identities is "<strategy>/<id>".
struct Connection {
  std::string id{}, strategy{};
  Realm realm{};
  std::string issuer{}, client_id{};
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;
  std::string display_name{};
  /// People with these addresses are led to it. A-labels in lower case.
  std::vector<std::string> email_domains{};
  /// Whether its word counts that an address of one of its domains is verified: then the person gets the account with
  /// that address. Of other addresses its word never counts.
  bool trust_email_verified = false;
  bool registration = true;  // whether a person without an account gets one
  Timestamp created_at{};
  std::optional<Timestamp> disabled_at{};
  /// What happens when an account has the person's address, and this connection's word about it does not count.
  UntrustedMatch on_untrusted_email_match = UntrustedMatch::reject;
};

struct NewConnection {
  std::string strategy = "dynamic_oidc";
  Realm realm{};
  std::string issuer{}, client_id{};
  std::optional<Secret> client_secret{};  // not for ClientAuthentication::none
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;  // or client_secret_post, or none
  std::string display_name{};                                                       // "Acme"
  std::vector<std::string> email_domains{};
  bool trust_email_verified = false;  // needs email_domains
  bool registration = true;
  UntrustedMatch on_untrusted_email_match = UntrustedMatch::reject;  // as Connection
};

// All of them are for administrators: nothing is checked about who asks. `not_found`: no such connection of this
// strategy and realm. Each effect holds on every node from the next sign-in on.

/// `invalid_input` with a FieldError for everything that is wrong; code `taken` for a domain that another connection
/// has.
Result<Connection> add_connection(const Services& services, const NewConnection& connection);
/// Oldest first, at most `limit` (1 to 1000) after the one with id `after`.
Result<std::vector<Connection>> list_connections(const Services& services, std::string_view strategy,
                                                 const Realm& realm, std::string_view after = {},
                                                 std::int64_t limit = 100);
Result<Connection> find_connection(const Services& services, std::string_view strategy, const Realm& realm,
                                   std::string_view id);
/// While it is disabled, no one can sign in with it. Existing sessions continue.
Result<> set_connection_disabled(const Services& services, std::string_view strategy, const Realm& realm,
                                 std::string_view id, bool disabled);
/// Also removes its links to accounts. Accounts and sessions stay; an account without another way to sign in loses
/// access.
Result<> remove_connection(const Services& services, std::string_view strategy, const Realm& realm,
                           std::string_view id);

}  // namespace strategies::dynamic_oidc

}  // namespace rowan
