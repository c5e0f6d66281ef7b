#include <gtest/gtest.h>

#include <algorithm>
#include <rowan/mail/outbox_fixture_for_tests.hpp>
#include <rowan/mail/queries.hpp>
#include <rowan/testing/counting_database.hpp>

namespace rowan::mail {
namespace {

using namespace for_tests;

class OutboxContents : public OutboxOn {};
INSTANTIATE_TEST_SUITE_P(Databases, OutboxContents, every_database(), name_of_database);

TEST_P(OutboxContents, SendsWhatWasPutOnceAndErasesItsBody) {
  put(reset_for("anna@example.org"));
  EXPECT_EQ(deliver(), 1U);
  EXPECT_EQ(deliver(), 0U);
  ASSERT_EQ(mailer_.given().size(), 1U);
  const auto mail = mailer_.given()[0];
  EXPECT_EQ(mail.message.to, "anna@example.org");
  EXPECT_EQ(mail.message.subject, "Reset");
  EXPECT_EQ(mail.message.text, "https://id.example/?t=marker-secret\n");
  EXPECT_EQ(mail.message.html, "<p>marker-secret</p>");
  EXPECT_EQ(mail.message_id, only_entry().id.text() + "@id.example");
  EXPECT_EQ(mail.created, clock_.now());
  EXPECT_EQ(only_entry().state, "sent");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body IS NOT NULL"), 0);
}

TEST_P(OutboxContents, HoldsNoMailOfATransactionThatRolledBack) {
  const auto failed = database_->transact([&](Transaction& transaction) -> Result<> {
    EXPECT_TRUE(outbox_.put(transaction, reset_for("anna@example.org"), clock_.now() + 1h));
    return Error{.code = ErrorCode::internal, .reason = "the action failed"};
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(deliver(), 0U);
  EXPECT_EQ(outbox_.list(*database_)->size(), 0U);
}

TEST_P(OutboxContents, SaysOnceThatMailsWaitWhenNothingSendsThem) {
  RecordingLogger logger;
  const crypto::KeyRing keys(Secrets(Secret::from_text(old_secret)));
  const auto put_two = [&](Outbox& outbox) {
    for (int i = 0; i < 2; ++i)
      EXPECT_TRUE(database_->transact([&](Transaction& transaction) {
        return outbox.put(transaction, reset_for("anna@example.org"), clock_.now() + 1h);
      }));
    const auto text = std::exchange(logger.text, {});
    EXPECT_FALSE(text.contains("anna"));
    return std::ranges::count(text, '\n');
  };
  Outbox forgotten(keys, clock_, random_, logger), sent(keys, clock_, random_, logger),
      expected(keys, clock_, random_, logger);
  EXPECT_EQ(put_two(forgotten), 1);
  EXPECT_TRUE(sent.deliver_due(*database_, mailer_, silent_logger()));
  EXPECT_EQ(put_two(sent), 0);
  expected.expect_sender();
  EXPECT_EQ(put_two(expected), 0);
}

// INJ-03
TEST_P(OutboxContents, RefusesWhatNoMailCouldCarry) {
  const auto refuses = [&](const MailMessage& message) {
    const auto done = database_->transact(
        [&](Transaction& transaction) { return outbox_.put(transaction, message, clock_.now() + 1h); });
    return !done && done.error().code == ErrorCode::invalid_input;
  };
  EXPECT_TRUE(refuses(reset_for("a@b.example\r\nBcc: c@d.example")));
  auto message = reset_for("a@b.example");
  message.subject = "x\nBcc: c@d.example";
  EXPECT_TRUE(refuses(message));
  message = reset_for("a@b.example");
  message.text = std::string("a\0b", 3);
  EXPECT_TRUE(refuses(message));
  message.text = "\xFF";
  EXPECT_TRUE(refuses(message));
  message.text.assign(1024 * 1024 + 1, 'x');
  EXPECT_TRUE(refuses(message));
}

// LOG-02
TEST_P(OutboxContents, SealsTheBodyAndLogsNeitherItNorTheAddress) {
  put(reset_for("anna@example.org"));
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body LIKE '%marker%'"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body IS NOT NULL"), 1);
  answer(Delivery::try_again, "SMTP 451");
  deliver();
  EXPECT_NE(logger_.text.find("mail not sent"), std::string::npos);
  EXPECT_NE(logger_.text.find("password/reset"), std::string::npos);
  EXPECT_EQ(logger_.text.find("anna"), std::string::npos);
  EXPECT_EQ(logger_.text.find("marker"), std::string::npos);
}

TEST_P(OutboxContents, RefusesARowThatWasChangedAndSendsTheOthers) {
  put(reset_for("anna@example.org"));
  clock_.advance(1s);
  put(reset_for("bob@example.org"));
  // An attacker who can write the table wants Anna's link.
  const auto changed = database_->transact([](Transaction& transaction) {
    return transaction.execute(
        "UPDATE rowan_outbox SET recipient = 'mallory@example.org' WHERE recipient = 'anna@example.org'");
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(deliver(), 1U);
  ASSERT_EQ(mailer_.given().size(), 1U);
  EXPECT_EQ(mailer_.given()[0].message.to, "bob@example.org");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE state = 'refused'"), 1);
}

// CRY-03
TEST_P(OutboxContents, OpensWhatAnOlderSecretSealed) {
  put(reset_for("anna@example.org"));
  Outbox rotated(crypto::KeyRing(Secrets(Secret::from_text(new_secret), Secret::from_text(old_secret))), clock_,
                 random_);
  EXPECT_EQ(rotated.deliver_due(*database_, mailer_, logger_).value(), 1U);
  ASSERT_EQ(mailer_.given().size(), 1U);
  EXPECT_EQ(mailer_.given()[0].message.html, "<p>marker-secret</p>");
}

TEST_P(OutboxContents, RefusesBodiesSealedWithARemovedSecret) {
  put(reset_for("anna@example.org"));
  Outbox forgetful(crypto::KeyRing(Secrets(Secret::from_text(new_secret))), clock_, random_);
  EXPECT_EQ(forgetful.deliver_due(*database_, mailer_, logger_).value(), 0U);
  EXPECT_TRUE(mailer_.given().empty());
  EXPECT_EQ(only_entry().state, "refused");
}

TEST_P(OutboxContents, SendsNothingLaterThanItIsUseful) {
  put(reset_for("anna@example.org"), 10min);
  clock_.advance(10min + 1us);
  EXPECT_EQ(deliver(), 0U);
  EXPECT_TRUE(mailer_.given().empty());
  EXPECT_EQ(only_entry().state, "expired");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body IS NOT NULL"), 0);
}

TEST_P(OutboxContents, ErasesABodyAtTheEndOfItsUseThoughTheBackOffIsLonger) {
  const auto useful_until = clock_.now() + 90s;
  put(reset_for("anna@example.org"), 90s);
  answer(Delivery::try_again);
  deliver();
  clock_.advance(75s);
  deliver();
  EXPECT_EQ(mailer_.given().size(), 2U);
  EXPECT_EQ(only_entry().next_attempt, useful_until);
  clock_.advance(15s + 1us);
  deliver();
  EXPECT_EQ(mailer_.given().size(), 2U);
  EXPECT_EQ(only_entry().state, "expired");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body IS NOT NULL"), 0);
}

TEST_P(OutboxContents, ListsTheNewestFirst) {
  for (const char* to : {"a@example.org", "b@example.org", "c@example.org"}) {
    put(reset_for(to));
    clock_.advance(1s);
  }
  const auto entries = outbox_.list(*database_, {.limit = 2}).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].to, "c@example.org");
  EXPECT_EQ(entries[1].to, "b@example.org");
  EXPECT_EQ(entries[0].kind, "password/reset");
  EXPECT_EQ(entries[0].state, "waiting");
  const auto rest = outbox_.list(*database_, {.before = entries[1].id, .limit = 2}).value();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].to, "a@example.org");
}

