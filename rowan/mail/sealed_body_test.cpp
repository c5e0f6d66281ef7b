#include <gtest/gtest.h>

#include <rowan/mail/sealed_body.hpp>
#include <rowan/testing/fake_random.hpp>

namespace rowan::mail {
namespace {

const MailMessage message{
    .to = "anna@example.org", .subject = "S", .text = "a \"text\"\n\x01 ü", .html = "<p>", .kind = "k"};

class SealedBodiesOf : public ::testing::Test {
 protected:
  SealedBodies bodies_{crypto::KeyRing(Secrets(Secret::from_text("a secret of more than thirty-two bytes, yes")))};
  rowan::testing::FakeRandom random_{};
  SealedBody sealed_ = bodies_.seal("id", message, random_).value();

  bool opens(std::string_view id, const SealedBody& sealed, MailMessage row) {
    row.text = row.html = "";
    return bodies_.open(id, sealed, row).has_value() && row.text == message.text && row.html == message.html;
  }
};

TEST_F(SealedBodiesOf, ReadBackWhatTheyWereMadeOf) { EXPECT_TRUE(opens("id", sealed_, message)); }

TEST_F(SealedBodiesOf, AreBoundToTheirRow) {
  EXPECT_FALSE(opens("other", sealed_, message));
  for (auto MailMessage::* field : {&MailMessage::to, &MailMessage::subject, &MailMessage::kind}) {
    auto other = message;
    other.*field += "x";
    EXPECT_FALSE(opens("id", sealed_, other));
  }
}

TEST_F(SealedBodiesOf, DoNotOpenWhenAnyCharacterIsChanged) {
  for (std::size_t i = 0; i < sealed_.text.size(); ++i) {
    auto changed = sealed_;
    changed.text[i] = changed.text[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(opens("id", changed, message)) << i;
  }
  for (const char* text : {"", "A", "AAAA", "not base64url!"})
    EXPECT_FALSE(opens("id", {.key_id = sealed_.key_id, .text = text}, message));
}

TEST_F(SealedBodiesOf, NeverUseANonceTwice) {
  EXPECT_NE(sealed_.text.substr(0, 16), bodies_.seal("id", message, random_)->text.substr(0, 16));
}

}  // namespace
}  // namespace rowan::mail
