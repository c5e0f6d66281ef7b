#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/engine/second_factor/second_factor.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan::engine {

namespace {

// A sign-in that waits ends without one. Doing it twice is no error.
Result<Outcome> cancel(const PhaseContext& context) {
  const auto now = context.services.clock().now();
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(use_pending(transaction, *context.pending, now));
    return {};
  }));
  return Outcome(Accepted{.words = {}, .view = "second_factor/cancelled.html"});
}

Strategy asking() {
  Strategy strategy{.name = std::string(second_factor_name)};
  strategy.phases = {{.name = "cancel",
                      .path = "/cancel",
                      .limits = {per_client("cancel", 100)},
                      .who = Who::pending,
                      .description = "Ends a sign-in that waits for its second factor, without signing in",
                      .run = cancel}};
  strategy.pages = {{.with = Page::With::auth_routes,
                     .path = std::string(path_of_second_factor),
                     .who = Who::session_or_pending,
                     .description = "Page: the second factor, of a sign-in that waits or again",
                     .place = Panel::Place::second_factor}};
  strategy.letters = {{.name = "second_factor/reset",
                       .sentence = "An administrator took the account's second factors away.",
                       .fields = {letter::link_to(PageName::reset)},
                       .is_notice = true}};
  return strategy;
}

Json shown(const PhaseContext& context, const tokens::TrustedBrowser& browser) {
  const auto& pages = context.services.pages();
  const auto& language = context.visitor.language;
  return {{"id", browser.id},
          {"browser", browser.browser.empty() ? pages.text(words::a_browser, language) : browser.browser},
          {"trusted_at", pages.moment(browser.trusted_at, language)},
          {"trusted_until", pages.moment(browser.trusted_until, language)},
          {"is_this", browser.id == tokens::device_hash(context.visitor.device)}};
}

Result<std::vector<tokens::TrustedBrowser>> browsers_of(const PhaseContext& context) {
  return context.services.database().read([&](SqlConnection& connection) {
    return tokens::trusted_browsers(connection, context.account(), context.services.clock().now());
  });
}

Result<Outcome> list_browsers(const PhaseContext& context) {
  ROWAN_TRY(const auto browsers, browsers_of(context));
  std::vector<Json> all;
  for (const auto& browser : browsers)
    all.push_back({{"id", browser.id},
                   {"browser", browser.browser},
                   {"trusted_at", to_rfc3339(browser.trusted_at)},
                   {"trusted_until", to_rfc3339(browser.trusted_until)}});
  return Outcome(Presented{.view = {}, .fields = {{"browsers", all}}});
}

// Trust that is not there cannot be taken away: of another account it looks the same.
Result<Outcome> forget_browser(const PhaseContext& context) {
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const bool was_there, tokens::distrust_device(transaction, context.account(), context.inputs.text("id")));
    if (!was_there) return Error{.code = ErrorCode::not_found, .reason = "no such trusted browser"};
    return tell_done(transaction, context);
  }));
  return Outcome(Accepted{.words = {}, .view = "second_factor/forgotten.html"});
}

Strategy trusted_browsers() {
  Strategy strategy{.name = std::string(browsers_name)};
  const Input id{.name = "id", .max_bytes = 64, .description = "Which one, as the list names it"};
  Input in_path = id;
  in_path.in_path = true;
  const std::vector<RateLimit> limits{{.name = "browsers/account", .per = RateLimit::Per::account, .max = 60}};
  strategy.phases = {{.name = "list",
                      .path = "",
                      .methods = {http::Method::get},
                      .limits = limits,
                      .who = Who::session,
                      .web = false,
                      .description = "The browsers that are not asked for a second factor",
                      .run = list_browsers},
                     {.name = "delete",
                      .path = "/:id",
                      .methods = {http::Method::delete_},
                      .inputs = {in_path},
                      .limits = limits,
                      .who = Who::session,
                      .web = false,
                      .description = "Trusts a browser no longer",
                      .run = forget_browser},
                     {.name = "forget",
                      .path = "/forget",
                      .inputs = {id},
                      .limits = limits,
                      .who = Who::session,
                      .api = false,
                      .description = "Trusts a browser no longer",
                      .run = forget_browser}};
  strategy.panels = {{.place = Panel::Place::account,
                      .order = 40,
                      .template_name = "second_factor/browsers.html",
                      .phase = "forget",
                      .fill = [](const PhaseContext& context) -> Json {
                        const auto browsers = browsers_of(context);
                        std::vector<Json> all;
                        if (browsers)
                          for (const auto& browser : *browsers) all.push_back(shown(context, browser));
                        return {{"browsers", all}};
                      }}};
  return strategy;
}

}  // namespace

std::vector<Strategy> beside_second_factors(const std::vector<Strategy>& strategies, const SecondFactorPolicy& policy) {
  if (std::ranges::none_of(strategies, [](const Strategy& strategy) { return bool(strategy.hooks.factors); }))
    return {};
  std::vector<Strategy> all{asking()};
  if (policy.trust_browsers > std::chrono::seconds(0)) all.push_back(trusted_browsers());
  return all;
}

}  // namespace rowan::engine
