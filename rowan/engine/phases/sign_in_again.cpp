#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/phases/complete.hpp>
#include <rowan/engine/phases/sign_in_again.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

namespace {

constexpr std::string_view phase_name = "sign_in";

// Whether this error says that the browser is not signed in, and not that we could not find out.
bool is_refusal(const Error& error) { return http_status(error.code) < 500; }

void log_refusal(Core& core, const Strategy& strategy, std::string_view reason, const Visitor& visitor) {
  core.logger.info("credential_refused",
                   {{"strategy", strategy.name}, {"reason", reason}, {"from", visitor.address.text()}});
}

Result<Again> made_already(Core& core, const MadeAlready& made, const Realm& realm) {
  ROWAN_TRY(const auto claims, current_claims(core, made.session, realm));
  // Signed out a moment ago, in the tab that was quicker.
  if (!claims) return Again{};
  return Again{.claims = claims, .keeps = made.keeps};
}

// `was_used`: another request was quicker. Other refusals, such as a hook's, would only be repeated.
SignedIn noticing_use(SignedIn found, bool& was_used) {
  found.apply = [apply = std::move(found.apply), &was_used](Transaction& transaction) {
    auto applied = apply(transaction);
    was_used = !applied && is_refusal(applied.error());
    return applied;
  };
  return found;
}

Again signed_in(Core& core, const Strategy& strategy, const Completion& completion, const std::string& device) {
  core.logger.info(
      "signed_in",
      {{"account", completion.user.id.text()}, {"strategy", strategy.name}, {"phase", std::string(phase_name)}});
  std::optional<AuthenticatedUser> user;
  prove_user(completion, user);
  if (!user) return Again{};
  return Again{.claims = user->claims(), .keeps = completion.keeps, .device = device};
}

// Else every request until then would try in vain.
Result<Again> forgotten(Core& core, const Strategy& strategy, const sessions::Kept& kept, const Visitor& visitor) {
  ROWAN_CHECK(core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(strategy.remembers.forget(transaction, core.services, kept.text.view(), visitor));
    return {};
  }));
  return Again{.is_forgotten = true};
}

}  // namespace

Result<Again> sign_in_again(Core& core, const sessions::Kept& kept, const Realm& realm, const Visitor& visitor) {
  const auto* subject = core.find_subject(realm.subject);
  const auto* strategy = subject == nullptr ? nullptr : subject->remembering();
  if (strategy == nullptr) return Again{};
  const CompletionRequest request{
      .subject = *subject,
      .activity = {strategy->name, phase_name},
      .realm = realm,
      .visitor = visitor,
      .proves = strategy->proves,
      .purpose = tokens::session_purpose,
      .remember_device = visitor.device.empty() ? tokens::make_device(core.random) : visitor.device,
      .whole_only = true};
  std::string why;
  for (int attempt = 0; attempt < 3; ++attempt) {
    ROWAN_TRY(auto found, strategy->remembers.recognise(core.services, realm, kept.text.view(), visitor));
    if (const auto* unknown = std::get_if<Unidentified>(&found)) {
      log_refusal(core, *strategy, unknown->reason, visitor);
      return Again{.is_forgotten = true};
    }
    if (const auto* made = std::get_if<MadeAlready>(&found)) return made_already(core, *made, realm);
    bool was_used = false;
    auto completion = complete(core, noticing_use(std::get<SignedIn>(std::move(found)), was_used), request);
    if (completion) return signed_in(core, *strategy, *completion, request.remember_device);
    if (!is_refusal(completion.error())) return std::move(completion).error();
    why = completion.error().reason;
    if (completion.error().code == ErrorCode::insufficient_user_authentication) {
      log_refusal(core, *strategy, why, visitor);
      return forgotten(core, *strategy, kept, visitor);
    }
    // Whoever is quicker uses the text up; the next look says what became of it.
    if (!was_used) break;
  }
  log_refusal(core, *strategy, why, visitor);
  return Again{};
}

sessions::FormSecret form_secret_of(const Core& core, const Claims& session) {
  std::array<std::byte, sizeof session.numbers.token> number{};
  std::memcpy(number.data(), &session.numbers.token, number.size());
  const auto digest = core.form_mac(number);
  sessions::FormSecret secret{};
  std::copy_n(digest.begin(), secret.size(), secret.begin());
  return secret;
}

}  // namespace rowan::engine
