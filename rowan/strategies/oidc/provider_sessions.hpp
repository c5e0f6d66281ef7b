#pragma once
// Not installed. Which session of a provider our sessions and tokens came from (rowan_provider_sessions), and what
// providers have ended (rowan_provider_logouts). Functions inside the caller's transaction; no state.
#include <rowan/engine/services.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/tokens/claims.hpp>

namespace rowan::strategies::oidc {

/// A provider as one strategy of one subject has it. Whatever tenant the session is of: the provider knows one address
/// of ours for all of them.
struct OfProvider {
  std::string_view subject{}, strategy{}, provider{};
};

/// The provider's side of one sign-in.
struct ProviderSession {
  std::string uid{}, sid{};  // no sid: the provider does not tell its sessions apart
  Timestamp issued_at{};     // of the ID token
  std::string kept{};        // sealed: for signing out there
};

/// Remembers where this session or token came from. `authentication_failed` when the provider has ended that session
/// since: also when it does so at this moment, since both touch the same row.
Result<> remember(Transaction& transaction, const OfProvider& of, const ProviderSession& from, const Claims& claims,
                  Timestamp now);
/// The same for one that goes on from another, as far as that one came from this strategy. Refused when that one has
/// ended.
Result<> remember_again(Transaction& transaction, const OfProvider& of, std::int64_t goes_on_from, const Claims& claims,
                        Timestamp now);

/// What a provider ends.
struct Ended {
  std::string uid{}, sid{};  // with a sid that session alone, else all of the person's
  std::string token_id{};    // jti
  Timestamp issued_at{};
};
/// The sessions and tokens that are to end; their rows are gone. Nullopt when this token was taken before.
Result<std::optional<std::vector<Services::OneToken>>> end(Transaction& transaction, const OfProvider& of,
                                                           const Ended& ended, Timestamp now);

/// What was kept for signing out there; the row goes with its session.
struct Kept {
  std::string provider{}, uid{}, sealed{};
};
Result<std::optional<Kept>> take_kept(Transaction& transaction, std::string_view strategy, std::int64_t number);

Result<> forget_sessions(Transaction& transaction, AccountId account);
Result<> expire_sessions(Sweep& sweep);

}  // namespace rowan::strategies::oidc
