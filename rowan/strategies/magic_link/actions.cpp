#include <rowan/base/try.hpp>
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/magic_link/actions.hpp>

namespace rowan::strategies::magic_link {

namespace {

constexpr Purpose purpose = "magic_link", code_purpose = "magic_link_code";
const CodeShape code_shape{};

std::string template_of(Addressee::May may) {
  switch (may) {
    case Addressee::May::register_: return "magic_link/register";
    case Addressee::May::nothing: return "magic_link/unknown";
    default: return "magic_link/sign_in";
  }
}

bool is_elsewhere(const PhaseContext& context, const tokens::Link& link) {
  return !link.flow_hash.empty() && !caused(context, link);
}

Result<std::optional<tokens::Link>> look_at(const PhaseContext& context, std::string_view token) {
  return context.services.database().read([&](SqlConnection& connection) {
    return context.services.links().look(connection, token, purpose, context.realm);
  });
}

}  // namespace

Result<Accepted> request(const PhaseContext& context, const MagicLinkOptions& options) {
  using May = Addressee::May;
  const auto& services = context.services;
  ROWAN_TRY(const auto addressee,
            find_addressee(context, context.inputs.text("email"),
                           {.registration = options.registration, .tell_unknown = options.tell_unknown}));
  const auto until = services.clock().now() + options.lifetime;
  Accepted accepted{.words = {},
                    .view = options.same_browser ? "magic_link/requested_with_code.html" : "magic_link/requested.html",
                    .fields = Json({}),
                    .flow = {}};
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) -> Result<> {
    auto link = link_to(context, addressee, purpose, options.lifetime);
    std::string shown_code;
    if (options.same_browser) {
      const auto code = make_code(code_shape, services.random());
      auto about = link;
      about.purpose = code_purpose;
      const bool fits = addressee.may != Addressee::May::nothing;
      ROWAN_TRY(accepted.flow, services.codes().issue(transaction, {.about = about,
                                                                    .flow = std::string(context.inputs.text("flow")),
                                                                    .code = fits ? code : ""}));
      link.flow = accepted.flow;
      shown_code = shown(code);
    }
    ROWAN_TRY(const auto token, services.links().issue(transaction, link));
    const auto link_of = [&](May may) {
      return may == May::nothing ? context.page_url(PageName::register_) : context.token_url(page, token);
    };
    std::vector<OtherLetter> letters;
    for (const auto may : {May::sign_in, options.registration ? May::register_ : May::nothing})
      letters.push_back({.name = template_of(may), .link = link_of(may)});
    return put_letter(
        transaction, context,
        {.name = template_of(addressee.may),
         .to = addressee.to(),
         .language = addressee.language,
         .data = joined(who_asked(context, addressee.language, link_of(addressee.may), until), {{"code", shown_code}}),
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

Result<SignedIn> sign_in(const PhaseContext& context, const MagicLinkOptions& options) {
  const std::string token(context.inputs.text("token"));
  ROWAN_TRY(const auto link, look_at(context, token));
  if (!link) return wrong_credential("bad, expired or used magic link");
  if (is_elsewhere(context, *link)) return wrong_credential("a magic link of another browser");
  return sign_in_by_mail(
      context, options.name, *link,
      [&services = context.services, token, realm = context.realm](Transaction& transaction) -> Result<bool> {
        ROWAN_TRY(const auto used, services.links().consume(transaction, token, purpose, realm));
        if (!used) return false;
        // The code of the same mail dies with it.
        ROWAN_CHECK(services.codes().end_all_for(transaction, used->account, used->address_key, code_purpose, realm));
        return true;
      });
}

Result<SignedIn> sign_in_with_code(const PhaseContext& context, const MagicLinkOptions& options) {
  const auto typed = context.inputs.text("code");
  ROWAN_TRY(const auto guessed, guess_code(context, code_shape, typed, code_purpose, limits_of_guesses(options)));
  ROWAN_TRY(auto signed_in,
            sign_in_by_mail(
                context, options.name, guessed.right.about,
                [&services = context.services, right = guessed.right,
                 realm = context.realm](Transaction& transaction) -> Result<bool> {
                  ROWAN_TRY(const bool used, services.codes().consume(transaction, right, code_purpose, realm));
                  // Its link, and those of its siblings, die with it.
                  if (used)
                    ROWAN_CHECK(services.links().end_all_for(transaction, right.about.address_key, purpose, realm));
                  return used;
                }));
  signed_in.guess = guessed.guess;
  return signed_in;
}

Result<Json> look(const PhaseContext& context, std::string_view token, const MagicLinkOptions&) {
  ROWAN_TRY(const auto link, look_at(context, token));
  if (!link) return wrong_credential("bad, expired or used magic link");
  const auto flag = [&](std::string_view name) {
    const auto value = link->data.find(name);
    return value && value->as_boolean().value_or(false);
  };
  const bool elsewhere = is_elsewhere(context, *link);
  ROWAN_TRY(const auto takeover, look_at_takeover(context, *link));
  const auto back = link->data.find("return_to");
  return joined(joined(who_asked(context.services.pages(), context.visitor.language, *link), takeover),
                {{"token", token},
                 {"account_email", link->data.find("address")},
                 {"return_to", back ? back->as_text().value_or("") : ""},
                 {"registers", flag("register")},
                 {"elsewhere", elsewhere},
                 {"here", !elsewhere && !flag("register")},
                 {"here_registers", !elsewhere && flag("register")}});
}

}  // namespace rowan::strategies::magic_link
