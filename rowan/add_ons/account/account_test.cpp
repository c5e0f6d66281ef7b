// The end of an account, and how soon a change of its row is seen.
#include <rowan/engine/core.hpp>
#include <rowan/testing/number_in.hpp>

#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

testing::TestAppOptions with_account_room(std::string database, int& closed) {
  auto options = with_mail_rooms(std::move(database));
  options.add_ons.push_back(rowan::account());
  options.adjust = [&closed](AuthOptions& auth) {
    auth.hooks.on_close = [&closed](Transaction&, const Services&, const User& user) -> Result<> {
      if (user.email.empty()) return Error{.code = ErrorCode::internal, .reason = "closed without its address"};
      ++closed;
      return {};
    };
  };
  return options;
}

class CloseAccount : public ::testing::TestWithParam<std::string> {
 protected:
  AccountId id_of(std::string_view email = ann) { return (*app.find_user(email))->id; }
  std::int64_t count(const Sql& query, AccountId id = {}) {
    return testing::number_in(app.database(), query, {{"id", id}});
  }
  void run(Sql statement, AccountId id) {
    ASSERT_TRUE(app.database().transact([&](Transaction& transaction) -> Result<> {
      if (auto done = transaction.execute(statement, {{"id", id}}); !done) return std::move(done).error();
      return {};
    }));
  }
  int closed = 0;
  testing::TestApp app{with_account_room(GetParam(), closed)};
  Browser browser = app.browser(), program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, CloseAccount, every_database(), name_of_database);

TEST_P(CloseAccount, AnonymisesEndsEverythingAndFreesTheAddress) {  // SES-07
  register_in(browser);
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  ask_for_reset(browser);
  const auto reset = app.mailed_path(ann);
  const auto id = id_of();
  ASSERT_TRUE(app.auth().update_extra(id, {{"name", "Ann"}}));
  run(Sql{"INSERT INTO rowan_flows (id, kind, subject, strategy, phase, account_id, created_at, expires_at) "
          "VALUES ('f', 'k', 'user', 's', 'p', :id, 1, 9000000000000000)"},
      id);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(closed, 1);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(browser.get(reset).status(), 401);
  sign_in(browser);
  EXPECT_EQ(browser.status(), 401);
  const auto user = *app.auth().find_user(id);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->email, "");
  EXPECT_EQ(user->locale, "");
  EXPECT_EQ(user->extra.text(), "{}");
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE account_id = :id"}, id), 2);
  EXPECT_EQ(
      count(Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE account_id = :id AND (address <> '' OR user_agent <> '')"},
            id),
      0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_links WHERE account_id = :id"}, id), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords WHERE account_id = :id"}, id), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_flows WHERE account_id = :id"}, id), 0);
  register_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_NE(id_of(), id);
}

// Also links that were mailed to the address before the account existed.
TEST_P(CloseAccount, EndsTheLinksAndMailsToItsAddress) {
  auto early = app.browser();
  ask_for_link(early);
  const auto registers = app.mailed_path(ann);
  ask_for_code(early);
  app.clock().advance(1min);
  register_in(browser);
  const auto sent = app.mailbox(ann).size();
  ask_for_reset(browser);
  ask_for_link(browser);
  const auto id = id_of();
  ASSERT_TRUE(app.auth().close(id));
  app.deliver();
  EXPECT_EQ(app.mailbox(ann).size(), sent) << "what waited";
  EXPECT_EQ(early.get(registers).status(), 401);
  early.json("POST", "/api/auth/user/magic_link", {{"token", registers.substr(registers.rfind('/') + 1)}});
  EXPECT_EQ(early.status(), 401);
  EXPECT_FALSE(app.find_user(ann)->has_value());
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_codes"}), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_links"}), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_outbox"}), 0);
}

TEST_P(CloseAccount, ErasingDropsItsWaitingMailsToo) {
  register_in(browser);
  const auto sent = app.mailbox(ann).size();
  ask_for_reset(browser);
  ASSERT_TRUE(app.auth().erase(id_of()));
  EXPECT_EQ(app.mailbox(ann).size(), sent);
}

