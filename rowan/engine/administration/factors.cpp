#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/parts/assurance.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/phases/complete.hpp>
#include <rowan/engine/second_factor/second_factor.hpp>

namespace rowan {

Result<std::vector<Factor>> Auth::factors(AccountId id) const {
  return core_->spine.database.read([&](SqlConnection& connection) -> Result<std::vector<Factor>> {
    ROWAN_TRY(const auto account, accounts::find(connection, id));
    if (!account || account->closed_at) return engine::gone();
    const auto* subject = core_->find_subject(account->user.subject());
    if (subject == nullptr) return engine::gone();
    ROWAN_TRY(auto all, engine::find_factors(*core_, *subject, connection, id));
    // The password is asked for again, and is none.
    std::erase_if(all, [](const Factor& factor) { return factor.use == Factor::Use::again; });
    return all;
  });
}

Result<> Auth::reset_factors(AccountId id) {
  auto& core = *core_;
  return engine::act_and_tell(
      core, id, "reset_factors", [&](Transaction& transaction, const accounts::Account& account) -> Result<bool> {
        const auto& user = account.user;
        const auto* subject = core.find_subject(user.subject());
        if (subject == nullptr) return engine::gone();
        ROWAN_TRY(auto factors, engine::find_factors(core, *subject, transaction.connection(), id));
        std::erase_if(factors, [](const Factor& factor) { return factor.use == Factor::Use::again; });
        if (factors.empty()) return false;
        for (const auto* hooks : core.hooks(*subject))
          if (hooks->drop_factors) ROWAN_CHECK(hooks->drop_factors(transaction, core.services, id));
        // Guesses at what is gone are no reason to refuse what comes.
        ROWAN_CHECK(engine::end_locks(transaction, core, user, {}));
        if (user.email.empty() || subject->find(engine::second_factor_name) == nullptr) return true;
        const Visitor nobody;
        const Requester requester(core.services, user.realm, nobody);
        const auto language = letter_language(requester, &user);
        ROWAN_CHECK(
            put_letter(transaction, requester,
                       {.name = "second_factor/reset",
                        .to = user.email,
                        .language = language,
                        .data = who_asked(requester, language, core.services.page_url(user.realm, PageName::reset))},
                       core.clock.now() + std::chrono::days(2)));
        return true;
      });
}

}  // namespace rowan
