#pragma once
// Not installed. Where and when a mailed link is opened, and so whether it signs in.
#include <rowan/engine/phase_context.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan::add_ons::confirmation {

/// The session or bearer of this request is the account's own.
inline bool is_signed_in_as(const PhaseContext& context, AccountId account) {
  return !account.is_nil() && context.claims && context.claims->id() == account;
}

/// A mail is as good as a sign-in link for ten minutes (MFA-05).
inline bool is_recent(const PhaseContext& context, const tokens::Link& link) {
  return context.services.clock().now() < link.created_at + std::chrono::minutes(10);
}

}  // namespace rowan::add_ons::confirmation
