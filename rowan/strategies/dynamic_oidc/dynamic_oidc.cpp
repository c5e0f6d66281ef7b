#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/dynamic_oidc/actions.hpp>
#include <rowan/strategies/dynamic_oidc/dynamic_oidc.hpp>
#include <rowan/strategies/oauth2/room.hpp>
#include <rowan/strategies/oidc/sign_out.hpp>

namespace rowan {

namespace {

using namespace strategies::dynamic_oidc;
using Shared = std::shared_ptr<const DynamicRoom>;

Input connection_input() {
  return {.name = "connection_id", .in_path = true, .max_bytes = 36, .description = "The connection's id"};
}

Phase find_phase(const Shared& room) {
  return {
      .name = "find",
      .path = "/find",
      .cost = Cost::outgoing,
      .inputs = {email_input("An address whose domain has a connection")},
      .limits = {per_client("find", room->options.limits.per_client)},
      .api = false,
      .failed = std::string(sentence("We don't know this email domain. Check the address, or sign in another way.")),
      .description = "Leads to the provider that has the domain of the address",
      .run = running(room, find)};
}

Phase request_phase_of_connection(const Shared& room) {
  return {.name = "request",
          .path = "/:connection_id/request",
          .methods = {http::Method::get},
          .cost = Cost::outgoing,
          .inputs = {connection_input()},
          .limits = {per_client("request", room->options.limits.per_client)},
          .api = false,
          .begun_here = true,
          .page = "dynamic_oidc/failed.html",
          .failed = std::string(sentence("This way to sign in isn't available. Ask who gave you the link.")),
          .description = "Sends the visitor to the provider of the connection",
          .run = running(room, request_by_connection)};
}

// The answer of a provider is that of every room of providers.
Phase callback_phase_of_connection(const Shared& room, Phase of_every_provider) {
  auto phase = std::move(of_every_provider);
  phase.page = "dynamic_oidc/failed.html";
  phase.failed = std::string(sentence("If you have an account here, sign in another way."));
  phase.run = running(room, callback_of_connection);
  return phase;
}

// Which connection it is about is in the row of the code.
Phase confirm_phase_of_connection(const Shared& room, Phase of_every_provider) {
  auto phase = std::move(of_every_provider);
  phase.run = running(room, confirm_of_connection);
  return phase;
}

Phase logout_phase_of_connection(const Shared& room) {
  auto phase = strategies::oidc::backchannel_logout_phase(
      "/:connection_id/backchannel_logout", [room](const PhaseContext& context, const std::string& token) {
        return end_by_connection(context, *room, token);
      });
  phase.inputs.push_back(connection_input());
  return phase;
}

// In place of a provider, for what is the same whichever it is: letters, hooks, the answer's fields.
class NoProvider final : public strategies::oauth2::IdentitySource {
 public:
  explicit NoProvider(const DynamicOidcOptions& options)
      : key_(provider_name(options.name, "none")),
        provider_(strategies::oauth2::provider_of(options.name, {.authentication = ClientAuthentication::none},
                                                  options.request)) {
    provider_.client_id = "of each connection";
    provider_.authorize_url = provider_.token_url = "https://learned.invalid/";
  }
  const std::string& key() const override { return key_; }
  bool wants_nonce() const override { return true; }
  Result<std::shared_ptr<const strategies::oauth2::Provider>> provider(const Services&) override { return none(); }
  Result<strategies::oauth2::Person> identify(const Services&, const strategies::oauth2::Provider&,
                                              const strategies::oauth2::Flow&,
                                              const strategies::oauth2::Tokens&) override {
    return none();
  }
  std::vector<std::string> problems() const override { return strategies::oauth2::problems_of(provider_); }
  std::vector<Finding> examine(const Services&, const std::string&) override { return {}; }

 private:
  Error none() const { return {.code = ErrorCode::internal, .reason = key_ + " is no provider"}; }
  std::string key_;
  strategies::oauth2::Provider provider_;
};

}  // namespace

Strategy dynamic_oidc(DynamicOidcOptions options) {
  const auto room = std::make_shared<const DynamicRoom>(
      DynamicRoom{.options = options, .sources = std::make_shared<Sources>(options)});
  auto strategy = strategies::oauth2::strategy_of({.name = options.name,
                                                   // Each connection says for itself whether codes are mailed.
                                                   .accounts = {.on_untrusted_email_match = UntrustedMatch::confirm},
                                                   .limits = options.limits,
                                                   .source = std::make_shared<NoProvider>(options),
                                                   .confirm_page = std::string(confirm_page)});
  auto callback = *std::ranges::find(strategy.phases, "callback", &Phase::name);
  auto confirm = *std::ranges::find(strategy.phases, "confirm", &Phase::name);
  strategy.phases = {find_phase(room), request_phase_of_connection(room),
                     callback_phase_of_connection(room, std::move(callback)),
                     confirm_phase_of_connection(room, std::move(confirm)), logout_phase_of_connection(room)};
  strategy.panels = {
      {.place = Panel::Place::sign_in, .order = 80, .template_name = "dynamic_oidc/find.html", .phase = "find"}};
  for (auto& migration : embedded_migrations("strategies/dynamic_oidc"))
    strategy.migrations.push_back(std::move(migration));
  strategies::oidc::add_sign_out(strategy, {.strategy = options.name, .leads_there = options.sign_out_at_provider});
  strategy.signs_in = [name = options.name](SqlConnection& connection, const Services&, const User& user) {
    return has_way_in(connection, name, user);
  };
  strategy.examine = [room](const Services& services, const Realm& realm, std::string_view id) {
    return examine_connection(services, realm, *room, id);
  };
  return strategy;
}

}  // namespace rowan
