#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/addressee.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/match.hpp>
#include <rowan/strategies/oauth2/resolve.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr Purpose match_purpose = "provider_match";
constexpr std::int64_t guesses_at_a_match = 5;

}  // namespace

GuessLimits limits_of_match(const Room& room) { return limits_of_codes(room.name, 10); }

Result<Accepted> ask_owner(const PhaseContext& asked, const Room& room, const Person& person,
                           const accounts::Account& account, const std::string& return_to) {
  const auto& services = asked.services;
  const auto& owner = account.user;
  ROWAN_TRY(const auto email, EmailAddress::parse(owner.email));
  // The provider said the address, so no input of the phase did: it is counted here, with the other mailed codes.
  ROWAN_TRY(const bool over, count_mail(asked, email.key(), "code", 5, room.limits.lifetime));
  auto context = asked;
  context.muted = over || !account.usable();
  const auto until = services.clock().now() + room.limits.lifetime;
  const auto language = letter_language(context, &owner);
  auto about = link_for(context, match_purpose, email.key(), room.limits.lifetime);
  about.account = owner.id;
  about.generation = account.generation;
  about.data = {{"provider", person.provider},
                {"uid", person.uid},
                {"email", shown_email(person)},
                {"origin", person.origin},
                {"return_to", return_to}};
  Accepted accepted{.view = room.confirm_page};
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) -> Result<> {
    const auto code = make_code(CodeShape{}, services.random());
    ROWAN_TRY(accepted.flow,
              services.codes().issue(transaction, {.about = about, .code = code, .max_attempts = guesses_at_a_match}));
    return put_letter(transaction, context,
                      {.name = "oauth2/confirm",
                       .to = owner.email,
                       .language = language,
                       .data = joined(who_asked(context, language, {}, until),
                                      {{"code", shown(code)}, {"provider_name", room.label}})},
                      until);
  }));
  accepted.fields = {{"values", {{"email", email.shown()}, {"match", tokens::id_of_flow(accepted.flow)}}},
                     {"provider_name", room.label},
                     {"lifetime", services.pages().duration(room.limits.lifetime, asked.visitor.language)}};
  return accepted;
}

Result<SignedIn> confirm_match_of(const PhaseContext& context, const Room& room, const RoomOfProvider& room_of) {
  ROWAN_TRY(const auto guessed,
            guess_code(context, CodeShape{}, context.inputs.text("code"), match_purpose, limits_of_match(room)));
  const auto& about = guessed.right.about;
  Person person{.provider = text_of(about.data, "provider"),
                .uid = text_of(about.data, "uid"),
                .email = text_of(about.data, "email"),
                .strategy = room.name};
  ROWAN_TRY(const auto of_provider, room_of(person.provider));
  if (!of_provider) return wrong_credential(room.name + ": a code for the person of another provider");
  ROWAN_TRY(auto signed_in, sign_in_by_mail(context, room.name, about,
                                            [&codes = context.services.codes(), right = guessed.right,
                                             realm = context.realm](Transaction& transaction) {
                                              return codes.consume(transaction, right, match_purpose, realm);
                                            }));
  signed_in.guess = guessed.guess;
  signed_in.origin = about.data.find("origin").value_or(Json({}));
  signed_in.return_to = text_of(about.data, "return_to");
  signed_in.keep = keeping(context, *of_provider, std::move(person), about.account);
  return signed_in;
}

Result<SignedIn> confirm_match(const PhaseContext& context, const Room& room) {
  return confirm_match_of(context, room, [&](const std::string& provider) -> Result<std::optional<Room>> {
    return provider == room.source->key() ? std::optional(room) : std::nullopt;
  });
}

}  // namespace rowan::strategies::oauth2
