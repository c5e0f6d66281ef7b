#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/notices/undo.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/undo_links.hpp>
#include <rowan/pages/pages.hpp>

namespace rowan::engine {

namespace {

Result<tokens::Link> look_at(const PhaseContext& context, std::string_view token) {
  const auto& services = context.services;
  ROWAN_TRY(const auto link, services.database().read([&](SqlConnection& connection) {
    return services.links().look(connection, token, of_undo, context.realm);
  }));
  if (!link) return wrong_credential("bad, expired or used link to undo a change");
  return *link;
}

// Whether nothing comes back: every session ends, and that is all.
bool only_ends(const Json& data) { return data.find("only_ends").has_value(); }

Result<Outcome> undo(const PhaseContext& context) {
  const std::string token(context.inputs.text("undo"));
  ROWAN_TRY(const auto link, look_at(context, token));
  const auto account = AccountId::parse(text_of(link.data, "account"));
  const auto name = text_of(link.data, "strategy");
  const auto strategy = std::ranges::find(context.strategies, name, &Strategy::name);
  const bool is_declared = strategy != context.strategies.end() && strategy->undo;
  if (!account || (!name.empty() && !is_declared))
    return wrong_credential("a link to undo what is not declared any more");
  const auto data = link.data.find("data").value_or(Json({}));
  const auto& services = context.services;
  // Later links stay: each takes its own change back, and who made one cannot end the others.
  auto ended = services.end_everything(*account, [&](Transaction& transaction, const User& user) -> Result<> {
    ROWAN_TRY(const auto used,
              services.links().consume(transaction, token, of_undo, context.realm, tokens::Siblings::none));
    if (!used) return wrong_credential("link to undo used meanwhile");
    return is_declared ? strategy->undo(transaction, services, user, data) : Result<>();
  });
  if (!ended && ended.error().code == ErrorCode::not_found) return wrong_credential("the account is gone");
  if (!ended) return std::move(ended).error();
  return Outcome(Accepted{
      .words = {}, .view = only_ends(link.data) ? "notices/ended.html" : "notices/undone.html", .ends_session = true});
}

Phase undo_phase() {
  return {.name = "undo",
          .path = "/undo",
          .inputs = {token_input("undo", "The mailed token")},
          .limits = {per_client("undo", 30)},
          .description = "Takes back what the owner of the account did not do, and ends every session",
          .run = undo};
}

Page undo_page() {
  return {.with = Page::With::auth_routes,
          .path = std::string(undo_path),
          .has_token = true,
          .description = "Page of a mailed link: this was not me",
          .template_name = "notices/undo.html",
          .phase = "undo",
          .look = [](const PhaseContext& context, std::string_view token) -> Result<Json> {
            ROWAN_TRY(const auto link, look_at(context, token));
            const auto& pages = context.services.pages();
            const auto& language = context.visitor.language;
            return joined(who_asked(pages, language, link), {{"undo", token},
                                                             {"what", pages.text(text_of(link.data, "what"), language)},
                                                             {"takes_back", !only_ends(link.data)},
                                                             {"ends_sessions", only_ends(link.data)}});
          }};
}

// The account is closed: its links go.
Result<> forget_undo_links(Transaction& transaction, const User& user) {
  static constexpr Sql drop{"DELETE FROM rowan_links WHERE address_key = :key AND purpose = :purpose"};
  ROWAN_CHECK(transaction.execute(drop, {{"key", key_of_undo(user.id).text()}, {"purpose", of_undo.view()}}));
  return {};
}

}  // namespace

Strategy notices() {
  Strategy strategy{.name = std::string(notices_name)};
  strategy.phases = {undo_phase()};
  strategy.pages = {undo_page()};
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return forget_undo_links(transaction, user);
  };
  return strategy;
}

}  // namespace rowan::engine
