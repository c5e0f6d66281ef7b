#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/introspection.hpp>
#include <rowan/http/url.hpp>

namespace rowan::engine {

namespace {

struct Shown {
  std::string id{}, secret{};
};

// RFC 6749 section 2.3.1: both parts are encoded as a form's, then by base64 (RFC 7617).
std::optional<Shown> read_basic(std::string_view authorization) {
  constexpr std::string_view scheme = "basic ";
  constexpr std::size_t longest = 2048;
  if (authorization.size() <= scheme.size() || authorization.size() > longest) return std::nullopt;
  if (!std::ranges::equal(authorization.substr(0, scheme.size()), scheme,
                          [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; }))
    return std::nullopt;
  std::string text(authorization.substr(scheme.size()));
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  const auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  const auto pair = as_text(*bytes);
  const auto colon = pair.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto id = http::form_decode(pair.substr(0, colon)), secret = http::form_decode(pair.substr(colon + 1));
  if (!id || !secret) return std::nullopt;
  return Shown{.id = *std::move(id), .secret = *std::move(secret)};
}

// In one way only (RFC 6749 section 2.3).
std::optional<Shown> read_client(std::string_view authorization, const http::Fields& fields) {
  const auto id = fields.find({"client_id"}), secret = fields.find({"client_secret"});
  if (!authorization.empty()) return secret ? std::nullopt : read_basic(authorization);
  if (!id || !secret) return std::nullopt;
  return Shown{.id = std::string(*id), .secret = std::string(*secret)};
}

// In a time that tells neither how much of it was right nor which of them it is.
bool is_client(const IntrospectionClient& client, const Shown& shown) {
  const auto hash = [](std::string_view text) { return crypto::sha256(as_bytes(text)); };
  const auto is_same = [&](std::string_view a, std::string_view b) {
    return crypto::equal_in_constant_time(hash(a), hash(b));
  };
  bool is_secret = false;
  for (const auto& secret : client.secrets.newest_first()) is_secret |= is_same(secret.expose(), shown.secret);
  return is_same(client.id, shown.id) && is_secret;
}

// RFC 7662 section 2.2. A token that is anything but good is not active, and nothing more is said of it.
Result<Json> answer_about(Core& core, std::string_view token) {
  const Json inactive{{"active", false}};
  ROWAN_TRY(const auto checked, core.bearers.check(token, core.clock.now()));
  if (!checked) return inactive;
  ROWAN_TRY(const auto current, current_claims(core, checked->claims, checked->claims.realm));
  if (!current || (checked->key != 0 && core.revocation.is_dead(checked->key))) return inactive;
  ROWAN_TRY(const auto claims, tokens::BearerTokens::claims_of(token));
  std::vector<std::pair<std::string, Json>> members{{"active", true}, {"token_type", "Bearer"}};
  for (const auto& member : claims.fields_view()) members.push_back(member);
  return Json::object(members);
}

// Wrong secrets are counted; who has the right one asks as often as it likes.
Result<> count_wrong(Core& core, const http::IpAddress& client) {
  ROWAN_CHECK(core.limits.attempt(
      {{.scope = "introspection/client", .value = client.bucket(), .max = 20, .window = std::chrono::minutes(15)}}));
  return {};
}

}  // namespace

http::Response introspect(Auth& auth, const Arrival& arrival) {
  auto& core = core_of(auth);
  auto state = start_conn(&auth, arrival, nullptr, false);
  const auto say = [&](int status, const Json& json) {
    return http::Response{.status = status, .content_type = "application/json", .body = json.text()};
  };
  const auto answer = [&]() -> Result<http::Response> {
    const auto& fields = state->read_fields();
    if (!fields) return say(400, {{"error", "invalid_request"}});
    const auto shown = read_client(state->view().authorization, *fields);
    if (!shown || !is_client(*core.options.tokens.introspection, *shown)) {
      ROWAN_CHECK(count_wrong(core, state->client()));
      auto refusal = say(401, {{"error", "invalid_client"}});
      refusal.headers.add("WWW-Authenticate", "Basic realm=\"introspection\"");
      return refusal;
    }
    const auto token = fields->find({"token"});
    if (!token || token->empty()) return say(400, {{"error", "invalid_request"}});
    ROWAN_TRY(const auto about, answer_about(core, *token));
    return say(200, about);
  };
  auto response = answer();
  if (!response) {
    const auto& error = response.error();
    if (is_fault(error)) report_fault(*state, error);
    auto refusal = say(http_status(error.code), {{"error", public_name(error.code)}});
    if (error.retry_after) refusal.headers.set("Retry-After", std::to_string(error.retry_after->count()));
    return finish(*state, std::move(refusal));
  }
  return finish(*state, *std::move(response));
}

}  // namespace rowan::engine
