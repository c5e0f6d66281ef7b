#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/spine.hpp>

namespace rowan {

Result<SignedIn> new_account(const PhaseContext& context, std::string method, AccountToMake to_make) {
  const auto& services = context.services;
  ROWAN_TRY(auto numbers, tokens::NewAccountNumbers::take(engine_spine(services).numbers));
  const accounts::NewAccount account{.id = AccountId::make(services.clock(), services.random()),
                                     .realm = context.realm,
                                     .generation = numbers->generation.number(),
                                     .tenant_generation = numbers->tenant_generation.number(),
                                     .locale = to_make.locale,
                                     .extra = to_make.extra,
                                     .verified_at = {}};
  return SignedIn{
      .method = std::move(method),
      .apply = [&services, account, to_make = std::move(to_make)](Transaction& transaction) -> Result<Applied> {
        if (to_make.use_up) ROWAN_CHECK(to_make.use_up(transaction));
        ROWAN_TRY(const bool made, accounts::create(transaction, account, to_make.email, services.clock().now()));
        if (!made) return to_make.when_taken;
        if (to_make.keep) ROWAN_CHECK(to_make.keep(transaction, account.id));
        return Applied{.account = account.id,
                       .generation = account.generation,
                       .registered = true,
                       .proven_address = to_make.proven ? to_make.email.key() : EmailKey()};
      },
      .numbers = std::move(numbers)};
}

}  // namespace rowan
