// The end of an account with very many tokens: no statement is too large, and nothing is forgotten to be forgotten.
#include <rowan/testing/number_in.hpp>
#include <rowan/tokens/closed_accounts.hpp>
#include <rowan/tokens/end_account.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

// From numbers that are not given out.
#define ROWAN_MANY_TOKENS_(id)                                                                                        \
  "INSERT INTO rowan_tokens (number, account_id, subject, purpose, methods, address, user_agent, created_at, "        \
  "seen_at, "                                                                                                         \
  "expires_at) WITH RECURSIVE numbers (n) AS (SELECT 1000000 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1002499) " \
  "SELECT n, " id ", 'user', 'user', 'password', '192.0.2.7', 'a program', 1, 1, 9000000000000000 FROM numbers"
constexpr Sql many_tokens{ROWAN_MANY_TOKENS_(":id"), ROWAN_MANY_TOKENS_("CAST(:id AS uuid)")};
#undef ROWAN_MANY_TOKENS_

constexpr Sql many_links{R"sql(
  INSERT INTO rowan_links (id, secret_hash, purpose, subject, account_id, created_at, expires_at)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
  SELECT 'link ' || n, '-', 'elsewhere', 'user', a.id, 1, 9000000000000000
  FROM numbers, rowan_accounts a
  WHERE a.id = :id
)sql"};

constexpr Sql many_flows{R"sql(
  INSERT INTO rowan_flows (id, kind, subject, account_id, strategy, phase, created_at, expires_at)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
  SELECT 'flow ' || n, '-', 'user', a.id, '-', '-', 1, 9000000000000000
  FROM numbers, rowan_accounts a
  WHERE a.id = :id
)sql"};

