// An account that an administrator makes: the same transaction and hooks as any registration, and no session.
#include <algorithm>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

namespace {

using engine::Core;

constexpr Activity activity{.strategy = "administration", .phase = "create_user"};

/// How the new account's password is kept.
struct Kept {
  const Strategy* strategy = nullptr;  // null: it has none
  Json credentials = Json({});
};

struct Making {
  Core& core;
  const engine::Subject& subject;
  const NewUser& given;
  EmailAddress email;
  Visitor visitor{};
};

engine::Asking asking_of(const Making& making) {
  return {.tenant = making.given.realm.tenant,
          .visitor = making.visitor,
          .claims = {},
          .pending = {},
          .trusted = true,
          .return_to = {}};
}

Result<Kept> keep_password(const Making& making) {
  if (!making.given.password) return Kept{};
  const auto* strategy = engine::strategy_that(making.core, making.subject.name,
                                               [](const Strategy& s) { return s.make_credentials && s.adopt; });
  if (strategy == nullptr) return engine::no_strategy(making.subject.name, "has passwords");
  ROWAN_TRY(auto credentials,
            strategy->make_credentials(making.core.services, making.email.key(), making.given.password->expose()));
  return Kept{.strategy = strategy, .credentials = std::move(credentials)};
}

Result<User> make(const Making& making, const Kept& kept) {
  auto& core = making.core;
  const Inputs none;
  const auto asking = asking_of(making);
  const auto context = engine::context_of(core, making.subject, none, asking);
  AccountToMake account{.email = making.email,
                        .locale = making.given.locale,
                        .extra = making.given.extra,
                        .proven = making.given.confirmed,
                        .when_taken = wrong_field("email", "taken")};
  if (kept.strategy != nullptr)
    account.keep = [&](Transaction& transaction, AccountId id) {
      return kept.strategy->adopt(transaction, core.services, id, kept.credentials);
    };
  ROWAN_TRY(auto registered, new_account(context, {}, std::move(account)));
  registered.grants_session = false;
  const engine::CompletionRequest request{.subject = making.subject,
                                          .activity = activity,
                                          .realm = making.given.realm,
                                          .visitor = making.visitor,
                                          .purpose = tokens::bearer_purpose,
                                          .here = {},
                                          .replaces = {},
                                          .give_back = {},
                                          .clear = {},
                                          .return_to = {},
                                          .remember_device = {}};
  ROWAN_TRY(auto completion, engine::complete(core, registered, request));
  return std::move(completion.user);
}

Result<> check_given(const Core& core, const NewUser& given) {
  if (!engine::is_good_extra(given.extra)) return wrong_field("extra", "invalid");
  const auto languages = core.pages.languages();
  if (!given.locale.empty() && std::ranges::find(languages, given.locale) == languages.end())
    return wrong_field("locale", "invalid");
  return {};
}

}  // namespace

Result<User> Auth::create_user(const NewUser& given) {
  auto& core = *core_;
  ROWAN_CHECK(engine::check_realm(core, given.realm));
  const auto email = EmailAddress::parse(given.email);
  if (!email) return wrong_field("email", given.email.empty() ? "required" : "invalid");
  ROWAN_CHECK(check_given(core, given));
  // Before the hash is paid for; the unique key decides.
  ROWAN_TRY(const auto taken, find_user(*email, given.realm));
  if (taken) return wrong_field("email", "taken");
  const Making making{
      .core = core,
      .subject = *core.find_subject(given.realm.subject),
      .given = given,
      .email = *email,
      .visitor = {.language = given.locale.empty() ? core.options.pages.default_language : given.locale}};
  ROWAN_TRY(const auto kept, keep_password(making));
  auto user = make(making, kept);
  if (user) engine::log_act(core, "create_user", *user);
  if (!user && user.error().effect == Effect::unknown)
    core.logger.info(
        "administration",
        {{"act", "create_user (outcome unknown)"}, {"subject", given.realm.subject}, {"tenant", given.realm.tenant}});
  return user;
}

}  // namespace rowan
