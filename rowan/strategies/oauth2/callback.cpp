#include <algorithm>
#include <rowan/strategies/oauth2/back_channel.hpp>
#include <rowan/strategies/oauth2/callback.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr std::size_t most_state_bytes = 128, most_code_bytes = 4096;

Error refused(const Provider& provider, std::string_view what) {
  return Error{.code = ErrorCode::authentication_failed, .reason = provider.name + ": " + std::string(what)};
}

}  // namespace

Result<std::string> state_of(const http::Fields& fields) {
  const auto state = fields.find({"state"});
  if (!state || state->empty() || state->size() > most_state_bytes || !is_visible(*state))
    return Error{.code = ErrorCode::malformed_request, .reason = "callback: no state that could be ours"};
  return std::string(*state);
}

Result<std::string> code_of(const http::Fields& fields, const Provider& provider) {
  const auto issuer = fields.find({"iss"}), error = fields.find({"error"}), code = fields.find({"code"});
  if (issuer && !provider.issuer.empty() && *issuer != provider.issuer)
    return refused(provider, "the callback comes from another issuer");
  if (!issuer && provider.announces_issuer)
    return refused(provider, "the callback does not say its issuer, as announced");
  if (error && code) return refused(provider, "the callback has a code and an error");
  if (error) return refused(provider, "it answered " + error_name(*error));
  if (!code || code->empty() || code->size() > most_code_bytes || !is_visible(*code))
    return refused(provider, "the callback has no code that could be one");
  return std::string(*code);
}

}  // namespace rowan::strategies::oauth2
