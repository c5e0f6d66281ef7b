#pragma once
// A provider, a flow and a time for the tests.
#include <rowan/strategies/oauth2/authorization.hpp>
#include <rowan/testing/fake_http_client.hpp>
#include <rowan/testing/fake_random.hpp>

namespace rowan::strategies::oauth2::for_tests {

using rowan::testing::FakeHttpClient;

inline const Timestamp now{std::chrono::seconds(1'800'000'000)};

inline Provider a_provider() {
  return {.name = "forge",
          .authorize_url = "https://idp.example/authorize",
          .token_url = "https://idp.example/token",
          .user_url = "https://idp.example/user",
          .client_id = "client",
          .client_secret = std::make_shared<Secret>(Secret::from_text("secret"))};
}

inline Flow a_flow() {
  return {
      .redirect_uri = "https://notes.example/auth/user/forge/callback", .state = "state", .code_verifier = "verifier"};
}

}  // namespace rowan::strategies::oauth2::for_tests
