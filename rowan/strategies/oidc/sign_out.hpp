#pragma once
// Not installed. Signing out together with a provider: it ends our sessions (OpenID Connect Back-Channel Logout 1.0),
// and people who sign out here are led to it (RP-Initiated Logout 1.0).
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/logout_token.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oidc/provider_sessions.hpp>

namespace rowan::strategies::oidc {

/// What signing out at the provider takes.
struct ForSignOut {
  std::string url{};  // end_session_endpoint; empty: it has none, or nobody is led there
  std::string id_token{};
  std::string client_id{}, name{};  // of ours there; of the provider as people know it
  std::string provider{};           // IdentitySource::key
};

/// SignedIn::origin of this ID token.
Json origin_of(const Services& services, const crypto::jose::IdToken& verified, const ForSignOut& there);

/// What the phase and the hooks of one strategy go by.
struct SignOut {
  std::string strategy{};
  bool leads_there = false;
};

/// Sessions of this strategy remember where they came from, and are led there when their owner signs out.
void add_sign_out(Strategy& strategy, const SignOut& options);

/// A logout token that came by POST: verified, taken once, and everything that it names is over. Answers as section 2.8
/// wants it.
Result<Presented> end_by_provider(const PhaseContext& context, const OfProvider& of,
                                  const Result<crypto::jose::LogoutToken>& token);

/// The phase that takes it, in `path` below the strategy's; `run` gets the text of the token.
Phase backchannel_logout_phase(std::string path,
                               std::function<Result<Outcome>(const PhaseContext&, const std::string& token)> run);

}  // namespace rowan::strategies::oidc