TEST_P(OutboxContents, ListsThoseOfOneStateHoweverManyOthersThereAre) {
  using State = MailFilter::State;
  put(reset_for("a@example.org"));
  deliver();
  clock_.advance(1s);
  put(reset_for("b@example.org"));
  clock_.advance(1s);
  put(reset_for("c@example.org"), 24h, Sending::withheld);
  const auto of = [&](State state) { return outbox_.list(*database_, {.state = state, .limit = 1}).value(); };
  ASSERT_EQ(of(State::sent).size(), 1U);
  EXPECT_EQ(of(State::sent)[0].to, "a@example.org");
  ASSERT_EQ(of(State::waiting).size(), 1U);
  EXPECT_EQ(of(State::waiting)[0].to, "b@example.org");
  ASSERT_EQ(of(State::withheld).size(), 1U);
  EXPECT_EQ(of(State::withheld)[0].to, "c@example.org");
  EXPECT_TRUE(of(State::refused).empty());
  EXPECT_TRUE(of(State::expired).empty());
}

TEST_P(OutboxContents, FindsThoseOfOneStateByTheirIndex) {
  if (GetParam() != "sqlite") GTEST_SKIP() << "PostgreSQL chooses by the size of the table";
  const auto plan = database_->read([](SqlConnection& connection) {
    return connection.query(sql_of<"EXPLAIN QUERY PLAN", queries::page_of_state>,
                            {{"state", "refused"}, {"before", "g"}, {"at_most", 1}});
  });
  ASSERT_TRUE(plan) << plan.error().reason;
  ASSERT_EQ(plan->size(), 1U) << "it sorts";
  EXPECT_EQ(plan->front().text("detail"), "SEARCH rowan_outbox USING INDEX rowan_outbox_by_state (<expr>=? AND id<?)");
}

