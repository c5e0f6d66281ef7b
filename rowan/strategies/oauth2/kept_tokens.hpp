#pragma once
// Not installed. What a provider gave for a person, sealed, for the application to call it
// (ProviderAccounts::keep_tokens): the table rowan_provider_tokens.
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/person.hpp>

namespace rowan::strategies::oauth2 {

/// In the transaction that puts or finds the person on this account. A refresh token from before stays where the
/// provider gives none again. Without Person::tokens nothing is done.
Result<> keep_tokens(Transaction& transaction, const Services& services, const Person& person, AccountId account);
/// Of this provider; of all of them. The provider is told in the background (revocations.hpp).
Result<> forget_tokens(Transaction& transaction, AccountId account, std::string_view provider);
Result<> forget_tokens(Transaction& transaction, AccountId account);

struct KeptTokens {
  Secret access_token;
  std::optional<Secret> refresh_token{};
  std::string uid{}, scope{};
  std::optional<Timestamp> expires_at{};
  std::int64_t version = 0;
  bool outdated = false;  // sealed under an older master secret
};
/// Nullopt when there are none, or none that still opens.
Result<std::optional<KeptTokens>> find_tokens(SqlConnection& connection, const Services& services, AccountId account,
                                              std::string_view provider);
/// The tokens of such a row; nullopt when they do not open.
std::optional<KeptTokens> open_tokens(const Services& services, AccountId account, std::string_view provider,
                                      const SqlRow& row);
/// For at most one caller within `lasts`, and for none when the row has another version by now. Clocks of nodes may
/// differ by a few minutes: a claim that ends later than that is of a clock that was wrong, and does not hold.
Result<bool> claim_refresh(Transaction& transaction, AccountId account, std::string_view provider, std::int64_t version,
                           Timestamp now, std::chrono::seconds lasts);
/// The claim ends without new tokens.
Result<> give_up_refresh(Transaction& transaction, AccountId account, std::string_view provider, std::int64_t version);
/// New ones in place of those with this version; false when others are there by now.
Result<bool> replace_tokens(Transaction& transaction, const Services& services, AccountId account,
                            std::string_view provider, std::int64_t version, const Tokens& tokens, Timestamp now);
/// Sealed anew, as they are.
Result<> reseal_tokens(Transaction& transaction, const Services& services, AccountId account, std::string_view provider,
                       const KeptTokens& tokens);
/// Those with this version, which the provider does not take any more.
Result<> drop_tokens(Transaction& transaction, AccountId account, std::string_view provider, std::int64_t version);

}  // namespace rowan::strategies::oauth2