TEST(CloseAccountAndHeldRegistrations, OfItsAddressEndWithIt) {
  testing::TestApp app({.strategies = {rowan::password({.registration = PasswordOptions::Registration::confirm_first}),
                                       rowan::magic_link({.registration = true})},
                        .add_ons = {rowan::confirmation()}});
  auto stranger = app.browser(), owner = app.browser();
  register_in(stranger);
  const auto held = app.mailed_path(ann);
  app.clock().advance(1min);
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(owner));
  ASSERT_TRUE(app.auth().close((*app.find_user(ann))->id));
  EXPECT_EQ(stranger.get(held).status(), 401);
}

TEST(CloseAccountOfOneSubject, LeavesTheMailsOfAnotherWithTheSameAddress) {
  testing::TestApp app({.strategies = {}, .adjust = [](AuthOptions& options) {
                          for (const auto* name : {"user", "admin"})
                            options.subjects.push_back({.name = name, .strategies = {rowan::password()}});
                        }});
  auto program = app.browser();
  for (const auto* subject : {"user", "admin"})
    program.json("POST", "/api/auth/" + std::string(subject) + "/password/register",
                 {{subject, {{"email", ann}, {"password", password}, {"password_confirmation", password}}}});
  program.json("POST", "/api/auth/admin/password/reset_request", {{"admin", {{"email", ann}}}});
  ASSERT_EQ(program.status(), 200);
  ASSERT_TRUE(app.auth().close((*app.find_user(ann, {.subject = "user"}))->id));
  EXPECT_EQ(app.browser().get(app.mailed_path(ann)).status(), 200);
}

TEST_P(CloseAccount, ClosingAgainAndErasingAgainAreNoErrors) {
  register_in(browser);
  const auto id = id_of();
  ASSERT_TRUE(app.auth().close(id));
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(closed, 1);
  ASSERT_TRUE(app.auth().erase(id));
  ASSERT_TRUE(app.auth().erase(id));
  EXPECT_EQ(closed, 1);
  EXPECT_FALSE(*app.auth().find_user(id));
  const auto gone = app.auth().close(id);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
}

TEST_P(CloseAccount, ErasingAnOpenOneClosesItFirst) {
  register_in(browser);
  const auto id = id_of();
  ASSERT_TRUE(app.auth().erase(id));
  EXPECT_EQ(closed, 1);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE account_id = :id"}, id), 0);
}

TEST_P(CloseAccount, AHookThatFailsLeavesEverythingAsItWas) {
  register_in(browser);
  const auto id = id_of();
  run(Sql{"DELETE FROM rowan_identifiers WHERE account_id = :id"}, id);  // so that the hook fails
  EXPECT_FALSE(app.auth().close(id));
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords WHERE account_id = :id"}, id), 1);
}

