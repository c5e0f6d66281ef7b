// New passkeys: of a new account, and of one that is there.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/strategies/webauthn/actions.hpp>
#include <rowan/strategies/webauthn/inputs.hpp>

namespace rowan::strategies::webauthn {

namespace {

struct NewPasskey {
  Challenge challenge{};
  Registered registered{};
};

// What was answered to the challenge that waits here. A wrong answer uses it up.
Result<NewPasskey> read_new(const PhaseContext& context, const WebauthnOptions& options, Ceremony ceremony,
                            AccountId account, std::int64_t generation) {
  ROWAN_TRY(const auto text, credential_text(context));
  const auto response = read_registration(text);
  ROWAN_TRY(auto challenge,
            find_challenge(context, ceremony, account, generation, response ? Bytes(response->client_data) : Bytes()));
  if (!challenge) return refused("7.1 step 8", "no challenge waits here, or it has expired");
  const auto party = party_of(context.services, context.realm.tenant, options);
  const auto challenge_bytes = challenge->bytes();
  auto registered = response ? verify_registration(*response, {.party = party,
                                                               .challenge = challenge_bytes,
                                                               .user_verification_required = requires_verification(
                                                                   options, ceremony == Ceremony::register_)})
                             : Result<Registered>(response.error());
  if (!registered) {
    spend_challenge(context.services, *challenge);
    return std::move(registered).error();
  }
  return NewPasskey{.challenge = *std::move(challenge), .registered = *std::move(registered)};
}

Result<> use_up(Transaction& transaction, const PhaseContext& context, const Challenge& challenge) {
  ROWAN_TRY(const bool used, use_challenge(transaction, context.services, challenge));
  if (!used) return refused("7.1 step 8", "the challenge was used meanwhile, or has expired");
  return {};
}

Presented page_of(Json options, std::string flow, std::vector<std::pair<std::string, Json>> page) {
  page.emplace_back("options", options.text());
  return {.view = "webauthn/create.html",
          .fields = std::move(options),
          .page = Json::object(page),
          .flow = std::move(flow)};
}

// confirm_first: the same answer and the same writes whether the address is taken or not. Mails to the address are
// counted where it is named, which is when the challenge is asked for.
Result<Outcome> hold(PhaseContext context, const NewPasskey& passkey, const HeldRegistration& registration) {
  context.muted =
      context.muted || passkey.challenge.data.find("muted").value_or(Json(false)).as_boolean().value_or(false);
  for (const auto& strategy : context.strategies) {
    if (!strategy.confirming.hold) continue;
    ROWAN_TRY(auto flow, context.services.database().transact([&](Transaction& transaction) -> Result<std::string> {
      ROWAN_CHECK(use_up(transaction, context, passkey.challenge));
      return strategy.confirming.hold(transaction, context, registration);
    }));
    return Outcome(Accepted{.words = {},
                            .view = "webauthn/register_requested.html",
                            .fields = {{"values", {{"email", registration.email.shown()}}}},
                            .flow = std::move(flow)});
  }
  return Error{.code = ErrorCode::internal, .reason = "confirm_first without the add-on confirmation"};
}

}  // namespace

Result<Presented> ask_to_register(const PhaseContext& context, const WebauthnOptions& options) {
  const auto& services = context.services;
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  const auto binding = new_binding(context);
  Creation creation{.challenge = {}, .user_handle = make_user_handle(services), .email = email.shown(), .alone = true};
  ROWAN_TRY(creation.challenge, services.database().transact([&](Transaction& transaction) {
    return put_challenge(
        transaction, context, options, binding,
        {.ceremony = Ceremony::register_,
         .data = {{"email", email.shown()}, {"user_handle", creation.user_handle}, {"muted", context.muted}}});
  }));
  return page_of(creation_options(context, options, creation, {}), binding.flow,
                 {{"registers", true}, {"new_email", email.shown()}});
}

Result<Outcome> register_account(const PhaseContext& context, const WebauthnOptions& options) {
  ROWAN_TRY(const auto label, label_of(context));
  ROWAN_TRY(const auto passkey, read_new(context, options, Ceremony::register_, AccountId(), 0));
  ROWAN_TRY(const auto email, EmailAddress::parse(text_of(passkey.challenge.data, "email")));
  const auto handle = text_of(passkey.challenge.data, "user_handle");
  const auto credentials = to_credentials(passkey.registered, handle, label);
  if (options.registration == WebauthnOptions::Registration::confirm_first)
    return hold(context, passkey, {.email = email, .strategy = options.name, .credentials = credentials});
  ROWAN_TRY(auto signed_in,
            new_account(context, options.name,
                        {.email = email,
                         .locale = context.visitor.language,
                         .use_up = [context, challenge = passkey.challenge](
                                       Transaction& transaction) { return use_up(transaction, context, challenge); },
                         .keep = [&services = context.services, credentials](
                                     Transaction& transaction,
                                     AccountId account) { return adopt(transaction, services, account, credentials); },
                         .when_taken = wrong_field("email", "taken")}));
  signed_in.proves =
      proven_by(passkey.registered.user_verified, passkey.registered.attestation == AttestationType::certified);
  return Outcome(std::move(signed_in));
}

Result<> adopt(Transaction& transaction, const Services& services, AccountId account, const Json& credentials) {
  ROWAN_TRY(const auto registered, registered_from(credentials));
  ROWAN_TRY(const auto known, accounts::find(transaction.connection(), account));
  if (!known) return wrong_credential("the account is gone");
  ROWAN_CHECK(keep_user_handle(transaction, services, account, text_of(credentials, "user_handle")));
  return keep_passkey(transaction, services, known->user.realm, account, registered, text_of(credentials, "label"));
}

namespace {

// Under the row lock: no credential changed since this session began, and there is room for one more.
Result<accounts::Account> lock_for_one_more(Transaction& transaction, const PhaseContext& context,
                                            const WebauthnOptions& options, std::vector<Passkey>& known) {
  ROWAN_TRY(auto account, accounts::lock(transaction, context.account()));
  if (!account || !account->usable()) return wrong_credential("the account is gone");
  if (account->generation != context.generation())
    return wrong_credential("the account's credentials changed meanwhile");
  ROWAN_TRY(known, passkeys_of(transaction.connection(), account->user.id));
  if (std::ssize(known) >= options.credentials) return wrong_field("label", "too_many");
  return *std::move(account);
}

}  // namespace

Result<Presented> ask_to_add(const PhaseContext& context, const WebauthnOptions& options) {
  ROWAN_TRY(const auto label, label_of(context));
  ROWAN_CHECK(confirm_owner(context, options.recent));
  const auto binding = new_binding(context);
  std::vector<Passkey> known;
  Creation creation;
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto account, lock_for_one_more(transaction, context, options, known));
    creation.email = account.user.email.empty() ? account.user.id.text() : account.user.email;
    ROWAN_TRY(creation.user_handle, user_handle_of(transaction, context.services, account.user.id));
    ROWAN_TRY(creation.challenge, put_challenge(transaction, context, options, binding,
                                                {.ceremony = Ceremony::add,
                                                 .account = account.user.id,
                                                 .generation = account.generation,
                                                 .data = {{"label", label}}}));
    return {};
  }));
  return page_of(creation_options(context, options, creation, known), binding.flow, {{"adds", true}});
}

