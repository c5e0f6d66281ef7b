#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/second_factor/undo.hpp>
#include <rowan/pages/pages.hpp>

namespace rowan {

namespace {

constexpr Purpose of_undo = "undo_factor";
constexpr std::string_view undo_path = "/undo";

/// Belongs to no account's links on purpose: who changed the factor must not be able to end it by changing another.
EmailKey key_of_undo(AccountId account) { return EmailKey("factors of " + account.text()); }

}  // namespace

std::vector<LetterField> fields_of_undo_notice() { return letter::link_until(undo_path); }

Result<> put_undo_notice(Transaction& transaction, const PhaseContext& context, const std::string& letter,
                         const User& owner, const Undoing& undoing, const Json& more) {
  if (owner.email.empty()) return {};
  const auto now = context.services.clock().now();
  auto link = link_for(context, of_undo, key_of_undo(owner.id), undoing.lifetime);
  link.data = {
      {"account", owner.id.text()}, {"strategy", undoing.strategy}, {"what", undoing.what}, {"data", undoing.data}};
  ROWAN_TRY(const auto token, context.services.links().issue(transaction, link));
  const auto until = now + undoing.lifetime;
  const auto language = letter_language(context, &owner);
  return put_letter(transaction, context,
                    {.name = letter,
                     .to = owner.email,
                     .language = language,
                     .data = joined(who_asked(context, language, context.token_url(undo_path, token), until), more)},
                    until);
}

namespace engine {

namespace {

Result<tokens::Link> look_at(const PhaseContext& context, std::string_view token) {
  const auto& services = context.services;
  ROWAN_TRY(const auto link, services.database().read([&](SqlConnection& connection) {
    return services.links().look(connection, token, of_undo, context.realm);
  }));
  if (!link) return wrong_credential("bad, expired or used link to undo a change");
  return *link;
}

Result<Outcome> undo(const PhaseContext& context) {
  const std::string token(context.inputs.text("undo"));
  ROWAN_TRY(const auto link, look_at(context, token));
  const auto account = AccountId::parse(text_of(link.data, "account"));
  const auto strategy = std::ranges::find(context.strategies, text_of(link.data, "strategy"), &Strategy::name);
  if (!account || strategy == context.strategies.end() || !strategy->undo)
    return wrong_credential("a link to undo what is not declared any more");
  const auto data = link.data.find("data").value_or(Json({}));
  const auto& services = context.services;
  // Later links stay: each takes its own change back, and who made one cannot end the others.
  auto ended = services.end_everything(*account, [&](Transaction& transaction, const User& user) -> Result<> {
    ROWAN_TRY(const auto used,
              services.links().consume(transaction, token, of_undo, context.realm, tokens::Siblings::none));
    if (!used) return wrong_credential("link to undo used meanwhile");
    return strategy->undo(transaction, services, user, data);
  });
  if (!ended && ended.error().code == ErrorCode::not_found) return wrong_credential("the account is gone");
  if (!ended) return std::move(ended).error();
  return Outcome(Accepted{.words = {}, .view = "second_factor/undone.html", .ends_session = true});
}

}  // namespace

Phase undo_phase() {
  return {.name = "undo",
          .path = "/undo",
          .inputs = {token_input("undo", "The mailed token")},
          .limits = {per_client("undo", 30)},
          .description = "Takes back a change of a factor that its owner did not make; every session ends",
          .run = undo};
}

Page undo_page() {
  return {.with = Page::With::auth_routes,
          .path = std::string(undo_path),
          .has_token = true,
          .description = "Page of a mailed link: a change of a factor was not mine",
          .template_name = "second_factor/undo.html",
          .phase = "undo",
          .look = [](const PhaseContext& context, std::string_view token) -> Result<Json> {
            ROWAN_TRY(const auto link, look_at(context, token));
            const auto& pages = context.services.pages();
            const auto& language = context.visitor.language;
            return joined(who_asked(pages, language, link),
                          {{"undo", token}, {"what", pages.text(text_of(link.data, "what"), language)}});
          }};
}

Result<> forget_undo_links(Transaction& transaction, const User& user) {
  static constexpr Sql drop{"DELETE FROM rowan_links WHERE address_key = :key AND purpose = :purpose"};
  ROWAN_CHECK(transaction.execute(drop, {{"key", key_of_undo(user.id).text()}, {"purpose", of_undo.view()}}));
  return {};
}

}  // namespace engine

}  // namespace rowan
