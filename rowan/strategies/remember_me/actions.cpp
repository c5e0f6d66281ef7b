#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/strategies/remember_me/actions.hpp>
#include <rowan/strategies/remember_me/queries.hpp>

namespace rowan::strategies::remember_me {

namespace {

struct Browser {
  std::string id{}, name{}, address{};
  std::int64_t session = 0;
  Timestamp created_at{}, used_at{}, expires_at{};
};

Result<std::vector<Browser>> browsers_of(const PhaseContext& context) {
  const auto now = context.services.clock().now();
  return context.services.database().read([&](SqlConnection& connection) -> Result<std::vector<Browser>> {
    ROWAN_TRY(const auto rows, connection.query(sql::of_account, {{"account", context.account()}, {"now", now}}));
    std::vector<Browser> all;
    for (const auto& row : rows)
      all.push_back({.id = row.text("id"),
                     .name = row.text("browser"),
                     .address = row.text("address"),
                     .session = row.integer("session"),
                     .created_at = row.time("created_at"),
                     .used_at = row.time("used_at"),
                     .expires_at = row.time("expires_at")});
    return all;
  });
}

bool is_this(const PhaseContext& context, std::int64_t session) {
  return context.claims && context.claims->numbers().token == session;
}

}  // namespace

Result<Presented> list(const PhaseContext& context, const RememberMeOptions&) {
  ROWAN_TRY(const auto browsers, browsers_of(context));
  std::vector<Json> all;
  for (const auto& browser : browsers)
    all.push_back({{"id", browser.id},
                   {"browser", browser.name},
                   {"address", browser.address},
                   {"created_at", to_rfc3339(browser.created_at)},
                   {"last_used_at", to_rfc3339(browser.used_at)},
                   {"expires_at", to_rfc3339(browser.expires_at)},
                   {"is_this", is_this(context, browser.session)}});
  return Presented{.view = {}, .fields = {{"browsers", all}}};
}

Result<Accepted> forget_browser(const PhaseContext& context, const RememberMeOptions&) {
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(accounts::lock(transaction, context.account()));
    ROWAN_TRY(const auto row, transaction.first(sql::forget_of_account, {{"id", std::string(context.inputs.text("id"))},
                                                                         {"account", context.account()}}));
    if (!row) return Error{.code = ErrorCode::not_found, .reason = "no such browser"};
    const auto session = row->integer("session");
    if (!is_this(context, session))
      ROWAN_CHECK(context.services.end_token(transaction,
                                             {.number = session,
                                              .expires_at = row->time("session_expires_at"),
                                              .account = context.account(),
                                              .realm = context.realm},
                                             {"remember_me", "forget"}));
    return tell_done(transaction, context);
  }));
  return Accepted{.words = std::string(sentence("That browser is not remembered any more.")),
                  .leads_to = PageName::account};
}

Json shown_browsers(const PhaseContext& context) {
  const auto browsers =
      context.account().is_nil() ? Result<std::vector<Browser>>(std::vector<Browser>()) : browsers_of(context);
  const auto& pages = context.services.pages();
  const auto& language = context.visitor.language;
  std::vector<Json> all;
  if (browsers)
    for (const auto& browser : *browsers)
      all.push_back({{"id", browser.id},
                     {"browser", browser.name.empty() ? pages.text(words::a_browser, language) : browser.name},
                     {"used_at", pages.moment(browser.used_at, language)},
                     {"until", pages.moment(browser.expires_at, language)},
                     {"is_this", is_this(context, browser.session)}});
  return {{"browsers", all}};
}

}  // namespace rowan::strategies::remember_me
