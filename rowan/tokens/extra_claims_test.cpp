// What an application may add to its tokens.
#include <gtest/gtest.h>
#include <rowan/tokens/extra_claims.hpp>
#include <vector>

namespace rowan::tokens {
namespace {

TEST(ExtraClaims, AreBoundedAndNeverOurs) {
  const auto refused = [](const Json& claims) { return !extra_claims_text(std::vector{claims}); };
  for (const std::string_view name : {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "purpose", "auth_time", "amr",
                                      "acr", "sid", "tenant", "client_id", "scope", "methods"})
    EXPECT_TRUE(refused({{name, 1}})) << name;
  EXPECT_TRUE(refused({{"", 1}}));
  EXPECT_TRUE(refused({{"with space", 1}}));
  EXPECT_TRUE(refused({{"with\"mark", 1}}));
  EXPECT_TRUE(refused(Json("text")));
  EXPECT_TRUE(refused({{"long", std::string(1024, 'x')}}));
  EXPECT_TRUE(refused({{std::string(65, 'n'), 1}}));
  EXPECT_TRUE(refused({{"deep", Json::parse("[[[[[[[[1]]]]]]]]").value()}}));
  EXPECT_FALSE(refused({{"https://notes.example/roles", Json::array({"a\"b\\", "c"})}, {"n", -1.5}, {"z", nullptr}}));
  EXPECT_TRUE(is_extra_claims_text(
      extra_claims_text(std::vector<Json>{{{"https://notes.example/roles", Json::array({"a\"b\\", "c"})},
                                           {"n", -1.5},
                                           {"o", Json{{"p", true}}},
                                           {"q", Json({})},
                                           {"z", nullptr}}})
          .value()));
}

}  // namespace
}  // namespace rowan::tokens