TEST_P(CloseAccount, ExtraIsBoundedSeenAtOnceAndRefusedForTheClosed) {
  register_in(browser);
  const auto id = id_of();
  app.site().get("/name",
                 signed_in(app.auth(), [](Conn& conn, const User& user) { return conn.text(user.extra.text()); }));
  EXPECT_EQ(browser.get("/name").body(), "{}");
  ASSERT_TRUE(app.auth().update_extra(id, {{"name", "Ann"}}));
  ASSERT_TRUE(app.auth().update_extra(id, {{"name", "Ann"}}));
  EXPECT_EQ(browser.get("/name").body(), R"({"name":"Ann"})");
  for (const auto& wrong : {Json("text"), Json({{"much", std::string(Auth::max_extra_bytes, 'x')}})}) {
    const auto refused = app.auth().update_extra(id, wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  }
  EXPECT_EQ(browser.get("/name").body(), R"({"name":"Ann"})");
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(app.auth().update_extra(id, {{"name", "Ann"}}).error().code, ErrorCode::not_found);
}

TEST_P(CloseAccount, ARowDeletedBySqlIsRefusedWithinHalfAMinute) {
  register_in(browser);
  const auto id = id_of();
  ASSERT_TRUE(is_signed_in(browser));
  run(Sql{"UPDATE rowan_accounts SET extra = '{\"by\":\"sql\"}' WHERE id = :id"}, id);
  app.clock().advance(30s);
  app.site().get("/name",
                 signed_in(app.auth(), [](Conn& conn, const User& user) { return conn.text(user.extra.text()); }));
  EXPECT_EQ(browser.get("/name").body(), R"({"by":"sql"})");
  run(Sql{"DELETE FROM rowan_accounts WHERE id = :id"}, id);
  app.clock().advance(30s);
  EXPECT_EQ(browser.get("/me").status(), 401);
}

TEST_P(CloseAccount, TheCacheKeepsNoRowThatChangedWhileItWasRead) {
  register_in(browser);
  const auto id = id_of();
  engine::AccountCache cache(app.clock(), 30s);
  const auto row = *app.database().read([&](SqlConnection& connection) { return accounts::find(connection, id); });
  const auto account = std::make_shared<const accounts::Account>(*row);
  const auto generation = account->generation;
  cache.put(account, app.clock().elapsed(), [] { return false; });
  EXPECT_FALSE(cache.find(generation));
  cache.put(account, app.clock().elapsed(), [] { return true; });
  EXPECT_EQ(cache.find(generation), account) << "itself, not a copy";
  cache.forget(generation);
  EXPECT_FALSE(cache.find(generation));
}

class Account : public CloseAccount {};
INSTANTIATE_TEST_SUITE_P(Databases, Account, every_database(), name_of_database);

Browser& close(Browser& browser, std::string_view with) {
  return browser.get("/account").form("user/account").fill("user[current_password]", with).submit();
}

TEST_P(Account, IsClosedByItsPassword_AndNotByASessionAlone) {  // REC-08
  register_in(browser);
  const auto id = id_of();
  EXPECT_EQ(close(browser, "").status(), 422);
  EXPECT_EQ(close(browser, "wrong wrong wrong wrong").status(), 422);
  EXPECT_TRUE(browser.says("This isn't your current password."));
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(closed, 0);
  const auto kept = browser.cookies();
  EXPECT_EQ(close(browser, password).status(), 200);
  EXPECT_TRUE(browser.says("Your account is closed"));
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(browser.cookies().count("__Host-rowan"), 0U);
  EXPECT_FALSE(is_signed_in(browser));
  browser.cookies() = kept;
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ((*app.auth().find_user(id))->email, "");
}

TEST_P(Account, MailsTheAddressItHad) {  // THR-11
  register_in(browser);
  close(browser, password);
  const auto mails = app.mailbox(ann);
  ASSERT_FALSE(mails.empty());
  EXPECT_THAT(mails.front().subject, HasSubstr("is closed"));
  EXPECT_THAT(mails.front().text, HasSubstr("https://rowan.example/"));
}

TEST_P(Account, WithoutAPasswordIsClosedByAFreshSession) {
  ask_for_link(browser);
  open_link(browser, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(browser));
  app.clock().advance(11min);
  EXPECT_EQ(close(browser, "").status(), 401);
  EXPECT_EQ(closed, 0);
  ask_for_link(browser);
  open_link(browser, app.mailed_path(ann));
  EXPECT_EQ(close(browser, "").status(), 200);
  EXPECT_EQ(closed, 1);
}

TEST_P(Account, IsClosedByAProgram) {
  program.json("POST", "/api/auth/user/password/register", registration());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  program.json("DELETE", "/api/auth/user/account", {{"user", {{"current_password", "wrong wrong wrong"}}}});
  EXPECT_EQ(program.status(), 422);
  program.json("DELETE", "/api/auth/user/account", {{"user", {{"current_password", std::string(password)}}}});
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"success"}})");
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(program.json("DELETE", "/api/auth/user/account").status(), 401);
}

}  // namespace
}  // namespace rowan::flows
