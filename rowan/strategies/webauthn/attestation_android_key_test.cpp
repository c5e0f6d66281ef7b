#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/strategies/webauthn/attestation_parts.hpp>

namespace rowan::strategies::webauthn {
namespace {

// Members of an authorization list.
const std::string sign = "a1053103020102", verify = "a1053103020103", generated = "bf853e03020100";
const std::string imported = "bf853e03020102", all_applications = "bf8458020500";

std::string item(const char* tag, const std::string& content) {
  const std::array size{static_cast<std::byte>(content.size() / 2)};
  return tag + to_hex(size) + content;
}

std::string fault(const std::string& software, const std::string& hardware, const std::string& challenge = "ab12",
                  const std::string& behind = "") {
  const auto encoded = item("30", "0202012c0a0101020200c80a0101" + item("04", challenge) + "0400" +
                                      item("30", software) + item("30", hardware)) +
                       behind;
  const auto checked = check_android_key_description(from_hex(encoded).value(), from_hex("ab12").value());
  return checked ? "" : checked.error().reason;
}

TEST(AndroidKeyDescription, TakesAKeyThatWasMadeThereForSigning) {  // WA-14
  EXPECT_EQ(fault("", sign + generated), "");
  EXPECT_EQ(fault(sign + generated, ""), "");
  EXPECT_EQ(fault(generated, sign), "");
  EXPECT_EQ(fault("", "a108310602010202010" + std::string("3") + generated), "");  // for signing and verifying
}

TEST(AndroidKeyDescription, RefusesAnotherCeremony) {  // WA-14
  EXPECT_EQ(fault("", sign + generated, "ab13"), "the challenge does not fit");
  EXPECT_EQ(fault("", sign + generated, ""), "the challenge does not fit");
}

TEST(AndroidKeyDescription, RefusesKeysOfOtherKinds) {  // WA-14
  EXPECT_EQ(fault(all_applications, sign + generated), "a key for all applications");
  EXPECT_EQ(fault("", sign + all_applications + generated), "a key for all applications");
  EXPECT_EQ(fault("", sign), "a key that was not made there");
  EXPECT_EQ(fault("", sign + imported), "a key that was not made there");
  EXPECT_EQ(fault(imported, sign + generated), "a key that was not made there");
  EXPECT_EQ(fault("", generated), "a key that is not for signing");
  EXPECT_EQ(fault("", verify + generated), "a key that is not for signing");
  EXPECT_EQ(fault(verify, sign + generated), "a key that is not for signing");
}

TEST(AndroidKeyDescription, RefusesWhatCannotBeRead) {  // WA-15
  const std::string unreadable = "a key description that cannot be read";
  EXPECT_EQ(fault("", sign + generated, "ab12", "00"), unreadable);
  EXPECT_EQ(fault("", "020100" + sign + generated), unreadable);                   // no member
  EXPECT_EQ(fault("", "a1030201" + std::string("02") + generated), unreadable);    // no set
  EXPECT_EQ(fault("", "a100" + generated), unreadable);                            // an empty member
  EXPECT_EQ(fault("", sign + "bf853e0402010000"), unreadable);                     // more in it
  EXPECT_EQ(fault("", "a104310202" + std::string("01") + generated), unreadable);  // cut off
  for (const auto* text : {"", "3000", "3003020101", "0400"})
    EXPECT_FALSE(check_android_key_description(from_hex(text).value(), from_hex("ab12").value())) << text;
}

}  // namespace
}  // namespace rowan::strategies::webauthn
