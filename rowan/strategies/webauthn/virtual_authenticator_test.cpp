#include <rowan/strategies/webauthn/ceremony_fixture.hpp>
#include <stdexcept>

namespace rowan::strategies::webauthn {
namespace {

template <class Call>
std::string exception_of(const Call& call) {
  try {
    call();
    return "";
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    return what.substr(0, what.find(':'));
  }
}

std::string creation(std::string_view more, std::string_view algorithm = "-7") {
  return R"({"rp":{"id":"notes.example","name":"Notes"},"user":{"id":"YW5u","name":"ann","displayName":"Ann"},)"
         R"("challenge":"AAAA","pubKeyCredParams":[{"type":"public-key","alg":)" +
         std::string(algorithm) + "}]" + std::string(more) + "}";
}

TEST(VirtualAuthenticator, ThrowsWhatAPageWouldSee) {
  VirtualAuthenticator browser;
  EXPECT_EQ(exception_of([&] { browser.create(creation("")); }), "");
  EXPECT_EQ(exception_of([&] { browser.create(creation("", "-8")); }), "NotSupportedError");
  EXPECT_EQ(exception_of([&] { browser.create("{}"); }), "TypeError");
  EXPECT_EQ(exception_of([&] { browser.create("nonsense"); }), "TypeError");
  EXPECT_EQ(exception_of([&] { browser.get("{}"); }), "NotAllowedError");
  browser.options().origin = "https://notes.evil";
  EXPECT_EQ(exception_of([&] { browser.create(creation("")); }), "SecurityError");
  browser.options().related_origins = true;
  EXPECT_EQ(exception_of([&] { browser.create(creation("")); }), "");
  browser.options() = {.origin = "https://app.notes.example:8443", .user_verification = false};
  EXPECT_EQ(exception_of([&] { browser.create(creation("")); }), "");
  EXPECT_EQ(
      exception_of([&] { browser.create(creation(R"(,"authenticatorSelection":{"userVerification":"required"})")); }),
      "NotAllowedError");
}

TEST(VirtualAuthenticator, HasOneCredentialOfThoseExcluded) {
  VirtualAuthenticator browser;
  browser.create(creation(""));
  const auto id = to_base64url(browser.credentials().at(0).id);
  const auto excluding = creation(R"(,"excludeCredentials":[{"type":"public-key","id":")" + id + "\"}]");
  EXPECT_EQ(exception_of([&] { browser.create(excluding); }), "InvalidStateError");
  browser.forget(id);
  EXPECT_TRUE(browser.credentials().empty());
  EXPECT_EQ(exception_of([&] { browser.create(excluding); }), "");
}

TEST(VirtualAuthenticator, OffersOnlyDiscoverableCredentialsUnasked) {
  VirtualAuthenticator browser;
  browser.create(creation(R"(,"authenticatorSelection":{"residentKey":"discouraged"})"));
  const auto id = to_base64url(browser.credentials().at(0).id);
  const std::string unasked = R"({"challenge":"AAAA","rpId":"notes.example"})";
  EXPECT_EQ(exception_of([&] { browser.get(unasked); }), "NotAllowedError");
  const auto named = read_assertion(browser.get(
      R"({"publicKey":{"challenge":"AAAA","allowCredentials":[{"type":"public-key","id":")" + id + "\"}]}}"));
  ASSERT_TRUE(named);
  EXPECT_TRUE(named->user_handle.empty());

  browser.create(creation(R"(,"authenticatorSelection":{"residentKey":"required"})"));
  const auto found = read_assertion(browser.get(unasked));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user_handle, bytes("ann"));
  EXPECT_EQ(found->credential_id, browser.credentials().at(1).id);
}

TEST(VirtualAuthenticator, ShowsItsAttestationOnlyWhenItIsAskedFor) {
  Ceremonies c({.attestation = VirtualAuthenticator::Attestation::packed_self});
  const auto quiet = creation("");
  c.challenge = from_base64url("AAAA").value();
  EXPECT_EQ(c.verify_creation(c.browser.create(quiet))->format, "none");
  EXPECT_EQ(c.verify_creation(c.browser.create(quiet, {.unasked_attestation = true}))->format, "packed");
  EXPECT_EQ(c.verify_creation(c.browser.create(creation(R"(,"attestation":"direct")")))->format, "packed");
}

}  // namespace
}  // namespace rowan::strategies::webauthn
