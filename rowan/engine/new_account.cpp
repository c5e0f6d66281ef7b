#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/new_account.hpp>

namespace rowan {

Result<SignedIn> new_account(const PhaseContext& context, std::string method, AccountToMake to_make) {
  const auto& spine = context.spine;
  ROWAN_TRY(auto numbers, tokens::NewAccountNumbers::take(spine.numbers));
  const accounts::NewAccount account{.id = AccountId::make(spine.clock, spine.random),
                                     .tenant = std::string(context.tenant),
                                     .subject = std::string(context.subject),
                                     .generation = numbers->generation.number(),
                                     .tenant_generation = numbers->tenant_generation.number(),
                                     .locale = to_make.locale,
                                     .extra = to_make.extra,
                                     .verified_at = {}};
  return SignedIn{
      .method = std::move(method),
      .apply = [&spine, account, to_make = std::move(to_make)](Transaction& transaction) -> Result<Applied> {
        if (to_make.use_up) ROWAN_CHECK(to_make.use_up(transaction));
        ROWAN_TRY(const bool made, accounts::create(transaction, account, to_make.email, spine.clock.now()));
        if (!made) return to_make.when_taken;
        if (to_make.keep) ROWAN_CHECK(to_make.keep(transaction, account.id));
        return Applied{.account = account.id,
                       .generation = account.generation,
                       .registered = true,
                       .proven_address = to_make.proven ? to_make.email.key() : std::string()};
      },
      .numbers = std::move(numbers)};
}

}  // namespace rowan
