#include <gtest/gtest.h>

#include <map>
#include <rowan/mail/outbox_fixture_for_tests.hpp>
#include <thread>

namespace rowan::mail {
namespace {

using namespace for_tests;

class OutboxDelivery : public OutboxOn {};
INSTANTIATE_TEST_SUITE_P(Databases, OutboxDelivery, every_database(), name_of_database);

TEST_P(OutboxDelivery, TriesAgainAfterOneMinuteDoublingToOneHour) {
  put(reset_for("anna@example.org"), 24h * 7);
  answer(Delivery::try_again, "SMTP 451 4.3.0");
  for (const auto wait : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
    const auto given = mailer_.given().size();
    EXPECT_EQ(deliver(), 0U);
    ASSERT_EQ(mailer_.given().size(), given + 1);
    const auto entry = only_entry();
    EXPECT_EQ(entry.state, "waiting");
    EXPECT_EQ(entry.detail, "SMTP 451 4.3.0");
    const auto until_next = entry.next_attempt - clock_.now();
    EXPECT_GE(until_next, wait);
    EXPECT_LE(until_next, wait + std::chrono::seconds(wait) / 5);
    clock_.advance(until_next - 1us);
    deliver();
    EXPECT_EQ(mailer_.given().size(), given + 1);  // not a moment earlier
    clock_.advance(1us);
  }
  answer(Delivery::sent);
  EXPECT_EQ(deliver(), 1U);
  EXPECT_EQ(only_entry().attempts, 9);
  for (const auto& mail : mailer_.given()) {
    EXPECT_EQ(mail.message_id, mailer_.given()[0].message_id);
    EXPECT_EQ(mail.created, mailer_.given()[0].created);
  }
}

TEST_P(OutboxDelivery, RecordsAPermanentRefusalAndErasesTheBody) {
  put(reset_for("anna@example.org"));
  answer(Delivery::refused, "SMTP 550 5.1.1");
  EXPECT_EQ(deliver(), 0U);
  EXPECT_EQ(only_entry().state, "refused");
  EXPECT_EQ(only_entry().detail, "SMTP 550 5.1.1");
  EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_outbox WHERE sealed_body IS NOT NULL"), 0);
  clock_.advance(2h);
  deliver();
  EXPECT_EQ(mailer_.given().size(), 1U);
}

TEST_P(OutboxDelivery, SendsTheOthersPastAPoisonMail) {
  put(reset_for("poison@example.org"));
  clock_.advance(1s);
  put(reset_for("anna@example.org"));
  put(reset_for("bob@example.org"));
  mailer_.answer = [](const OutgoingMail& mail) -> DeliveryReport {
    if (mail.message.to.starts_with("poison")) throw std::runtime_error("poison@example.org");
    return {};
  };
  EXPECT_EQ(deliver(), 2U);
  EXPECT_EQ(logger_.text.find("poison@"), std::string::npos);
  clock_.advance(2min);
  put(reset_for("carl@example.org"));
  EXPECT_EQ(deliver(), 1U);
}

TEST_P(OutboxDelivery, SendsEachMailOnceWithSeveralWorkers) {
  for (int i = 0; i < 40; ++i) put(reset_for("m" + std::to_string(i) + "@example.org"));
  {
    std::vector<std::jthread> workers;
    for (int w = 0; w < 3; ++w) {
      workers.emplace_back([this] {
        for (int round = 0; round < 50 && mailer_.given().size() < 40; ++round) {
          EXPECT_TRUE(outbox_.deliver_due(*database_, mailer_, silent_logger(), 5));
        }
      });
    }
  }
  std::map<std::string, int> times;
  for (const auto& mail : mailer_.given()) ++times[mail.message.to];
  EXPECT_EQ(times.size(), 40U);
  for (const auto& [to, sent] : times) EXPECT_EQ(sent, 1) << to;
}

TEST_P(OutboxDelivery, LeavesAMailAloneWhileAnotherWorkerSendsIt) {
  put(reset_for("anna@example.org"));
  mailer_.answer = [&](const OutgoingMail&) {
    ScriptedMailer other;
    clock_.advance(4min);
    EXPECT_TRUE(outbox_.retry(*database_, only_entry().id));
    EXPECT_EQ(outbox_.deliver_due(*database_, other, silent_logger()).value(), 0U);
    return DeliveryReport{};
  };
  EXPECT_EQ(deliver(), 1U);
}

TEST_P(OutboxDelivery, MakesAtMostOneDuplicateWithTheSameIdWhenAWorkerDiesBeforeItMarks) {
  put(reset_for("anna@example.org"));
  DyingDatabase dying(*database_, 1);  // claims, sends, and is gone
  const auto died = deliver(dying);
  ASSERT_FALSE(died);
  EXPECT_EQ(died.error().code, ErrorCode::unavailable);
  EXPECT_EQ(mailer_.given().size(), 1U);
  clock_.advance(4min);
  EXPECT_EQ(deliver(), 0U);  // still leased
  clock_.advance(1min + 1us);
  EXPECT_EQ(deliver(), 1U);
  clock_.advance(24h);
  EXPECT_EQ(deliver(), 0U);
  ASSERT_EQ(mailer_.given().size(), 2U);
  EXPECT_EQ(mailer_.given()[0].message_id, mailer_.given()[1].message_id);
}

TEST_P(OutboxDelivery, CountsASlowSuccessEvenWhenTheLeaseRanOut) {
  put(reset_for("anna@example.org"));
  mailer_.answer = [&](const OutgoingMail&) {
    ScriptedMailer other;
    other.answer = [](const OutgoingMail&) {
      return DeliveryReport{.delivery = Delivery::try_again, .detail = "SMTP 451"};
    };
    clock_.advance(6min);
    EXPECT_TRUE(outbox_.deliver_due(*database_, other, silent_logger()));
    EXPECT_EQ(other.given().size(), 1U);
    return DeliveryReport{};
  };
  EXPECT_EQ(deliver(), 1U);
  EXPECT_EQ(only_entry().state, "sent");
}

TEST_P(OutboxDelivery, IgnoresASlowFailureWhenAnotherWorkerTookOver) {
  put(reset_for("anna@example.org"));
  mailer_.answer = [&](const OutgoingMail&) {
    ScriptedMailer other;
    clock_.advance(6min);
    EXPECT_EQ(outbox_.deliver_due(*database_, other, silent_logger()).value(), 1U);
    return DeliveryReport{.delivery = Delivery::refused, .detail = "SMTP 550"};
  };
  EXPECT_EQ(deliver(), 0U);
  EXPECT_EQ(only_entry().state, "sent");
  EXPECT_EQ(only_entry().detail, "");
}

TEST_P(OutboxDelivery, LeavesTheNextAttemptToTheWorkerThatTookOver) {
  for (const auto delivery : {Delivery::refused, Delivery::try_again}) {
    put(reset_for("anna@example.org"));
    Timestamp next{};
    mailer_.answer = [&](const OutgoingMail&) {
      ScriptedMailer other;
      other.answer = [](const OutgoingMail&) {
        return DeliveryReport{.delivery = Delivery::try_again, .detail = "SMTP 451"};
      };
      clock_.advance(6min);
      EXPECT_TRUE(outbox_.deliver_due(*database_, other, silent_logger()));
      next = only_entry().next_attempt;
      clock_.advance(1s);
      return DeliveryReport{.delivery = delivery, .detail = "SMTP 550"};
    };
    deliver();
    EXPECT_EQ(only_entry().state, "waiting");
    EXPECT_EQ(only_entry().detail, "SMTP 451");
    EXPECT_EQ(only_entry().next_attempt, next);
    clear();
  }
}

TEST_P(OutboxDelivery, SendsAtMostWhatOneCallIsAskedFor) {
  for (int i = 0; i < 5; ++i) put(reset_for("anna@example.org"));
  EXPECT_EQ(outbox_.deliver_due(*database_, mailer_, logger_, 3).value(), 3U);
  EXPECT_EQ(deliver(), 2U);
}

TEST_P(OutboxDelivery, RetriesAWaitingMailAtOnceAndNoFinishedOne) {
  put(reset_for("anna@example.org"));
  answer(Delivery::try_again);
  deliver();
  answer(Delivery::sent);
  EXPECT_EQ(deliver(), 0U);
  EXPECT_TRUE(outbox_.retry(*database_, only_entry().id).value());
  EXPECT_EQ(deliver(), 1U);
  EXPECT_FALSE(outbox_.retry(*database_, only_entry().id).value());
  EXPECT_FALSE(outbox_.retry(*database_, MailId::make(clock_, random_)).value());
}

TEST_P(OutboxDelivery, WritesNothingWhileNothingIsDue) {
  DyingDatabase no_transactions(*database_, 0);
  EXPECT_EQ(deliver(no_transactions).value(), 0U);
}

}  // namespace
}  // namespace rowan::mail
