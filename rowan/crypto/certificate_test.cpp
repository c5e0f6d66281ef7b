#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/certificate.hpp>

namespace rowan::crypto {
namespace {

using Bytes = std::vector<std::byte>;

// A root, an authority below it and a leaf, made by `openssl x509`. Valid until 2100.
constexpr const char* root_der =
    "308201503081f7a003020102020101300a06082a8648ce3d040302300f310d300b06035504030c04526f6f743020170d3236313132363133"
    "353430335a180f32313030313032393133353430335a300f310d300b06035504030c04526f6f743059301306072a8648ce3d020106082a86"
    "48ce3d03010703420004ce8493d303e0662266e02c4dbca1d3e4f0d59ffe8fa115adccf9192fb07a8001a9cd801879606c6bbd2d50c29738"
    "32bf6dc810d12d5f24b44b6ce23312175d2ba3423040300f0603551d130101ff040530030101ff300e0603551d0f0101ff04040302020430"
    "1d0603551d0e0416041486534e7b9b5046221520217ee796447f5601d513300a06082a8648ce3d0403020348003045022100fc183ad8a99f"
    "051bb18e960ca3f914df76b7cd598eba021271c3056f10ba8af802207882402aa9a20c29d2d5aa69e6885f86f46971c07c5daa061f8e8d2b"
    "7de51497";
constexpr const char* middle_der =
    "308201773082011da003020102020102300a06082a8648ce3d040302300f310d300b06035504030c04526f6f743020170d32363131323631"
    "33353430335a180f32313030313032393133353430335a3011310f300d06035504030c064d6964646c653059301306072a8648ce3d020106"
    "082a8648ce3d0301070342000433fdb051f0fbd54b2e2cef1c8eb11f48459dc99d7b41af8adaad5574657f0d846f3adfcae1cf730b1b0275"
    "b1a529672fe5848aa3f7d7872b27b9977567949dfca366306430120603551d130101ff040830060101ff020100300e0603551d0f0101ff04"
    "0403020204301d0603551d0e04160414bf196bb5ead0a73d6e562bf57171f1aae4a7ddf2301f0603551d2304183016801486534e7b9b5046"
    "221520217ee796447f5601d513300a06082a8648ce3d0403020348003045022061e35fbc99df4bb23cd23df88d2d3d731dd5165799ab3fea"
    "6c8bf417c8fc135b022100c907ae98785dbd70dda3e46f49cee8ba395c4587e660d8b67a434cd343b5db13";
constexpr const char* leaf_der =
    "308201fd308201a2a003020102020103300a06082a8648ce3d0403023011310f300d06035504030c064d6964646c653020170d3236313132"
    "363133353430335a180f32313030313032393133353430335a304c310b3009060355040613024141310e300c060355040a0c05526f77616e"
    "310c300a060355040b0c034f6e65310c300a060355040b0c0354776f3111300f06035504030c08426cc3a4747465723059301306072a8648"
    "ce3d020106082a8648ce3d0301070342000472214fa1480bd8c0673a155f5b9a8c496b2777c140011f15899992505a97ae3fc2da566c6f2d"
    "bba1b5c2af10fd29366f4f52ec2c855b13a9e62838bd5dcf3755a381ad3081aa300c0603551d130101ff0402300030100603551d25040930"
    "07060567810508033021060b2b0601040182e51c0101040412041000112233445566778899aabbccddeeff30250603551d11041e301ca41a"
    "301831163014060567810502010c0b69643a4646464646314430301d0603551d0e041604147d83ee6d8c39cf1f84575401ba36b04e17c692"
    "3d301f0603551d23041830168014bf196bb5ead0a73d6e562bf57171f1aae4a7ddf2300a06082a8648ce3d0403020349003046022100c8b6"
    "7e2aa0a00801dcab1c559702f535ec4b7b3e6cf6c007c111c643c58c9dc8022100fb33672121a41fcdb1a99ba305a6b8992db013290a549a"
    "f1bbd3a84548138f3c";

const auto in_2027 = from_microseconds(1'800'000'000'000'000);

Certificate read(const char* text) { return Certificate::parse(from_hex(text).value()).value(); }

TEST(Certificate, SaysWhatIsInIt) {
  const auto leaf = read(leaf_der), root = read(root_der);
  EXPECT_EQ(leaf.version(), 3);
  EXPECT_EQ(leaf.is_authority(), false);
  EXPECT_EQ(root.is_authority(), true);
  EXPECT_TRUE(leaf.has_subject());
  EXPECT_EQ(leaf.subject("C"), std::vector<std::string>{"AA"});
  EXPECT_EQ(leaf.subject("OU"), (std::vector<std::string>{"One", "Two"}));
  EXPECT_EQ(leaf.subject("CN"), std::vector<std::string>{"Blätter"});
  EXPECT_TRUE(leaf.subject("L").empty());
  EXPECT_TRUE(leaf.key().suits(CoseAlgorithm::es256));
  EXPECT_FALSE(leaf.key().equals(root.key()));
}

TEST(Certificate, FindsExtensions) {
  const auto leaf = read(leaf_der), root = read(root_der);
  const auto model = leaf.extension("1.3.6.1.4.1.45724.1.1.4");
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->critical);
  EXPECT_EQ(to_hex(model->value), "041000112233445566778899aabbccddeeff");
  EXPECT_FALSE(root.extension("1.3.6.1.4.1.45724.1.1.4"));
  EXPECT_FALSE(root.has_extension("1.3.6.1.4.1.45724.1.1.4"));
  EXPECT_TRUE(leaf.is_for("2.23.133.8.3"));
  EXPECT_FALSE(leaf.is_for("2.23.133.8.1"));
  EXPECT_FALSE(root.is_for("2.23.133.8.3"));
  EXPECT_TRUE(leaf.has_alternative_name("2.23.133.2.1"));
  EXPECT_FALSE(leaf.has_alternative_name("2.23.133.2.2"));
  EXPECT_FALSE(root.has_alternative_name("2.23.133.2.1"));
}

TEST(Certificate, RefusesWhatIsNotOneCertificate) {
  const auto der = from_hex(leaf_der).value();
  for (std::size_t size = 0; size < der.size(); ++size)
    EXPECT_FALSE(Certificate::parse(std::span(der).first(size))) << size;
  auto longer = der;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(Certificate::parse(longer));
  EXPECT_FALSE(Certificate::parse(Bytes(most_certificate_bytes + 1)));
}

TEST(Certificate, ChainsToAnAnchorOnly) {
  const std::array anchors{read(root_der)};
  const std::array path{read(leaf_der), read(middle_der)};
  EXPECT_TRUE(chains_to(anchors, path, in_2027));
  EXPECT_FALSE(chains_to(anchors, std::span(path).first(1), in_2027));  // the link is missing
  EXPECT_FALSE(chains_to({}, path, in_2027));
  EXPECT_FALSE(chains_to(anchors, {}, in_2027));
  const std::array reversed{read(middle_der), read(leaf_der)};
  EXPECT_TRUE(chains_to(anchors, reversed, in_2027));  // the middle one leads there by itself
  const std::array leaf_as_authority{read(leaf_der)};
  EXPECT_FALSE(chains_to(leaf_as_authority, std::array{read(middle_der)}, in_2027));
}

TEST(Certificate, IsAnAnchorItself) {
  const std::array leaf{read(leaf_der)}, middle{read(middle_der)};
  EXPECT_TRUE(chains_to(leaf, leaf, in_2027));
  EXPECT_TRUE(chains_to(middle, leaf, in_2027));  // an anchor need not be self-signed
}

TEST(Certificate, HasToBeValidAtTheTime) {
  const std::array anchors{read(root_der)};
  const std::array path{read(leaf_der), read(middle_der)};
  EXPECT_FALSE(chains_to(anchors, path, from_microseconds(0)));
  EXPECT_FALSE(chains_to(anchors, path, from_microseconds(4'200'000'000'000'000)));  // 2103
}

TEST(Certificate, DoesNotChainWhenItWasChanged) {
  const std::array anchors{read(root_der)};
  auto der = from_hex(leaf_der).value();
  const auto name = std::string_view("Bl");
  const auto at = as_text(der).find(name);
  ASSERT_NE(at, std::string_view::npos);
  der[at] = std::byte{'b'};
  const auto changed = Certificate::parse(der);
  ASSERT_TRUE(changed);
  EXPECT_FALSE(chains_to(anchors, std::array{*changed, read(middle_der)}, in_2027));
}

}  // namespace
}  // namespace rowan::crypto
