#include <gtest/gtest.h>

#include <rowan/testing/fake_http_client.hpp>

namespace rowan::http {
namespace {

using testing::FakeHttpClient;

TEST(FakeHttpClients, AnswerWhatATestDeclaresAndRememberWhatTheyWereAsked) {
  FakeHttpClient fake;
  Client& client = fake;
  fake.on(Method::get, "https://idp.example/jwks", FakeHttpClient::json({{"keys", Json::array({})}}));
  EXPECT_EQ(client.send({.url = "https://idp.example/jwks"})->body, R"({"keys":[]})");
  fake.on(Method::get, "https://idp.example/jwks", {.status = 503});
  EXPECT_EQ(client.send({.url = "https://idp.example/jwks"})->status, 503);
  EXPECT_FALSE(client.send({.method = Method::post, .url = "https://idp.example/jwks"}));
  EXPECT_FALSE(client.send({.url = "https://idp.example/jwks?a=b"}));

  fake.on(Method::post, "https://idp.example/token", [](const OutgoingRequest& request) -> Result<OutgoingResponse> {
    if (request.body == "lost") return Error{.code = ErrorCode::unavailable, .effect = Effect::unknown};
    return OutgoingResponse{.status = 200, .body = request.body};
  });
  EXPECT_EQ(client.send({.method = Method::post, .url = "https://idp.example/token", .body = "b"})->body, "b");
  EXPECT_EQ(client.send({.method = Method::post, .url = "https://idp.example/token", .body = "lost"}).error().effect,
            Effect::unknown);
  ASSERT_EQ(fake.requests().size(), 6U);
  EXPECT_EQ(fake.requests().back().body, "lost");
}

}  // namespace
}  // namespace rowan::http