class LargeAccount : public ::testing::TestWithParam<std::string> {
 protected:
  LargeAccount() {
    register_in(browser);
    id = (*app.find_user(ann))->id;
    run(many_tokens);
  }
  void run(Sql statement) {
    ASSERT_TRUE(app.database().transact([&](Transaction& transaction) -> Result<> {
      if (auto done = transaction.execute(statement, {{"id", id}}); !done) return std::move(done).error();
      return {};
    }));
  }
  // By the application, whose foreign key keeps the account's row from being deleted.
  void hold_the_row() {
    run(GetParam() == "postgres" ? Sql{"CREATE TABLE notes (owner uuid NOT NULL REFERENCES rowan_accounts (id))"}
                                 : Sql{"CREATE TABLE notes (owner TEXT NOT NULL REFERENCES rowan_accounts (id))"});
    run(Sql{"INSERT INTO notes (owner) VALUES (:id)"});
  }
  std::int64_t count(Sql query) { return testing::number_in(app.database(), query, {{"id", id}}); }
  std::int64_t not_forgotten() {
    return count(
        Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE account_id = :id AND (address <> '' OR user_agent <> '')"});
  }
  std::int64_t left_over() { return count(Sql{"SELECT COUNT(*) FROM rowan_closed_accounts WHERE account_id = :id"}); }

  AccountId id{};
  testing::TestApp app{with_mail_rooms(GetParam())};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, LargeAccount, every_database(), name_of_database);

TEST_P(LargeAccount, IsClosedAtOnceAndDeletedInBatches) {
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(*app.find_user(ann));
  EXPECT_EQ(not_forgotten(), 2501 - tokens::rows_forgotten_at_once);
  EXPECT_EQ(left_over(), 1);
  app.deliver();
  EXPECT_EQ(not_forgotten(), 0);
  EXPECT_EQ(left_over(), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE account_id = :id"}), 2501);
}

// Another process goes on where one that died has stopped.
TEST_P(LargeAccount, RecordsTheRemainingRowsInTheClosingTransaction) {
  ASSERT_TRUE(app.auth().close(id));
  const auto one_bit = app.database().transact([&](Transaction& transaction) -> Result<> {
    auto moved = transaction.execute(
        Sql{"UPDATE rowan_closed_accounts SET next_number = 1001500 WHERE account_id = :id"}, {{"id", id}});
    return moved ? Result<>() : Result<>(std::move(moved).error());
  });
  ASSERT_TRUE(one_bit);
  app.deliver();
  EXPECT_EQ(left_over(), 0);
  EXPECT_EQ(
      count(Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE account_id = :id AND number >= 1001500 AND address <> ''"}),
      0);
  EXPECT_GT(not_forgotten(), 0) << "it went on from the number, not from the beginning";
}

TEST_P(LargeAccount, ASmallOneIsDeletedCompletely) {
  auto other = app.browser();
  register_in(other, "bob@notes.example");
  ASSERT_TRUE(app.auth().close((*app.find_user("bob@notes.example"))->id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_closed_accounts WHERE account_id <> :id"}), 0);
}

TEST_P(LargeAccount, IsErasedWithAllItsTokens) {
  ASSERT_TRUE(app.auth().erase(id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_tokens"}), 0);
}

TEST_P(LargeAccount, ThatWasClosedIsErasedToo) {
  ASSERT_TRUE(app.auth().close(id));
  ASSERT_TRUE(app.auth().erase(id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_closed_accounts"}), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_tokens"}), 0);
}

// On PostgreSQL no reference deletes them.
TEST_P(LargeAccount, IsErasedWithItsLinksAndCodes) {
  ASSERT_TRUE(app.auth().close(id));
  run(
      Sql{"INSERT INTO rowan_links (id, secret_hash, purpose, subject, account_id, created_at, expires_at) "
          "SELECT 'late', '-', 'elsewhere', 'user', id, 1, 9000000000000000 FROM rowan_accounts WHERE id = :id"});
  run(
      Sql{"INSERT INTO rowan_codes (id, flow_hash, code_hash, attempts_left, purpose, subject, account_id, created_at, "
          "expires_at) SELECT 'late', '-', '-', 5, 'elsewhere', 'user', id, 1, 9000000000000000 FROM rowan_accounts "
          "WHERE id = :id"});
  ASSERT_TRUE(app.auth().erase(id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_links WHERE id = 'late'"}), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_codes WHERE id = 'late'"}), 0);
}

TEST_P(LargeAccount, WithManyLinksIsErasedBitByBit) {
  run(Sql{"DELETE FROM rowan_tokens WHERE account_id = :id"});
  run(many_links);
  hold_the_row();
  EXPECT_FALSE(app.auth().erase(id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_links"}), 0) << "before the row, whose statement would take them all";
}

TEST_P(LargeAccount, WithManyFlowsIsErasedBitByBit) {
  run(Sql{"DELETE FROM rowan_tokens WHERE account_id = :id"});
  run(many_flows);
  hold_the_row();
  EXPECT_FALSE(app.auth().erase(id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_flows"}), 0);
}

// A stranger may ask for as many mails as there are clients (THR-09).
TEST_P(LargeAccount, HasNoMoreLinksThanMailsThatLeft) {
  const auto links = [&] { return count(Sql{"SELECT COUNT(*) FROM rowan_links"}); };
  const auto named = [&] {
    return count(Sql{"SELECT COUNT(*) FROM rowan_links WHERE account_id = :id OR address_key = 'ann@notes.example'"});
  };
  const auto outstanding = [&] {
    return count(Sql{"SELECT COUNT(*) FROM rowan_links WHERE account_id = :id AND consumed_at IS NULL"});
  };
  auto program = app.browser();
  const auto links_before = links(), named_before = named(), outstanding_before = outstanding();
  const auto mails_before = std::ssize(app.mailbox(ann));
  for (int i = 0; i < 12; ++i) {
    program.json("POST", "/api/auth/user/password/reset_request", an_email(ann));
    ASSERT_EQ(program.status(), 200);
  }
  const auto left = std::ssize(app.mailbox(ann)) - mails_before;
  EXPECT_LT(left, 12) << "some were withheld";
  EXPECT_EQ(links() - links_before, 12) << "each is written, so that nobody learns which";
  EXPECT_EQ(named() - named_before, left) << "code that ends all of an account or an address reads no others";
  EXPECT_EQ(outstanding() - outstanding_before, left);
  EXPECT_EQ(choose(program.get(app.mailed_path(ann)).form("password/reset"), other_password).location(), "/");
}

TEST_P(LargeAccount, EndsEveryLinkThoughNotEveryRowIsMarked) {
  const auto outstanding = [&] {
    return count(Sql{"SELECT COUNT(*) FROM rowan_links WHERE account_id = :id AND consumed_at IS NULL"});
  };
  run(many_links);
  auto program = app.browser();
  ask_for_reset(program);
  const auto path = app.mailed_path(ann);
  const auto before = outstanding();
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_EQ(outstanding(), before - tokens::most_rows_marked);
  program.json("POST", "/api/auth/user/password/reset",
               {{"user",
                 {{"reset_token", path.substr(path.rfind('/') + 1)},
                  {"password", other_password},
                  {"password_confirmation", other_password}}}});
  EXPECT_EQ(program.status(), 401);
  sign_in(program);
  EXPECT_TRUE(is_signed_in(program)) << "the password is the old one";
}

TEST_P(LargeAccount, WhoseRowIsHeldByTheApplicationIsClosedAndErasedOnceItMayBe) {
  hold_the_row();
  EXPECT_FALSE(app.auth().erase(id));
  EXPECT_TRUE((*app.auth().find_record(id))->closed_at);
  EXPECT_FALSE(is_signed_in(browser));
  run(Sql{"DELETE FROM notes WHERE owner = :id"});
  EXPECT_TRUE(app.auth().erase(id));
  EXPECT_FALSE(*app.auth().find_record(id));
}

}  // namespace
}  // namespace rowan::flows
