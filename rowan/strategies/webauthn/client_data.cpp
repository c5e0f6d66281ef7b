#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/strategies/webauthn/client_data.hpp>

namespace rowan::strategies::webauthn {

namespace {

Error not_client_data(const char* what) {
  return Error{.code = ErrorCode::malformed_request, .reason = std::string("client data: ") + what};
}

Result<std::string> text_at(const Json& object, std::string_view name) {
  const auto member = object.find(name);
  const auto text = member ? member->as_text() : std::nullopt;
  if (!text) return not_client_data("a member is missing or is no text");
  return std::string(*text);
}

}  // namespace

Result<ClientData> read_client_data(Bytes json) {
  auto text = as_text(json);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  ROWAN_TRY(const auto object, Json::parse(text, {.depth = 4, .bytes = most_client_data_bytes}));
  if (object.kind() != Json::Kind::object) return not_client_data("not an object");
  ClientData data;
  ROWAN_TRY(data.type, text_at(object, "type"));
  ROWAN_TRY(data.challenge, text_at(object, "challenge"));
  ROWAN_TRY(data.origin, text_at(object, "origin"));
  if (const auto cross_origin = object.find("crossOrigin")) {
    const auto value = cross_origin->as_boolean();
    if (!value) return not_client_data("crossOrigin is no boolean");
    data.cross_origin = *value;
  }
  if (object.find("topOrigin")) {
    ROWAN_TRY(data.top_origin, text_at(object, "topOrigin"));
  }
  return data;
}

bool has_challenge(const ClientData& data, Bytes challenge) {
  // An empty one would be found in any answer.
  return !challenge.empty() &&
         crypto::equal_in_constant_time(as_bytes(data.challenge), as_bytes(to_base64url(challenge)));
}

}  // namespace rowan::strategies::webauthn
