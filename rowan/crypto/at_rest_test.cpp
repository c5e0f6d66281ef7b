#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/at_rest.hpp>

namespace rowan::crypto {
namespace {

KeyRing ring(std::initializer_list<std::string_view> texts) {
  std::vector<Secret> secrets;
  for (const auto text : texts) secrets.push_back(Secret::from_text(text));
  return KeyRing(Secrets(std::move(secrets)));
}
constexpr std::string_view old_secret = "an older secret: 0123456789abcdef0123456789";
constexpr std::string_view new_secret = "a newer secret: 0123456789abcdef0123456789";

std::string opened(const std::optional<OpenedAtRest>& what) {
  return what ? std::string(what->secret.expose()) + (what->outdated ? " (outdated)" : "") : "refused";
}

TEST(AtRest, OpensWhatItSealed) {
  const auto keys = ring({new_secret});
  const auto sealed = seal_at_rest(keys, system_random(), "seed", "row 1", "hush");
  EXPECT_EQ(opened(open_at_rest(keys, "seed", "row 1", sealed)), "hush");
  EXPECT_NE(seal_at_rest(keys, system_random(), "seed", "row 1", "hush"), sealed) << "each time under another nonce";
  EXPECT_EQ(sealed.find("hush"), std::string::npos);
}

TEST(AtRest, OpensForTheSamePurposeAndTheSameRowOnly) {
  const auto keys = ring({new_secret});
  const auto sealed = seal_at_rest(keys, system_random(), "seed", "row 1", "hush");
  EXPECT_EQ(opened(open_at_rest(keys, "seed", "row 2", sealed)), "refused");
  EXPECT_EQ(opened(open_at_rest(keys, "seeds", "row 1", sealed)), "refused");
  EXPECT_EQ(opened(open_at_rest(ring({old_secret}), "seed", "row 1", sealed)), "refused");
}

TEST(AtRest, SaysWhenAnOlderSecretOpenedIt) {
  const auto sealed = seal_at_rest(ring({old_secret}), system_random(), "seed", "row 1", "hush");
  EXPECT_EQ(opened(open_at_rest(ring({new_secret, old_secret}), "seed", "row 1", sealed)), "hush (outdated)");
}

TEST(AtRest, RefusesEveryChangedByteAndWhatIsNoneOfIts) {
  const auto keys = ring({new_secret});
  const auto sealed = *from_base64url(seal_at_rest(keys, system_random(), "seed", "row 1", "hush"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= std::byte{1};
    EXPECT_EQ(opened(open_at_rest(keys, "seed", "row 1", to_base64url(changed))), "refused") << i;
  }
  for (const auto* other : {"", "AQ", "not base64url!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_EQ(opened(open_at_rest(keys, "seed", "row 1", other)), "refused") << other;
  EXPECT_THROW(seal_at_rest(keys, system_random(), "seed", "row 1", std::string(longest_at_rest + 1, 'x')),
               std::length_error);
}

}  // namespace
}  // namespace rowan::crypto
