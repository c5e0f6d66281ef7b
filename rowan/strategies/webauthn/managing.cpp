// An owner's passkeys: shown, renamed, removed.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/engine/parts/ways_in.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/webauthn/actions.hpp>
#include <rowan/strategies/webauthn/inputs.hpp>
#include <rowan/strategies/webauthn/queries.hpp>

namespace rowan::strategies::webauthn {

namespace {

// By our name for it, or by the authenticator's.
const Passkey* named(const std::vector<Passkey>& passkeys, std::string_view id) {
  for (const auto& one : passkeys)
    if (!id.empty() && (one.id == id || one.credential_id == id)) return &one;
  return nullptr;
}

// What browsers tell authenticators, so that they offer no passkey that was removed (WebAuthn section 5.1.10).
Json signals_of(const PhaseContext& context, const WebauthnOptions& options, std::string_view handle, const User& owner,
                const std::vector<Passkey>& passkeys) {
  std::vector<std::string> ids;
  for (const auto& one : passkeys) ids.push_back(one.credential_id);
  return {{"rpId", party_of(context.services, context.realm.tenant, options).id},
          {"userId", handle},
          {"allAcceptedCredentialIds", ids},
          {"name", owner.email},
          {"displayName", owner.email}};
}

}  // namespace

bool signs_in(const Passkey& passkey, const WebauthnOptions& options) {
  return options.sign_in && passkey.discoverable && (passkey.user_verified || !requires_verification(options, true));
}

Proves proven_by(bool user_verified, bool certified) {
  const Proves held{Evidence::held, Evidence::phishing_resistant,
                    certified ? Evidence::hardware_key : Evidence::software_key};
  return user_verified ? held | Proves{Evidence::inherent} : held;
}

Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const WebauthnOptions& options) {
  ROWAN_TRY(const auto passkeys, passkeys_of(connection, account));
  std::vector<Factor> all;
  for (const auto& one : passkeys)
    all.push_back({.strategy = options.name,
                   .id = one.id,
                   .label = one.label.empty() ? std::string(model_named(one.aaguid)) : one.label,
                   .proves = proven_by(one.user_verified, one.certified),
                   .created_at = one.created_at,
                   .last_used_at = one.last_used_at});
  return all;
}

std::string shown_label(const Services& services, std::string_view language, const Passkey& passkey) {
  if (!passkey.label.empty()) return passkey.label;
  if (const auto model = model_named(passkey.aaguid); !model.empty()) return std::string(model);
  return services.pages().text(sentence("Passkey"), language);
}

Result<Accepted> rename(const PhaseContext& context, const WebauthnOptions&) {
  const auto account = context.account();
  ROWAN_TRY(const auto label, label_of(context));
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto passkeys, passkeys_of(transaction.connection(), account));
    const auto* const passkey = named(passkeys, context.inputs.text("id"));
    if (passkey == nullptr) return wrong_field("id", "invalid");
    ROWAN_TRY(const auto renamed,
              transaction.execute(sql::rename, {{"id", passkey->id}, {"account", account}, {"label", label}}));
    return renamed == 1 ? tell_done(transaction, context) : Result<>(wrong_field("id", "invalid"));
  }));
  return Accepted{.words = std::string(sentence("The passkey has its new name.")), .leads_to = PageName::account};
}

Result<SignedIn> remove(const PhaseContext& context, const WebauthnOptions& options) {
  ROWAN_CHECK(confirm_owner(context, options.recent));
  const auto account = context.account();
  return SignedIn{
      .method = options.name,
      .apply = [context, options, account,
                id = std::string(context.inputs.text("id"))](Transaction& transaction) -> Result<Applied> {
        ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
        if (!locked) return wrong_credential("the account is gone");
        ROWAN_TRY(const auto passkeys, passkeys_of(transaction.connection(), account));
        const auto* const passkey = named(passkeys, id);
        if (passkey == nullptr) return wrong_field("id", "invalid");
        const auto is_another_way_in = [&](const Passkey& one) {
          return one.id != passkey->id && signs_in(one, options);
        };
        if (signs_in(*passkey, options) && std::ranges::none_of(passkeys, is_another_way_in)) {
          ROWAN_TRY(const bool has_other,
                    has_other_way_in(transaction.connection(), context, options.name, locked->user));
          if (!has_other) return wrong_field("id", "last_way_in");
        }
        ROWAN_TRY(const auto whole, whole_passkey(transaction, account, passkey->id));
        ROWAN_TRY(const auto removed, transaction.execute(sql::remove, {{"id", passkey->id}, {"account", account}}));
        if (removed != 1) return wrong_field("id", "invalid");
        ROWAN_CHECK(put_undo_notice(transaction, context, "webauthn/removed", locked->user,
                                    {.strategy = options.name,
                                     .what = std::string(sentence("A passkey was removed from your account.")),
                                     .data = {{"removed", whole}}}));
        return Applied{.account = account, .generation = context.generation(), .end_other_sessions = true};
      },
      .renews = true};
}

Result<Json> look_at_passkeys(const PhaseContext& context, const WebauthnOptions& options) {
  struct Found {
    std::optional<accounts::Account> account{};
    std::vector<Passkey> passkeys{};
    std::string handle{};
    bool only_way_in = false;  // one passkey
  };
  ROWAN_TRY(const auto found, context.services.database().read([&](SqlConnection& connection) -> Result<Found> {
    Found all;
    ROWAN_TRY(all.account, accounts::find(connection, context.account()));
    ROWAN_TRY(all.passkeys, passkeys_of(connection, context.account()));
    ROWAN_TRY(const auto row, connection.first(sql::user_handle, {{"account", context.account()}}));
    if (row) all.handle = row->text("user_handle");
    const auto is_way_in = [&](const Passkey& one) { return signs_in(one, options); };
    if (all.account && std::ranges::count_if(all.passkeys, is_way_in) == 1) {
      ROWAN_TRY(const bool has_other, has_other_way_in(connection, context, options.name, all.account->user));
      all.only_way_in = !has_other;
    }
    return all;
  }));
  if (!found.account) return wrong_credential("the account is gone");
  const auto& pages = context.services.pages();
  const auto& language = context.visitor.language;
  std::vector<Json> all;
  for (const auto& one : found.passkeys)
    all.push_back({{"id", one.id},
                   {"label", shown_label(context.services, language, one)},
                   {"created_at", pages.moment(one.created_at, language)},
                   {"only", found.passkeys.size() == 1},
                   {"synced", one.backed_up},
                   {"used_at", one.last_used_at ? pages.moment(*one.last_used_at, language) : std::string()}});
  return Json(
      {{"passkeys", all},
       {"none", all.empty()},
       {"alone", options.sign_in},
       {"second_only", !options.sign_in},
       {"can_add", std::ssize(all) < options.credentials},
       {"only_way_in", found.only_way_in},
       {"signals", found.handle.empty()
                       ? std::string()
                       : signals_of(context, options, found.handle, found.account->user, found.passkeys).text()}});
}

}  // namespace rowan::strategies::webauthn
