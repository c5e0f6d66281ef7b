#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/mailed_code.hpp>
#include <rowan/engine/phase_parts.hpp>
#include <rowan/strategies/magic_link/actions.hpp>

namespace rowan::strategies::magic_link {

namespace {

constexpr std::string_view purpose = "magic_link", code_purpose = "magic_link_code";
const CodeShape code_shape{};

std::string template_of(Addressee::May may) {
  switch (may) {
    case Addressee::May::register_: return "magic_link/register";
    case Addressee::May::nothing: return "magic_link/unknown";
    default: return "magic_link/sign_in";
  }
}

// The browser is remembered by a keyless hash: the flow is 256 random bits.
std::string browser_mark(std::string_view flow) { return to_base64url(crypto::sha256(as_bytes(flow))); }

bool is_elsewhere(const PhaseContext& context, const tokens::Link& link) {
  const auto mark = link.data.find("browser");
  if (!mark) return false;
  const auto here = browser_mark(context.inputs.text("flow"));
  return !crypto::equal_in_constant_time(as_bytes(mark->as_text().value_or("")), as_bytes(here));
}

Result<std::optional<tokens::Link>> look_at(const PhaseContext& context, std::string_view token) {
  return context.spine.database.read([&](SqlConnection& connection) {
    return context.spine.links.look(connection, token, purpose, context.tenant, context.subject);
  });
}

}  // namespace

Result<Accepted> request(const PhaseContext& context, const MagicLinkOptions& options) {
  using May = Addressee::May;
  const auto& spine = context.spine;
  ROWAN_TRY(const auto addressee, find_addressee(context, context.inputs.text("email"),
                                                 {.registration = options.registration,
                                                  .tell_unknown = options.tell_unknown,
                                                  .on_unconfirmed = options.on_unconfirmed}));
  const auto until = spine.clock.now() + options.lifetime;
  const auto letters = letters_with(
      context, {template_of(May::sign_in), template_of(options.registration ? May::register_ : May::nothing)});
  Accepted accepted{.words = {},
                    .view = options.same_browser ? "magic_link/requested_with_code.html" : "magic_link/requested.html",
                    .fields = Json({}),
                    .flow = {}};
  ROWAN_CHECK(spine.database.transact([&](Transaction& transaction) -> Result<> {
    auto link = link_to(context, addressee, purpose, options.lifetime);
    std::string shown_code;
    if (options.same_browser) {
      const auto code = make_code(code_shape, spine.random);
      auto about = link;
      about.purpose = code_purpose;
      const bool fits = addressee.may != Addressee::May::nothing && addressee.may != Addressee::May::confirm;
      ROWAN_TRY(accepted.flow, spine.codes.issue(transaction, {.about = about,
                                                               .flow = std::string(context.inputs.text("flow")),
                                                               .code = fits && !context.muted ? code : ""}));
      link.data = joined(link.data, {{"browser", browser_mark(accepted.flow)}});
      shown_code = shown(code);
    }
    if (addressee.may == Addressee::May::confirm) return ask_to_confirm(transaction, context, addressee, letters);
    ROWAN_TRY(const auto token, spine.links.issue(transaction, link));
    const auto target =
        addressee.may == Addressee::May::nothing ? context.url("/register") : context.token_url(page, token);
    return put_letter(transaction, context,
                      {.name = template_of(addressee.may),
                       .to = addressee.to(),
                       .language = addressee.language,
                       .data = joined(who_asked(context, addressee.language, target, until),
                                      {{"code", shown_code}, {"registered_at", registered_at(context, addressee)}}),
                       .instead = letters},
                      until, addressee.told);
  }));
  accepted.fields = {{"values", {{"email", context.inputs.text("email")}}}};
  return accepted;
}

Result<SignedIn> sign_in(const PhaseContext& context, const MagicLinkOptions& options) {
  const std::string token(context.inputs.text("token"));
  ROWAN_TRY(const auto link, look_at(context, token));
  if (!link) return wrong_credential("bad, expired or used magic link");
  if (is_elsewhere(context, *link)) return wrong_credential("a magic link of another browser");
  return sign_in_by_mail(
      context, options.name, *link,
      [&spine = context.spine, token, tenant = std::string(context.tenant),
       subject = std::string(context.subject)](Transaction& transaction) -> Result<bool> {
        ROWAN_TRY(const auto used, spine.links.consume(transaction, token, purpose, tenant, subject));
        if (!used) return false;
        // The code of the same mail dies with it.
        ROWAN_CHECK(
            spine.codes.end_all_for(transaction, used->account, used->address_key, code_purpose, tenant, subject));
        return true;
      });
}

Result<SignedIn> sign_in_with_code(const PhaseContext& context, const MagicLinkOptions& options) {
  ROWAN_TRY(const auto right, guess_code(context, code_shape, context.inputs.text("code"), code_purpose));
  return sign_in_by_mail(
      context, options.name, right.about,
      [&spine = context.spine, right, tenant = std::string(context.tenant),
       subject = std::string(context.subject)](Transaction& transaction) -> Result<bool> {
        ROWAN_TRY(const bool used, spine.codes.consume(transaction, right, code_purpose, tenant, subject));
        // Its link, and those of its siblings, die with it.
        if (used) ROWAN_CHECK(spine.links.end_all_for(transaction, right.about.address_key, purpose, tenant, subject));
        return used;
      });
}

Result<Json> look(const PhaseContext& context, std::string_view token, const MagicLinkOptions&) {
  ROWAN_TRY(const auto link, look_at(context, token));
  if (!link) return wrong_credential("bad, expired or used magic link");
  const auto flag = [&](std::string_view name) {
    const auto value = link->data.find(name);
    return value && value->as_boolean().value_or(false);
  };
  const bool elsewhere = is_elsewhere(context, *link);
  const auto back = link->data.find("return_to");
  return joined(who_asked(context.spine.pages, context.visitor.language, *link),
                {{"token", token},
                 {"account_email", link->data.find("address")},
                 {"return_to", back ? back->as_text().value_or("") : ""},
                 {"registers", flag("register")},
                 {"takes_over", flag("take_over")},
                 {"elsewhere", elsewhere},
                 {"here", !elsewhere && !flag("register")},
                 {"here_registers", !elsewhere && flag("register")}});
}

}  // namespace rowan::strategies::magic_link