TEST_P(OutboxContents, FindsOneByItsIdAndRefusesAListWithoutBounds) {
  put(reset_for("a@example.org"));
  const auto id = outbox_.list(*database_)->at(0).id;
  ASSERT_TRUE(outbox_.find(*database_, id)->has_value());
  EXPECT_EQ((*outbox_.find(*database_, id))->to, "a@example.org");
  EXPECT_FALSE(outbox_.find(*database_, MailId::make(clock_, random_))->has_value());
  for (const std::size_t limit : {std::size_t{0}, MailFilter::max_limit + 1})
    EXPECT_EQ(outbox_.list(*database_, {.limit = limit}).error().code, ErrorCode::invalid_input);
}

TEST_P(OutboxContents, ForgetsAnAddressWithinOneScopeAndNoneOfTheApplicationsMails) {
  const auto of = [](std::string to, std::string scope) {
    auto message = reset_for(std::move(to));
    message.scope = std::move(scope);
    return message;
  };
  const auto forget = [&](std::string_view scope) {
    ASSERT_TRUE(database_->transact(
        [&](Transaction& transaction) { return outbox_.forget(transaction, scope, "anna@example.org"); }));
  };
  put(of("anna@example.org", "|user"));
  deliver();
  for (const auto* scope : {"|user", "|admin", ""}) put(of("anna@example.org", scope));
  put(of("bob@example.org", "|user"));
  forget("|user");
  forget("");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox"), 3);
  EXPECT_EQ(deliver(), 3U);
}

// THR-06
TEST_P(OutboxContents, EndsAWithheldMailWithoutSendingIt) {
  put(reset_for("anna@example.org"), 24h, Sending::withheld);
  EXPECT_EQ(only_entry().state, "withheld");
  EXPECT_EQ(outbox_.retry(*database_, only_entry().id), false);
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE useful_until < created_at"), 1)
      << "a release that does not know the column must find it too late";
  // The column alone decides.
  ASSERT_TRUE(database_->transact([](Transaction& transaction) {
    return transaction.execute("UPDATE rowan_outbox SET useful_until = 9000000000000000");
  }));
  EXPECT_EQ(deliver(), 0U);
  EXPECT_TRUE(mailer_.given().empty());
  EXPECT_EQ(only_entry().state, "withheld");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body IS NOT NULL OR state <> 'expired'"), 0);
  EXPECT_TRUE(logger_.text.contains("mail withheld")) << logger_.text;
  EXPECT_FALSE(logger_.text.contains("not sent")) << logger_.text;
  clock_.advance(24h * 7 + 1us);
  EXPECT_EQ(expired(), 1);
}

TEST_P(OutboxContents, CountsNoWithheldMailBeforeItsEndOrAfter) {
  put(reset_for("anna@example.org"));
  put(reset_for("bob@example.org"), 24h, Sending::withheld);
  const auto counts = [&] {
    const auto counted = outbox_.count(*database_).value();
    return std::vector{counted.waiting, counted.sent, counted.refused, counted.expired};
  };
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{1, 0, 0, 0}));
  EXPECT_EQ(deliver(), 1U);
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE state = 'expired'"), 1);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{0, 1, 0, 0}));
}

TEST_P(OutboxContents, WritesAndEndsAWithheldMailWithTheSameStatementsAsASentOne) {  // THR-06
  rowan::testing::CountingDatabase counting(*database_);
  counting.start();
  std::vector<std::vector<std::string>> costs;
  for (const auto sending : {Sending::yes, Sending::withheld}) {
    EXPECT_TRUE(counting.transact([&](Transaction& transaction) {
      return outbox_.put(transaction, reset_for("anna@example.org"), clock_.now() + 1h, sending);
    }));
    costs.push_back(counting.take());
  }
  EXPECT_EQ(costs[0], costs[1]);
  // SQLite keeps a number beyond 2^47 in eight bytes, and 0 and 1 in none.
  EXPECT_EQ(
      count(Sql("SELECT COUNT(DISTINCT length(sealed_body) + (useful_until > 140737488355327) * 8) FROM rowan_outbox",
                "SELECT COUNT(DISTINCT pg_column_size(o.*)) FROM rowan_outbox o")),
      1);
}

// DAT-01
TEST_P(OutboxContents, ForgetsFinishedMailsAfterAWeekAndNoWaitingOnes) {
  put(reset_for("anna@example.org"));
  deliver();
  put(reset_for("bob@example.org"), 24h * 30);
  clock_.advance(24h * 7);
  EXPECT_EQ(expired(), 0);
  clock_.advance(1us);
  EXPECT_EQ(expired(), 1);
  EXPECT_EQ(only_entry().to, "bob@example.org");
}

}  // namespace
}  // namespace rowan::mail
