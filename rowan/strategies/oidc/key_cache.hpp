#pragma once
// Not installed. The keys of one provider, fetched when they are needed and kept for as long as it allows.
#include <memory>
#include <mutex>
#include <rowan/base/clock.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/http/client.hpp>
#include <rowan/strategies/oidc/single_flight.hpp>

namespace rowan::strategies::oidc {

/// Thread-safe.
class KeyCache {
 public:
  KeyCache(std::string keys_url, http::Reach reach) : url_(std::move(keys_url)), reach_(reach) {}

  /// The keys to verify this token with. May block (`Cost::outgoing`): the first time, when they are out of date, and
  /// when none has the token's kid, which happens once a minute at most, however many such tokens come. Never two
  /// fetches at once: who comes meanwhile waits for that one. `unavailable` when there are none that are in date; after
  /// a failure nothing is fetched for a second, then two, up to a minute.
  Result<std::shared_ptr<const crypto::jose::KeySet>> keys_for(http::Client& client, const Clock& clock,
                                                               const crypto::jose::Jws& token);

 private:
  using Elapsed = SingleFlight::Elapsed;
  bool wants_fetch(const crypto::jose::Jws& token, Elapsed now) const;
  http::OutgoingRequest request() const;
  void take(const http::OutgoingResponse& response, Elapsed now);

  const std::string url_;
  const http::Reach reach_;

  std::mutex mutex_{};
  SingleFlight flight_{};
  std::shared_ptr<const crypto::jose::KeySet> keys_{};
  std::string tag_{};               // the answer's ETag
  Elapsed fresh_until_{};           // of `keys_`
  std::optional<Elapsed> asked_{};  // when a fetch ended last
  std::string failure_{};           // of the last fetch; empty when it went well
};

}  // namespace rowan::strategies::oidc
