#include <rowan/base/try.hpp>
#include <rowan/strategies/otp/actions.hpp>

namespace rowan::strategies::otp {

namespace {

constexpr Purpose purpose = "otp";

std::string template_of(Addressee::May may) {
  switch (may) {
    case Addressee::May::register_: return "otp/register";
    case Addressee::May::take_over: return "otp/take_over";
    case Addressee::May::nothing: return "otp/unknown";
    default: return "otp/sign_in";
  }
}

}  // namespace

Result<Accepted> request(const PhaseContext& context, const OtpOptions& options) {
  using May = Addressee::May;
  const auto& services = context.services;
  ROWAN_TRY(const auto addressee,
            find_addressee(context, context.inputs.text("email"),
                           {.registration = options.registration, .tell_unknown = options.tell_unknown}));
  const auto until = services.clock().now() + options.lifetime;
  const auto link_of = [&](May may) {
    return may == May::nothing ? context.page_url(PageName::register_) : std::string();
  };
  std::vector<OtherLetter> letters;
  for (const auto may : {May::sign_in, May::take_over, options.registration ? May::register_ : May::nothing})
    letters.push_back({.name = template_of(may), .link = link_of(may)});
  Accepted accepted{.words = {}, .view = "otp/enter_code.html", .fields = Json({}), .flow = {}};
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) -> Result<> {
    const auto code = make_code(options.code, services.random());
    const bool fits = addressee.may != May::nothing;
    const auto about = link_to(context, addressee, purpose, options.lifetime);
    ROWAN_TRY(accepted.flow, services.codes().issue(transaction, {.about = about,
                                                                  .flow = std::string(context.inputs.text("flow")),
                                                                  .code = fits ? code : std::string(),
                                                                  .max_attempts = options.attempts_per_code}));
    const auto link = link_of(addressee.may);
    return put_letter(transaction, context,
                      {.name = template_of(addressee.may),
                       .to = addressee.to(),
                       .language = addressee.language,
                       .data = joined(who_asked(context, addressee.language, link, until),
                                      {{"code", shown(code)}, {"registered_at", registered_at(context, addressee)}}),
                       .instead = letters},
                      until, addressee.told);
  }));
  // The same for every address: which sentence is said depends on the options alone (THR-06).
  accepted.fields = {{"values", {{"email", context.inputs.text("email")}}},
                     {"sent_to_all", options.registration},
                     {"sent_to_accounts", !options.registration},
                     {"lifetime", services.pages().duration(options.lifetime, context.visitor.language)}};
  return accepted;
}

Result<SignedIn> sign_in(const PhaseContext& context, const OtpOptions& options) {
  const auto typed = context.inputs.text("otp");
  ROWAN_TRY(const auto guessed, guess_code(context, options.code, typed, purpose, limits_of_guesses(options)));
  ROWAN_TRY(auto signed_in, sign_in_by_mail(context, options.name, guessed.right.about,
                                            [&codes = context.services.codes(), right = guessed.right,
                                             realm = context.realm](Transaction& transaction) {
                                              return codes.consume(transaction, right, purpose, realm);
                                            }));
  signed_in.guess = guessed.guess;
  return signed_in;
}

}  // namespace rowan::strategies::otp
