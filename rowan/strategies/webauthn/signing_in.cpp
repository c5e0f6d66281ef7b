// Passkeys that are shown: alone, or after another factor.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/webauthn/actions.hpp>
#include <rowan/strategies/webauthn/inputs.hpp>

namespace rowan::strategies::webauthn {

namespace {

struct Shown {
  Challenge challenge{};
  Passkey passkey{};
  Asserted asserted{};
};

Presented asking_page(Json options, std::string flow, std::vector<std::pair<std::string, Json>> page) {
  page.emplace_back("options", options.text());
  return {
      .view = "webauthn/get.html", .fields = std::move(options), .page = Json::object(page), .flow = std::move(flow)};
}

Result<Shown> look_at(const PhaseContext& context, const WebauthnOptions& options, const AssertionResponse& response,
                      const Challenge& challenge, bool alone) {
  const auto& services = context.services;
  ROWAN_TRY(const auto found, services.database().read([&](SqlConnection& connection) {
    return find_passkey(connection, context.realm, to_base64url(response.credential_id));
  }));
  if (!found) return refused("7.2 step 6", "a credential that is not known");
  if (!challenge.account.is_nil() && challenge.account != found->account)
    return refused("7.2 step 6", "a credential of another account");
  const auto id = from_base64url(found->credential_id), bytes = from_base64url(found->public_key),
             handle = from_base64url(found->user_handle);
  if (!id || !bytes || !handle)
    return Error{.code = ErrorCode::internal, .reason = "a stored passkey is not base64url"};
  const auto key = crypto::CoseKey::parse(*bytes, crypto::KeyOrigin::stored);
  if (!key) return Error{.code = ErrorCode::internal, .reason = "a stored passkey's key: " + key.error().reason};
  const auto party = party_of(services, context.realm.tenant, options);
  const auto challenge_bytes = challenge.bytes();
  const StoredCredential credential{.id = *id,
                                    .key = *key,
                                    .sign_count = found->sign_count,
                                    .backup_eligible = found->backup_eligible,
                                    .user_handle = *handle};
  ROWAN_TRY(const auto asserted,
            verify_assertion(response, {.party = party,
                                        .challenge = challenge_bytes,
                                        .user_verification_required = requires_verification(options, alone),
                                        .user_identified = !alone,
                                        .credential = credential}));
  if (asserted.counter == SignCount::not_risen) {
    services.logger().warning("sign_count_not_risen", {{"account", found->account.text()},
                                                       {"passkey", found->id},
                                                       {"stored", static_cast<std::int64_t>(found->sign_count)},
                                                       {"shown", static_cast<std::int64_t>(asserted.sign_count)}});
    if (options.sign_count == WebauthnOptions::SignCount::refuse)
      return refused("7.2 step 22", "the counter did not rise");
  }
  return Shown{.challenge = challenge, .passkey = *found, .asserted = asserted};
}

// What was answered to the challenge that waits here. A wrong answer uses it up.
Result<Shown> read_shown(const PhaseContext& context, const WebauthnOptions& options, Ceremony ceremony,
                         AccountId account, std::int64_t generation) {
  ROWAN_TRY(const auto text, credential_text(context));
  const auto response = read_assertion(text);
  ROWAN_TRY(const auto challenge,
            find_challenge(context, ceremony, account, generation, response ? Bytes(response->client_data) : Bytes()));
  if (!challenge) return refused("7.2 step 11", "no challenge waits here, or it has expired");
  auto shown = response ? look_at(context, options, *response, *challenge, ceremony == Ceremony::sign_in)
                        : Result<Shown>(response.error());
  if (!shown && shown.error().code == ErrorCode::authentication_failed) spend_challenge(context.services, *challenge);
  return shown;
}

Result<> use(Transaction& transaction, const PhaseContext& context, const WebauthnOptions& options,
             const Shown& shown) {
  ROWAN_TRY(const bool used, use_challenge(transaction, context.services, shown.challenge));
  if (!used) return refused("7.2 step 11", "the challenge was used meanwhile, or has expired");
  return use_passkey(transaction, context.services, shown.passkey, shown.asserted,
                     options.sign_count == WebauthnOptions::SignCount::refuse);
}

// An address that was named has to be the owner's.
Result<> check_address(const Challenge& challenge, const User& owner) {
  const auto named = text_of(challenge.data, "email");
  if (named.empty()) return {};
  const auto expected = EmailAddress::parse(named), has = EmailAddress::parse(owner.email);
  if (!expected || !has || expected->key() != has->key())
    return refused("7.2 step 6", "a credential of another account than the one that was named");
  return {};
}

}  // namespace

Result<Presented> ask_to_sign_in(const PhaseContext& context, const WebauthnOptions& options) {
  const auto binding = new_binding(context);
  ROWAN_TRY(const auto challenge, context.services.database().transact([&](Transaction& transaction) {
    return put_challenge(transaction, context, options, binding,
                         {.ceremony = Ceremony::sign_in, .data = {{"email", context.inputs.text("email")}}});
  }));
  return asking_page(request_options(context, options, challenge, true, {}), binding.flow, {{"signs_in", true}});
}

Result<SignedIn> sign_in(const PhaseContext& context, const WebauthnOptions& options) {
  ROWAN_TRY(const auto shown, read_shown(context, options, Ceremony::sign_in, AccountId(), 0));
  return SignedIn{.method = options.name,
                  .proves = proven_by(shown.asserted.user_verified, shown.passkey.certified),
                  .apply = [context, options, shown](Transaction& transaction) -> Result<Applied> {
                    ROWAN_TRY(const auto locked, accounts::lock(transaction, shown.passkey.account));
                    if (!locked) return wrong_credential("the account is gone");
                    ROWAN_CHECK(check_address(shown.challenge, locked->user));
                    ROWAN_CHECK(use(transaction, context, options, shown));
                    return Applied{.account = locked->user.id, .generation = shown.passkey.generation};
                  },
                  .remember_me = context.inputs.flag("remember_me")};
}

Result<Presented> ask_to_verify(const PhaseContext& context, const WebauthnOptions& options) {
  const auto account = context.account();
  const auto binding = new_binding(context);
  std::vector<Passkey> known;
  ROWAN_TRY(
      const auto challenge, context.services.database().transact([&](Transaction& transaction) -> Result<std::string> {
        ROWAN_TRY(known, passkeys_of(transaction.connection(), account));
        if (known.empty()) return wrong_credential("no passkey");
        return put_challenge(transaction, context, options, binding,
                             {.ceremony = Ceremony::verify, .account = account, .generation = context.generation()});
      }));
  return asking_page(request_options(context, options, challenge, false, known), binding.flow, {{"verifies", true}});
}

Result<SignedIn> verify(const PhaseContext& context, const WebauthnOptions& options) {
  const auto account = context.account();
  const auto generation = context.generation();
  ROWAN_TRY(const auto shown, read_shown(context, options, Ceremony::verify, account, generation));
  return SignedIn{.method = options.name,
                  .proves = proven_by(shown.asserted.user_verified, shown.passkey.certified),
                  .apply = [context, options, account, generation, shown](Transaction& transaction) -> Result<Applied> {
                    ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
                    if (!locked) return wrong_credential("the account is gone");
                    ROWAN_CHECK(use(transaction, context, options, shown));
                    return Applied{.account = account, .generation = generation};
                  },
                  .second_factor_done = true,
                  .renews = !context.pending};
}

}  // namespace rowan::strategies::webauthn
