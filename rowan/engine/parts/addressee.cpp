#include <rowan/base/try.hpp>
#include <rowan/engine/parts/addressee.hpp>
#include <rowan/engine/parts/new_account.hpp>

namespace rowan {

namespace {

using May = Addressee::May;

constexpr const char* register_mark = "register";

May what_it_may(const std::optional<accounts::Account>& account, const ByMail& options) {
  if (!account) return options.registration ? May::register_ : May::nothing;
  if (!account->usable()) return May::nothing;
  return account->user.confirmed_at ? May::sign_in : May::take_over;
}

Error refused(std::string reason) { return {.code = ErrorCode::authentication_failed, .reason = std::move(reason)}; }

bool is_marked(const tokens::Link& link, std::string_view mark) {
  const auto value = link.data.find(mark);
  return value && value->as_boolean().value_or(false);
}

}  // namespace

Result<Addressee> find_addressee(const PhaseContext& context, std::string_view typed, const ByMail& options) {
  ROWAN_TRY(auto email, EmailAddress::parse(typed));
  ROWAN_TRY(const auto account, context.services.database().read([&](SqlConnection& connection) {
    return accounts::find_by_email(connection, context.realm, email.key());
  }));
  Addressee addressee{.may = what_it_may(account, options),
                      .email = std::move(email),
                      .user = {},
                      .generation = 0,
                      .language = {},
                      .told = true};
  if (addressee.may == May::nothing) addressee.told = options.tell_unknown;
  if (account) {
    addressee.user = account->user;
    addressee.generation = account->generation;
  }
  addressee.language = letter_language(context, addressee.user ? &*addressee.user : nullptr);
  return addressee;
}

tokens::NewLink link_to(const PhaseContext& context, const Addressee& addressee, Purpose purpose,
                        std::chrono::seconds lifetime) {
  auto link = link_for(context, purpose, addressee.email.key(), lifetime);
  if (addressee.user && addressee.may != May::nothing) {
    link.account = addressee.user->id;
    link.generation = addressee.generation;
  }
  link.data = {
      {"address", addressee.to()}, {"return_to", context.return_to}, {register_mark, addressee.may == May::register_}};
  return link;
}

std::string registered_at(const PhaseContext& context, const Addressee& addressee) {
  return context.services.pages().moment(addressee.user ? addressee.user->created_at : context.services.clock().now(),
                                         addressee.language);
}

Result<Json> look_at_takeover(const PhaseContext& context, const tokens::Link& link) {
  ROWAN_TRY(const auto account, context.services.database().read([&](SqlConnection& connection) {
    return accounts::find(connection, link.account);
  }));
  const bool is_theirs = context.claims && context.claims->id() == link.account;
  return Json(
      {{"takes_over", account && !account->user.confirmed_at && !is_theirs},
       {"registered_at", account ? context.services.pages().moment(account->user.created_at, context.visitor.language)
                                 : std::string()}});
}

Result<SignedIn> sign_in_by_mail(const PhaseContext& context, std::string method, const tokens::Link& link,
                                 std::function<Result<bool>(Transaction&)> use) {
  SignedIn signed_in{.method = std::move(method), .apply = {}, .remember_me = context.inputs.flag("remember_me")};
  if (!is_marked(link, register_mark)) {
    if (link.account.is_nil()) return refused("a mail to an address nobody has");
    signed_in.apply = [link, use = std::move(use)](Transaction& transaction) -> Result<Applied> {
      ROWAN_TRY(const bool used, use(transaction));
      if (!used) return refused("used meanwhile");
      return Applied{.account = link.account, .generation = link.generation, .proven_address = link.address_key};
    };
    return signed_in;
  }
  const auto address = link.data.find("address");
  ROWAN_TRY(const auto email, EmailAddress::parse(address ? address->as_text().value_or("") : ""));
  // If someone registered the address in between, they have not proven that it is theirs: the next mail says so.
  ROWAN_TRY(auto registered, new_account(context, std::move(signed_in.method),
                                         {.email = email,
                                          .locale = context.visitor.language,
                                          .proven = true,
                                          .use_up = [use = std::move(use)](Transaction& transaction) -> Result<> {
                                            ROWAN_TRY(const bool used, use(transaction));
                                            return used ? Result<>() : refused("used meanwhile");
                                          },
                                          .when_taken = refused("the address was registered meanwhile")}));
  registered.remember_me = signed_in.remember_me;
  return registered;
}

}  // namespace rowan