Result<SignedIn> add(const PhaseContext& context, const WebauthnOptions& options) {
  ROWAN_TRY(auto label, label_of(context));
  ROWAN_TRY(const auto passkey, read_new(context, options, Ceremony::add, context.account(), context.generation()));
  if (label.empty()) label = text_of(passkey.challenge.data, "label");
  return SignedIn{.method = options.name,
                  .proves = proven_by(passkey.registered.user_verified,
                                      passkey.registered.attestation == AttestationType::certified),
                  .apply = [context, options, passkey, label](Transaction& transaction) -> Result<Applied> {
                    std::vector<Passkey> known;
                    ROWAN_TRY(const auto account, lock_for_one_more(transaction, context, options, known));
                    ROWAN_CHECK(use_up(transaction, context, passkey.challenge));
                    ROWAN_TRY(const auto factors, factors_of(context, transaction.connection(), account.user.id));
                    ROWAN_CHECK(keep_passkey(transaction, context.services, account.user.realm, account.user.id,
                                             passkey.registered, label));
                    ROWAN_CHECK(put_undo_notice(transaction, context, "webauthn/added", account.user,
                                                {.strategy = options.name,
                                                 .what = std::string(sentence("A passkey was added to your account.")),
                                                 .data = {{"added", to_base64url(passkey.registered.credential_id)}}}));
                    // Sign-ins that wait and sessions elsewhere were begun without a second factor.
                    return Applied{.account = account.user.id,
                                   .generation = account.generation,
                                   .factor_added = options.second_factor,
                                   .end_other_sessions = !has_second_factor(factors)};
                  },
                  .second_factor_done = true,
                  .renews = !context.pending};
}

}  // namespace rowan::strategies::webauthn
