#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/http/url.hpp>
#include <rowan/strategies/oidc/sign_out.hpp>

namespace rowan::strategies::oidc {

namespace {

using namespace std::chrono_literals;

constexpr Purpose kept_for_sign_out = "oidc_sign_out";
// The address that a browser is led to has to fit where addresses do. Without the hint the client_id says who asks.
constexpr std::size_t most_hint_bytes = 3000, most_url_bytes = 512;

std::string bound_to(std::string_view provider, std::string_view uid) {
  return std::string(provider).append("|").append(uid);
}

std::string seal(const Services& services, const ForSignOut& there, const std::string& uid) {
  if (there.url.empty() || there.url.size() > most_url_bytes || there.client_id.size() + there.name.size() > 400)
    return {};
  const bool fits = there.id_token.size() <= most_hint_bytes;
  const Json kept{{"url", there.url},
                  {"hint", fits ? there.id_token : std::string()},
                  {"client_id", there.client_id},
                  {"name", there.name}};
  return services.seal_at_rest(kept_for_sign_out, bound_to(there.provider, uid), kept.text());
}

// A sid that could be no one's is none: the sessions are then known by the person alone.
std::string sid_in(const Json& claims) {
  auto sid = text_of(claims, "sid");
  return sid.size() <= 255 ? sid : std::string();
}

Result<> on_token(Transaction& transaction, const Services& services, const SignOut& options, const TokenMade& made) {
  const auto now = services.clock().now();
  const OfProvider of{.subject = made.claims.subject(), .strategy = options.strategy, .provider = {}};
  if (made.goes_on_from) return remember_again(transaction, of, *made.goes_on_from, made.claims, now);
  const auto provider = text_of(made.origin, "provider");
  const auto issued = made.origin.find("iat");
  return remember(transaction, {.subject = of.subject, .strategy = of.strategy, .provider = provider},
                  {.uid = text_of(made.origin, "uid"),
                   .sid = text_of(made.origin, "sid"),
                   .issued_at = from_microseconds(issued ? issued->as_integer().value_or(0) : 0),
                   .kept = text_of(made.origin, "kept")},
                  made.claims, now);
}

// RP-Initiated Logout section 2.
Result<SignOutElsewhere> leads_to(Transaction& transaction, const Services& services, const SignOut& options,
                                  const Claims& claims, std::string_view state) {
  ROWAN_TRY(const auto kept, take_kept(transaction, options.strategy, claims.numbers.token));
  if (!kept || !options.leads_there) return SignOutElsewhere{};
  const auto opened = services.open_at_rest(kept_for_sign_out, bound_to(kept->provider, kept->uid), kept->sealed);
  const auto there = opened ? Json::parse(opened->secret.expose()) : Result<Json>(Json({}));
  auto url = there ? text_of(*there, "url") : std::string();
  if (url.empty()) return SignOutElsewhere{};
  const auto hint = text_of(*there, "hint");
  if (!hint.empty()) url = http::with_parameter(std::move(url), "id_token_hint", hint);
  url = http::with_parameter(std::move(url), "client_id", text_of(*there, "client_id"));
  const auto back = services.page_url(claims.realm, PageName::sign_out);
  if (!back.empty()) {
    url = http::with_parameter(std::move(url), "post_logout_redirect_uri", back);
    url = http::with_parameter(std::move(url), "state", state);
  }
  return SignOutElsewhere{.url = std::move(url), .name = text_of(*there, "name")};
}

// Section 2.8. Nothing of the token or of our reasons goes back.
Presented not_taken() {
  return {.fields = {{"error", "invalid_request"}, {"error_description", "The logout token was not accepted."}},
          .status = 400};
}

}  // namespace

Json origin_of(const Services& services, const crypto::jose::IdToken& verified, const ForSignOut& there) {
  return {{"provider", there.provider},
          {"uid", verified.subject},
          {"sid", sid_in(verified.claims)},
          {"iat", to_microseconds(verified.issued_at)},
          {"kept", seal(services, there, verified.subject)}};
}

void add_sign_out(Strategy& strategy, const SignOut& options) {
  for (auto& migration : embedded_migrations("strategies/oidc")) strategy.migrations.push_back(std::move(migration));
  strategy.on_token = [options](Transaction& transaction, const Services& services, const TokenMade& made) {
    return on_token(transaction, services, options, made);
  };
  strategy.signs_out_elsewhere = [options](Transaction& transaction, const Services& services, const Claims& claims,
                                           std::string_view state) {
    return leads_to(transaction, services, options, claims, state);
  };
  strategy.hooks.on_close = [before = strategy.hooks.on_close](Transaction& transaction, const Services& services,
                                                               const User& user) -> Result<> {
    ROWAN_CHECK(forget_sessions(transaction, user.id));
    return before ? before(transaction, services, user) : Result<>();
  };
  strategy.expire = [before = strategy.expire](const Services& services, Sweep& sweep) -> Result<> {
    ROWAN_CHECK(expire_sessions(sweep));
    return before ? before(services, sweep) : Result<>();
  };
}

Result<Presented> end_by_provider(const PhaseContext& context, const OfProvider& of,
                                  const Result<crypto::jose::LogoutToken>& token) {
  const auto& services = context.services;
  // That it cannot be verified now says nothing about it: the provider may send it again.
  if (!token && http_status(token.error().code) >= 500) return token.error();
  const auto refused = [&](const std::string& reason) {
    services.logger().info("provider_logout_refused",
                           {{"strategy", of.strategy}, {"reason", reason}, {"from", context.visitor.address.text()}});
    return not_taken();
  };
  if (!token) return refused(token.error().reason);
  std::size_t ended = 0;
  ROWAN_TRY(const bool is_new, services.database().transact([&](Transaction& transaction) -> Result<bool> {
    ROWAN_TRY(const auto tokens,
              end(transaction, of,
                  {.uid = token->subject, .sid = token->session, .token_id = token->id, .issued_at = token->issued_at},
                  services.clock().now()));
    if (!tokens) return false;
    for (const auto& one : *tokens)
      ROWAN_CHECK(services.end_token(transaction, one, {.strategy = of.strategy, .phase = "backchannel_logout"}));
    ended = tokens->size();
    return true;
  }));
  if (!is_new) return refused("logout token: it was taken before");
  services.logger().info("provider_logout", {{"strategy", of.strategy}, {"ended", std::to_string(ended)}});
  return Presented{.fields = {{"status", "ok"}}};
}

Phase backchannel_logout_phase(std::string path,
                               std::function<Result<Outcome>(const PhaseContext&, const std::string& token)> run) {
  auto token = token_input("logout_token", "Signed by the provider", 32 * 1024);
  token.top_level = true;
  token.required = false;  // its absence is answered as the standard says
  return {.name = "backchannel_logout",
          .path = std::move(path),
          .cost = Cost::outgoing,
          .inputs = {std::move(token)},
          // A provider's few machines speak for everyone who signs out there.
          .limits = {{.name = "backchannel_logout/client", .max = 6000, .window = 5min}},
          .cross_site = true,
          .description = "Ends the sessions that the provider has ended; its server calls this",
          .run = [run = std::move(run)](const PhaseContext& context) -> Result<Outcome> {
            return run(context, std::string(context.inputs.text("logout_token")));
          },
          .for_servers = true};
}

}  // namespace rowan::strategies::oidc
