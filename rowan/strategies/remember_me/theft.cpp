#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/strategies/remember_me/queries.hpp>
#include <rowan/strategies/remember_me/theft.hpp>

namespace rowan::strategies::remember_me {

namespace {

constexpr std::string_view letter_name = "remember_me/copied";
constexpr auto useful_for = std::chrono::days(3);

Result<> tell_owner(Transaction& transaction, const Requester& requester, const User& owner,
                    const std::string& browser) {
  const auto language = letter_language(requester, &owner);
  const auto& services = requester.services;
  const auto link = services.page_url(owner.realm, PageName::reset);
  return put_letter(
      transaction, requester,
      {.name = std::string(letter_name),
       .to = owner.email,
       .language = language,
       .data = joined(who_asked(requester, language, link),
                      {{"browser", browser.empty() ? services.pages().text(words::a_browser, language) : browser}})},
      services.clock().now() + useful_for);
}

AuthEvent copied(const Requester& requester, AccountId account) {
  AuthEvent event;
  event.kind = AuthEvent::Kind::failed;
  event.strategy = "remember_me";
  event.phase = "sign_in";
  event.realm = requester.realm;
  event.account = account;
  event.code = ErrorCode::authentication_failed;
  event.reason = "a secret from before: somebody has a copy";
  event.from = requester.visitor.address;
  event.user_agent = requester.visitor.user_agent;
  event.language = requester.visitor.language;
  return event;
}

Realm realm_of(const SqlRow& row) {
  return {.tenant = TenantName::from(row.text("tenant")).value(),
          .subject = SubjectName::from(row.text("subject")).value()};
}

}  // namespace

Result<> end_session_of(Transaction& transaction, const Services& services, const SqlRow& forgotten) {
  const auto expires_at = forgotten.time("session_expires_at");
  if (expires_at <= services.clock().now()) return {};
  return services.end_token(transaction,
                            {.number = forgotten.integer("session"),
                             .expires_at = expires_at,
                             .account = forgotten.id<AccountId>("account_id"),
                             .realm = realm_of(forgotten)},
                            {"remember_me", "sign_in"});
}

Result<> end_stolen(Transaction& transaction, const Services& services, const SqlRow& forgotten,
                    const Visitor& visitor) {
  const auto realm = realm_of(forgotten);  // of which the requester keeps a reference
  const Requester requester(services, realm, visitor);
  const auto account = forgotten.id<AccountId>("account_id");
  ROWAN_CHECK(end_session_of(transaction, services, forgotten));
  ROWAN_CHECK(tell(transaction, services, copied(requester, account)));
  ROWAN_TRY(const auto found, accounts::find(transaction.connection(), account));
  if (!found || !found->usable() || found->user.email.empty()) return {};
  return tell_owner(transaction, requester, found->user, forgotten.text("browser"));
}

LetterSpec copied_letter() {
  return {.name = std::string(letter_name),
          .sentence = "The secret by which a browser is remembered was used a second time.",
          .fields = {letter::link_to(PageName::reset), letter::text("browser", "Firefox on Linux")},
          .is_notice = true};
}

}  // namespace rowan::strategies::remember_me
