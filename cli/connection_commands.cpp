#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <cli/findings.hpp>
#include <cstdio>
#include <rowan/engine/services.hpp>
#include <rowan/strategies/dynamic_oidc/dynamic_oidc.hpp>

namespace rowan::cli {

namespace {

namespace room = strategies::dynamic_oidc;

struct ConnectionChoice {
  std::string id{}, strategy = "dynamic_oidc", subject = "user", tenant{};
  std::string issuer{}, client_id{}, client_secret{}, authentication = "client_secret_basic", name{}, after{},
                                                      untrusted_match = "reject";
  std::vector<std::string> domains{};
  std::int64_t limit = 100;
  bool trusts = false, no_registration = false, json = false, yes = false;
};

Result<Realm> realm_in(const ConnectionChoice& choice) {
  const auto tenant = TenantName::from(choice.tenant);
  const auto subject = SubjectName::from(choice.subject);
  if (!tenant)
    return Error{.code = ErrorCode::not_found, .reason = "--tenant: \"" + choice.tenant + "\" is not a valid name"};
  if (!subject)
    return Error{.code = ErrorCode::not_found, .reason = "--subject: \"" + choice.subject + "\" is not a valid name"};
  return Realm{.tenant = *tenant, .subject = *subject};
}

// A row that no strategy reads would look like a connection and lead nowhere.
Result<Realm> declared_realm(Auth& auth, const ConnectionChoice& choice) {
  auto realm = realm_in(choice);
  if (!realm) return realm;
  for (const auto& subject : auth.subjects())
    if (subject.name == realm->subject)
      for (const auto& strategy : subject.strategies)
        if (strategy.name == choice.strategy) return realm;
  return Error{.code = ErrorCode::not_found,
               .reason = "no strategy " + choice.strategy + " of " + choice.subject +
                         " is declared; add [[dynamic_oidc]], or say which by --strategy"};
}

Json as_json(const room::Connection& connection) {
  return {{"id", connection.id},
          {"issuer", connection.issuer},
          {"client_id", connection.client_id},
          {"display_name", connection.display_name},
          {"email_domains", connection.email_domains},
          {"trust_email_verified", connection.trust_email_verified},
          {"registration", connection.registration},
          {"on_untrusted_email_match",
           connection.on_untrusted_email_match == UntrustedMatch::confirm ? "confirm" : "reject"},
          {"created_at", to_rfc3339(connection.created_at)},
          {"disabled_at", connection.disabled_at ? Json(to_rfc3339(*connection.disabled_at)) : Json(nullptr)}};
}

std::string as_text(const room::Connection& connection) {
  std::string line = connection.id + "  " + connection.display_name + "  " + connection.issuer;
  for (const auto& domain : connection.email_domains) line += "  @" + domain;
  return line + (connection.disabled_at ? "  disabled" : "") + "\n";
}

Result<std::optional<Secret>> secret_of(const std::string& from) {
  std::optional<Secret> found;
  if (from.starts_with("env:")) found = Secret::from_env(from.substr(4));
  if (from.starts_with("file:")) found = Secret::from_file(from.substr(5));
  // What stands on a command line is seen by every process of the machine.
  if (!from.empty() && (!found || found->missing()))
    return Error{
        .code = ErrorCode::invalid_input,
        .reason = "--client-secret: env:NAME of a variable that is set, or file:PATH of a file that can be read"};
  return found;
}

ClientAuthentication authentication_named(const std::string& name) {
  if (name == "none") return ClientAuthentication::none;
  return name == "client_secret_post" ? ClientAuthentication::client_secret_post
                                      : ClientAuthentication::client_secret_basic;
}

Result<> print_connection(const Result<room::Connection>& connection, bool json) {
  if (!connection) return connection.error();
  if (json)
    print_line(as_json(*connection));
  else
    print(as_text(*connection));
  return {};
}

Result<> add(Auth& auth, const Realm& realm, const ConnectionChoice& choice) {
  auto secret = secret_of(choice.client_secret);
  if (!secret) return std::move(secret).error();
  return print_connection(
      room::add_connection(auth.services(),
                           {.strategy = choice.strategy,
                            .realm = realm,
                            .issuer = choice.issuer,
                            .client_id = choice.client_id,
                            .client_secret = *std::move(secret),
                            .authentication = authentication_named(choice.authentication),
                            .display_name = choice.name,
                            .email_domains = choice.domains,
                            .trust_email_verified = choice.trusts,
                            .registration = !choice.no_registration,
                            .on_untrusted_email_match = choice.untrusted_match == "confirm" ? UntrustedMatch::confirm
                                                                                            : UntrustedMatch::reject}),
      choice.json);
}

Result<> list(Auth& auth, const Realm& realm, const ConnectionChoice& choice) {
  const auto all = room::list_connections(auth.services(), choice.strategy, realm, choice.after, choice.limit);
  if (!all) return all.error();
  if (choice.json) {
    std::vector<Json> lines;
    for (const auto& one : *all) lines.push_back(as_json(one));
    print_line({{"connections", lines}, {"more", std::ssize(*all) == choice.limit}});
    return {};
  }
  for (const auto& one : *all) print(as_text(one));
  if (all->empty()) print("There are no connections.\n");
  if (std::ssize(*all) == choice.limit) print("More: --after " + all->back().id + "\n");
  return {};
}

Result<> set_disabled(Auth& auth, const Realm& realm, const ConnectionChoice& choice, bool disabled) {
  const auto done = room::set_connection_disabled(auth.services(), choice.strategy, realm, choice.id, disabled);
  if (!done) return done;
  print(disabled ? "Disabled: no one can sign in with it. Existing sessions continue.\n"
                 : "Enabled: people can sign in with it again.\n");
  return {};
}
Result<> disable(Auth& auth, const Realm& realm, const ConnectionChoice& choice) {
  return set_disabled(auth, realm, choice, true);
}
Result<> enable(Auth& auth, const Realm& realm, const ConnectionChoice& choice) {
  return set_disabled(auth, realm, choice, false);
}

Result<> remove(Auth& auth, const Realm& realm, const ConnectionChoice& choice) {
  const auto found = room::find_connection(auth.services(), choice.strategy, realm, choice.id);
  if (!found) return found.error();
  if (!choice.yes)
    return Error{
        .code = ErrorCode::invalid_input,
        .reason = "this removes " + found->display_name +
                  " and its links to accounts. Accounts without another way to sign in lose access. Use --yes"};
  const auto done = room::remove_connection(auth.services(), choice.strategy, realm, choice.id);
  if (done) print(found->display_name + " is removed.\n");
  return done;
}

using Act = Result<> (*)(Auth&, const Realm&, const ConnectionChoice&);

int run_act(Auth& auth, const ConnectionChoice& choice, Act act) {
  const auto realm = declared_realm(auth, choice);
  if (!realm) return say_failure(auth, realm.error());
  const auto done = act(auth, *realm, choice);
  return done ? 0 : say_failure(auth, done.error());
}

int test(Auth& auth, const ConnectionChoice& choice) {
  const auto realm = declared_realm(auth, choice);
  if (!realm) return say_failure(auth, realm.error());
  const auto findings = auth.examine(choice.strategy + "/" + choice.id, *realm);
  return findings ? print_findings(*findings, choice.json) : say_failure(auth, findings.error());
}

}  // namespace

void add_connection_commands(CLI::App& app, const Access& access, int& status) {
  auto* connection = app.add_subcommand("connection", "Manage the providers that customers bring ([[dynamic_oidc]])");
  connection->require_subcommand(1);
  const auto declare = [&](const std::string& name, const std::string& description, const std::string& example) {
    auto& command = add_command(*connection, access, name, description, "connection " + name + " " + example);
    auto choice = std::make_shared<ConnectionChoice>();
    command.add_option("--strategy", choice->strategy, "The strategy's name")->capture_default_str();
    command.add_option("--subject", choice->subject, "The kind of account")->capture_default_str();
    command.add_option("--tenant", choice->tenant, "The tenant it belongs to");
    return std::pair<CLI::App&, std::shared_ptr<ConnectionChoice>>(command, choice);
  };
  const auto by_act = [&](CLI::App& command, const std::shared_ptr<ConnectionChoice>& choice, Act act) {
    command.callback([access, choice, act, &status] { status = run_act(access.ready(), *choice, act); });
  };

  auto [adding, added] =
      declare("add", "Add a connection; prints its id",
              "--issuer https://login.acme.example --client-id notes --client-secret env:ACME_SECRET "
              "--name Acme --domain acme.example --trust-email-verified");
  adding.add_option("--issuer", added->issuer, "The provider's issuer, exactly as its tokens say it")->required();
  adding.add_option("--client-id", added->client_id, "Our id at the provider")->required();
  adding.add_option("--client-secret", added->client_secret, "Where our secret there is: env:NAME or file:PATH");
  adding.add_option("--client-authentication", added->authentication, "How we say who we are there")
      ->check(CLI::IsMember({"client_secret_basic", "client_secret_post", "none"}))
      ->capture_default_str();
  adding.add_option("--name", added->name, "As people know it")->required();
  adding.add_option("--domain", added->domains,
                    "People with addresses of this domain are led to it; as often as needed");
  adding.add_flag("--trust-email-verified", added->trusts,
                  "Its word counts that an address of its domains is verified");
  adding
      .add_option("--on-untrusted-email-match", added->untrusted_match,
                  "When an account has the address and its word does not count: refuse, or mail the account a code")
      ->check(CLI::IsMember({"reject", "confirm"}))
      ->capture_default_str();
  adding.add_flag("--no-registration", added->no_registration, "Do not create accounts for new people");
  adding.add_flag("--json", added->json, "For programs");
  by_act(adding, added, add);

  auto [listing, listed] = declare("list", "List connections, oldest first", "--json");
  listing.add_option("--after", listed->after, "Continue after this id, the last one of the previous page");
  listing.add_option("--limit", listed->limit, "The most connections to list")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  listing.add_flag("--json", listed->json, "For programs");
  by_act(listing, listed, list);

  auto [testing, tested] = declare("test", "Ask its provider what it says of itself, and compare", "ID");
  testing.add_option("ID", tested->id, "Its id")->required();
  testing.add_flag("--json", tested->json, "For programs");
  testing.callback([access, choice = tested, &status] { status = test(access.ready(), *choice); });

  auto [disabling, disabled] = declare("disable", "Stop sign-ins with a connection", "ID");
  disabling.add_option("ID", disabled->id, "Its id")->required();
  by_act(disabling, disabled, disable);
  auto [enabling, enabled] = declare("enable", "Allow sign-ins with a connection again", "ID");
  enabling.add_option("ID", enabled->id, "Its id")->required();
  by_act(enabling, enabled, enable);

  auto [removing, removed] = declare("remove", "Remove a connection and what it was linked to", "ID --yes");
  removing.add_option("ID", removed->id, "Its id")->required();
  removing.add_flag("--yes", removed->yes, "Do not ask");
  by_act(removing, removed, remove);
}

}  // namespace rowan::cli
