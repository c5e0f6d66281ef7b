// What happens to an action while it computes a hash: the session that began it ends, the credentials change.
#include <rowan/engine/core.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

/// Runs `once` the next time a password is compared.
class InterruptedHasher final : public PasswordHasher {
 public:
  explicit InterruptedHasher(PasswordHasher& inner) : inner_(&inner) {}
  Result<std::string> hash(std::string_view password) override { return inner_->hash(password); }
  Result<Verdict> verify(std::string_view password, std::string_view stored) override {
    if (const auto work = std::exchange(once, {})) work();
    return inner_->verify(password, stored);
  }
  Result<Verdict> verify_nobody(std::string_view password) override { return inner_->verify_nobody(password); }
  std::function<void()> once{};

 private:
  PasswordHasher* inner_;
};

class Meanwhile : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestAppOptions declared() {
    auto options = with_mail_rooms(GetParam());
    options.add_ons.push_back(rowan::account());
    options.adjust = [this](AuthOptions& auth) {
      hasher.emplace(*auth.hasher);
      auth.hasher = &*hasher;
    };
    return options;
  }
  void SetUp() override {
    register_in(browser);
    app.deliver();
  }
  void end_everything() { ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id)); }

  std::optional<InterruptedHasher> hasher{};
  testing::TestApp app{declared()};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Meanwhile, every_database(), name_of_database);

TEST_P(Meanwhile, ClosingWithCredentialsThatEndIsRefused) {
  auto form = browser.get("/account").form("user/account");
  hasher->once = [&] { end_everything(); };
  form.fill("user[current_password]", password).submit();
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(app.find_user(ann)->has_value());
}

TEST_P(Meanwhile, AChangeOfAddressIsNotAskedForWithCredentialsThatEnd) {
  auto form = browser.get("/account").form("email/change");
  hasher->once = [&] { end_everything(); };
  form.fill("user[email]", "bob@notes.example").fill("user[current_password]", password).submit();
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(app.mailbox("bob@notes.example").empty());
}

TEST_P(Meanwhile, ARenewalThatASignOutOvertakesGivesNoSession) {
  auto form = browser.get("/account").form("password/change");
  auto tab = app.browser();
  tab.cookies() = browser.cookies();
  hasher->once = [&] {
    sign_out(tab);
    tab.cookies().clear();
  };
  form.fill("user[current_password]", password);
  choose(form, other_password);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(sign_in(tab, ann, other_password).status(), 401) << "and nothing of it was done";
  sign_in(tab);
  EXPECT_TRUE(is_signed_in(tab));
}

}  // namespace
}  // namespace rowan::flows
