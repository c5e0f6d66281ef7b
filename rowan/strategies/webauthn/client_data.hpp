#pragma once
// Not installed. What the browser says about a ceremony (CollectedClientData, WebAuthn section 5.8.1). The signature
// covers its bytes, so they are hashed as they came.
#include <optional>
#include <rowan/strategies/webauthn/relying_party.hpp>

namespace rowan::strategies::webauthn {

inline constexpr std::size_t most_client_data_bytes = 8 * 1024;

struct ClientData {
  std::string type{}, challenge{}, origin{};
  bool cross_origin = false;
  std::optional<std::string> top_origin{};
};

/// One JSON object with at least type, challenge and origin; members that are not known are ignored, as the standard
/// asks. A byte order mark in front is dropped.
Result<ClientData> read_client_data(Bytes json);

/// Whether it names exactly these bytes, in constant time.
bool has_challenge(const ClientData& data, Bytes challenge);

}  // namespace rowan::strategies::webauthn
