#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/try.hpp>
#include <rowan/strategies/webauthn/authenticator_data.hpp>
#include <rowan/strategies/webauthn/responses.hpp>

namespace rowan::strategies::webauthn {

namespace {

constexpr std::size_t most_transports = 8, most_transport_size = 32;

struct Envelope {
  std::vector<std::byte> credential_id{};
  Json response = nullptr;
  std::optional<Json> extensions{};
};

Result<std::vector<std::byte>> bytes_at(std::string_view step, const Json& object, const char* name) {
  const auto member = object.find(name);
  const auto text = member ? member->as_text() : std::nullopt;
  auto bytes = text ? from_base64url(*text) : std::nullopt;
  if (!bytes) return refused(step, std::string(name) + " is missing or not base64url");
  return std::move(*bytes);
}

bool says(const Json& object, const char* name, std::string_view value) {
  const auto member = object.find(name);
  return member && member->as_text() == value;
}

Result<Envelope> read_envelope(std::string_view step, std::string_view json) {
  const auto credential = Json::parse(json, {.depth = 8, .bytes = most_response_bytes});
  if (!credential) return refused(step, credential.error().reason);
  if (!says(*credential, "type", "public-key")) return refused(step, "not of the type public-key");
  Envelope envelope;
  ROWAN_TRY(envelope.credential_id, bytes_at(step, *credential, "rawId"));
  if (envelope.credential_id.empty() || envelope.credential_id.size() > most_credential_id_bytes)
    return refused(step, "a credential id of " + std::to_string(envelope.credential_id.size()) + " bytes");
  if (!says(*credential, "id", to_base64url(envelope.credential_id))) return refused(step, "id and rawId differ");
  const auto response = credential->find("response");
  if (!response || response->kind() != Json::Kind::object) return refused(step, "there is no response");
  envelope.response = *response;
  envelope.extensions = credential->find("clientExtensionResults");
  return envelope;
}

bool is_transport(std::string_view text) {
  return !text.empty() && text.size() <= most_transport_size &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

/// Hints for a later request, so one that makes no sense is left out.
std::vector<std::string> transports_in(const Json& response) {
  std::vector<std::string> transports;
  const auto list = response.find("transports");
  if (!list) return transports;
  for (const auto& item : list->items()) {
    const auto text = item.as_text();
    if (text && is_transport(*text) && transports.size() < most_transports) transports.emplace_back(*text);
  }
  return transports;
}

}  // namespace

Result<RegistrationResponse> read_registration(std::string_view json) {
  constexpr auto step = "7.1 step 3";
  ROWAN_TRY(auto envelope, read_envelope(step, json));
  RegistrationResponse read{.credential_id = std::move(envelope.credential_id)};
  ROWAN_TRY(read.client_data, bytes_at(step, envelope.response, "clientDataJSON"));
  ROWAN_TRY(read.attestation_object, bytes_at(step, envelope.response, "attestationObject"));
  read.transports = transports_in(envelope.response);
  // Step 4. The only output that is asked for.
  const auto properties = envelope.extensions ? envelope.extensions->find("credProps") : std::nullopt;
  const auto resident = properties ? properties->find("rk") : std::nullopt;
  if (resident) read.discoverable = resident->as_boolean();
  return read;
}

Result<AssertionResponse> read_assertion(std::string_view json) {
  constexpr auto step = "7.2 step 3";
  ROWAN_TRY(auto envelope, read_envelope(step, json));
  AssertionResponse read{.credential_id = std::move(envelope.credential_id)};
  ROWAN_TRY(read.client_data, bytes_at(step, envelope.response, "clientDataJSON"));
  ROWAN_TRY(read.authenticator_data, bytes_at(step, envelope.response, "authenticatorData"));
  ROWAN_TRY(read.signature, bytes_at(step, envelope.response, "signature"));
  const auto handle = envelope.response.find("userHandle");
  if (handle && handle->kind() != Json::Kind::null) {
    ROWAN_TRY(read.user_handle, bytes_at(step, envelope.response, "userHandle"));
  }
  if (read.user_handle.size() > most_user_handle_bytes) return refused(step, "a user handle of more than 64 bytes");
  return read;
}

}  // namespace rowan::strategies::webauthn
