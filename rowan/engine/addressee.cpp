#include <rowan/base/try.hpp>
#include <rowan/engine/addressee.hpp>

namespace rowan {

namespace {

using May = Addressee::May;
using namespace std::chrono_literals;

constexpr const char *take_over_mark = "take_over", *register_mark = "register";

const Strategy* confirmer(const PhaseContext& context) {
  for (const auto& strategy : context.strategies)
    if (strategy.confirming.ask) return &strategy;
  return nullptr;
}

May what_it_may(const PhaseContext& context, const std::optional<accounts::Account>& account, const ByMail& options) {
  if (!account) return options.registration ? May::register_ : May::nothing;
  if (!account->usable()) return May::nothing;
  if (account->user.confirmed_at || confirmer(context) == nullptr) return May::sign_in;
  return options.on_unconfirmed == OnUnconfirmed::take_over ? May::take_over : May::confirm;
}

bool is_marked(const tokens::Link& link, std::string_view mark) {
  const auto value = link.data.find(mark);
  return value && value->as_boolean().value_or(false);
}

}  // namespace

Result<Addressee> find_addressee(const PhaseContext& context, std::string_view typed, const ByMail& options) {
  ROWAN_TRY(auto email, EmailAddress::parse(typed));
  ROWAN_TRY(const auto account, context.spine.database.read([&](SqlConnection& connection) {
    return accounts::find_by_email(connection, context.tenant, context.subject, email.key());
  }));
  Addressee addressee{.may = what_it_may(context, account, options),
                      .email = std::move(email),
                      .user = {},
                      .generation = 0,
                      .language = {},
                      .told = true};
  if (addressee.may == May::nothing) {
    addressee.told = options.tell_unknown;
  } else if (account) {
    addressee.user = account->user;
    addressee.generation = account->generation;
  }
  addressee.language = letter_language(context, addressee.user ? &*addressee.user : nullptr);
  return addressee;
}

tokens::NewLink link_to(const PhaseContext& context, const Addressee& addressee, std::string_view purpose,
                        std::chrono::seconds lifetime) {
  auto link = link_for(context, purpose, addressee.email.key(), lifetime);
  if (addressee.user) {
    link.account = addressee.user->id;
    link.generation = addressee.generation;
  }
  link.data = {{"address", addressee.to()},
               {"return_to", context.return_to},
               {take_over_mark, addressee.may == May::take_over},
               {register_mark, addressee.may == May::register_}};
  return link;
}

std::vector<std::string> letters_with(const PhaseContext& context, std::vector<std::string> own) {
  if (const auto* confirming = confirmer(context)) own.push_back(confirming->confirming.letter);
  return own;
}

std::string registered_at(const PhaseContext& context, const Addressee& addressee) {
  return context.spine.pages.moment(addressee.user ? addressee.user->created_at : context.spine.clock.now(),
                                    addressee.language);
}

Result<> ask_to_confirm(Transaction& transaction, const PhaseContext& context, const Addressee& addressee,
                        const std::vector<std::string>& instead) {
  return confirmer(context)->confirming.ask(transaction, context, *addressee.user, addressee.generation, instead);
}

Result<SignedIn> sign_in_by_mail(const PhaseContext& context, std::string method, const tokens::Link& link,
                                 std::function<Result<bool>(Transaction&)> use) {
  const auto& spine = context.spine;
  SignedIn signed_in{.method = std::move(method), .apply = {}, .remember_me = context.inputs.flag("remember_me")};
  if (!is_marked(link, register_mark)) {
    if (link.account.is_nil())
      return Error{.code = ErrorCode::authentication_failed, .reason = "a mail to an address nobody has"};
    signed_in.apply = [link, use = std::move(use)](Transaction& transaction) -> Result<Applied> {
      ROWAN_TRY(const bool used, use(transaction));
      if (!used) return Error{.code = ErrorCode::authentication_failed, .reason = "used meanwhile"};
      return Applied{.account = link.account,
                     .generation = link.generation,
                     .proven_address = link.address_key,
                     .taken_over = is_marked(link, take_over_mark)};
    };
    return signed_in;
  }
  const auto address = link.data.find("address");
  ROWAN_TRY(const auto email, EmailAddress::parse(address ? address->as_text().value_or("") : ""));
  ROWAN_TRY(const auto generation, spine.numbers.take());
  ROWAN_TRY(const auto tenant_generation, spine.numbers.take());
  const accounts::NewAccount account{.id = AccountId::make(spine.clock, spine.random),
                                     .tenant = std::string(context.tenant),
                                     .subject = std::string(context.subject),
                                     .generation = generation,
                                     .tenant_generation = tenant_generation,
                                     .locale = context.visitor.language,
                                     .extra = Json({}),
                                     .verified_at = {}};
  signed_in.apply = [&spine, account, email, use = std::move(use)](Transaction& transaction) -> Result<Applied> {
    ROWAN_TRY(const bool used, use(transaction));
    if (!used) return Error{.code = ErrorCode::authentication_failed, .reason = "used meanwhile"};
    ROWAN_TRY(const bool made, accounts::create(transaction, account, email, spine.clock.now()));
    // Whoever registered in between did not show that the address is theirs: the next mail will say what there is.
    if (!made) return Error{.code = ErrorCode::authentication_failed, .reason = "the address was registered meanwhile"};
    return Applied{
        .account = account.id, .generation = account.generation, .registered = true, .proven_address = email.key()};
  };
  return signed_in;
}

std::vector<RateLimit> guess_limits(std::int64_t per_client, std::int64_t per_account) {
  using protection::OverLimit;
  return {{.name = "guess/client", .per = RateLimit::Per::client, .max = per_client, .window = 5min},
          {.name = "guess/account",
           .per = RateLimit::Per::identifier,
           .input = "email",
           .max = per_account,
           .window = 15min,
           .after_success = RateLimit::AfterSuccess::given_back,
           .over = OverLimit::wrong_credential},
          {.name = "guess/consecutive",
           .per = RateLimit::Per::identifier,
           .input = "email",
           .max = 100,
           .window = std::chrono::days(1),
           .after_success = RateLimit::AfterSuccess::cleared,
           .over = OverLimit::lock}};
}

}  // namespace rowan
