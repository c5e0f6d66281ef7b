// Whatever is wrong with an answer: one public answer, the step in the log, nothing stored.
#include <rowan/base/base64.hpp>
#include <rowan/strategies/webauthn/passkey_flows_fixture.hpp>

namespace rowan::flows {
namespace {

class PasskeyLies : public PasskeyFlows {
 protected:
  PasskeyLies() : PasskeyFlows({.limited = false}) {
    auto program = app.browser();
    register_program(program, device);
    if (program.status() != 201) throw std::runtime_error(program.body());
  }
  void expect_refused(Browser& program, std::string_view step) {
    EXPECT_EQ(program.status(), 401) << step << ": " << program.body();
    EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})") << step;
    EXPECT_GE(log.count(LogLevel::info, std::string(step) + ":"), 1U) << step;
    EXPECT_EQ(challenges(), 0) << step << ": the challenge is used up";
  }
  VirtualAuthenticator device{device_options()};
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyLies, every_database(), name_of_database);

std::vector<std::byte> some(std::string_view text) {
  const auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

TEST_P(PasskeyLies, InAnAssertionHaveOneAnswer) {  // WA-02 to WA-15
  const std::vector<std::pair<std::string, Lies>> lies{
      {"7.2 step 10", {.type = "webauthn.create"}},
      {"7.2 step 11", {.challenge = to_base64url(some("another challenge of 32 bytes .."))}},
      {"7.2 step 12", {.origin = "https://rowan.example.evil"}},
      {"7.2 step 12", {.origin = "http://rowan.example"}},
      {"7.2 step 12", {.origin = "https://rowan.example:8443"}},
      {"7.2 step 13", {.cross_origin = true}},
      {"7.2 step 13", {.top_origin = "https://evil.example"}},
      {"7.2 step 9", {.client_data = "{"}},
      {"7.2 step 15", {.rp_id = "evil.example"}},
      {"7.2 step 16", {.clear_flags = 1}},
      {"7.2 step 17", {.clear_flags = 4}},
      {"7.2 step 18", {.set_flags = 16}},
      {"7.2 step 19", {.set_flags = 8}},
      {"7.2 step 7", {.behind = some("x")}},
      {"7.2 step 21", {.other_key = true}},
      {"7.2 step 21", {.garbled_signature = true}},
      {"7.2 step 21", {.behind_signature = some("x")}},
      {"7.2 step 6", {.user_handle = some("bob")}},
      {"7.2 step 6", {.user_handle = std::vector<std::byte>()}},
      {"7.2 step 6", {.outer_id = some("a credential that is not there")}},
      {"7.2 step 22", {.sign_count = 0}},
  };
  const auto tokens = number(Sql("SELECT COUNT(*) FROM rowan_tokens"));
  const auto row =
      Sql("SELECT public_key || '|' || sign_count || '|' || backed_up AS value "
          "FROM rowan_webauthn_credentials");
  const auto before = texts(row);
  for (const auto& [step, lie] : lies) {
    auto program = app.browser();
    sign_in_program(program, device, lie);
    expect_refused(program, step);
  }
  EXPECT_EQ(texts(row), before);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_tokens")), tokens);
}

TEST_P(PasskeyLies, InARegistrationHaveOneAnswer) {
  const std::vector<std::pair<std::string, Lies>> lies{
      {"7.1 step 7", {.type = "webauthn.get"}},
      {"7.1 step 8", {.challenge = to_base64url(some("another challenge of 32 bytes .."))}},
      {"7.1 step 9", {.origin = "https://evil.example"}},
      {"7.1 step 10", {.cross_origin = true}},
      {"7.1 step 14", {.rp_id = "evil.example"}},
      {"7.1 step 15", {.clear_flags = 1}},
      {"7.1 step 16", {.clear_flags = 4}},
      {"7.1 step 17", {.set_flags = 16}},
      {"7.1 step 13", {.without_credential = true}},
      {"7.1 step 13", {.behind_attestation_object = some("x")}},
      {"7.1 step 20", {.algorithm = -8}},
      {"7.1 step 20", {.public_key = some("not a key")}},
      {"7.1 step 25", {.outer_id = some("another id")}},
  };
  for (const auto& [step, lie] : lies) {
    VirtualAuthenticator other(device_options());
    auto program = app.browser();
    register_program(program, other, "bob@notes.example", lie);
    if (step == "7.1 step 20" && lie.public_key)
      EXPECT_EQ(program.status(), 401) << program.body();  // it is no CBOR either
    else
      expect_refused(program, step);
  }
  EXPECT_EQ(accounts(), 1);
  EXPECT_EQ(passkeys(), 1);
}

TEST_P(PasskeyLies, WhatIsNoCredentialIsRefusedLikewise) {
  for (const auto* text : {R"({"type":"password"})", "[]", "7", R"({"type":"public-key","rawId":"%","id":"%"})"}) {
    auto program = app.browser();
    const auto options = ask(program, "authentication_challenge");
    send(program, "sign_in", text, flow_of(options));
    expect_refused(program, "7.2 step 3");
  }
  auto program = app.browser();
  call(program, "sign_in", Json({}), std::string(43, 'A'));
  EXPECT_EQ(error_of(program), "credential required");
  const auto options = ask(program, "authentication_challenge");
  call(program, "sign_in", {{"credential", std::string(40'000, 'x')}}, flow_of(options));
  EXPECT_EQ(program.status(), 413) << program.body();
}

TEST_P(PasskeyLies, PeopleAreToldOneSentence) {
  auto browser = app.browser();
  sign_in_person(browser, device, {.garbled_signature = true});
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("That passkey didn't work. Please try again.")) << browser.body();
  EXPECT_TRUE(browser.form("webauthn/authentication_challenge").has("user[credential]"));
}

}  // namespace
}  // namespace rowan::flows
