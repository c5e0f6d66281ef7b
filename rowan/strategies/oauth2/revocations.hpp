#pragma once
// Not installed. A provider is told that its tokens are over (RFC 7009), when it is disconnected or the account is
// closed: in the background, at best effort. The table rowan_provider_revocations.
#include <rowan/engine/strategy.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/strategies/oauth2/room.hpp>

namespace rowan::strategies::oauth2 {

/// For Strategy::tend: calls the provider for a few tokens, where some are due; looks every ten seconds. Each is tried
/// three times within about an hour. A provider that has no address for it is not asked.
std::function<Result<>(const Services&, bool last)> revoking(std::shared_ptr<const Room> room);
/// Those that nobody has revoked within a day.
Result<> expire_revocations(Sweep& sweep);

}  // namespace rowan::strategies::oauth2
