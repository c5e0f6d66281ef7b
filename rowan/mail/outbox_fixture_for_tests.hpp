#pragma once
// For the outbox's tests: a migrated database, a mailer that answers as told, a node that dies.
#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <rowan/mail/outbox.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>

namespace rowan::mail::for_tests {

using namespace std::chrono_literals;

inline constexpr std::string_view old_secret = "an old secret of more than thirty-two bytes";
inline constexpr std::string_view new_secret = "the new secret of more than thirty-two bytes";

// Answers what the test wants and remembers what it was given.
class ScriptedMailer final : public Mailer {
 public:
  std::function<DeliveryReport(const OutgoingMail&)> answer = [](const OutgoingMail&) { return DeliveryReport{}; };

  DeliveryReport deliver(const OutgoingMail& mail) override {
    {
      const std::lock_guard lock(mutex_);
      given_.push_back(mail);
    }
    return answer(mail);
  }
  std::string domain() const override { return "id.example"; }
  std::vector<OutgoingMail> given() const {
    const std::lock_guard lock(mutex_);
    return given_;
  }

 private:
  mutable std::mutex mutex_{};
  std::vector<OutgoingMail> given_{};
};

// A database whose node dies after so many transactions.
class DyingDatabase final : public Database {
 public:
  DyingDatabase(Database& inner, int transactions) : inner_(inner), left_(transactions) {}
  Dialect dialect() const override { return inner_.dialect(); }

 protected:
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    return inner_.read([&](SqlConnection& connection) -> Result<> {
      work(connection);
      return {};
    });
  }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override {
    if (left_-- == 0) return Error{.code = ErrorCode::unavailable, .reason = "the node died"};
    return inner_.transact(work, durability);
  }

 private:
  Database& inner_;
  int left_;
};

class RecordingLogger final : public Logger {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    text += format_log_line(event, fields) + "\n";
  }
  std::string text{};
};

inline MailMessage reset_for(std::string to) {
  return {.to = std::move(to),
          .subject = "Reset",
          .text = "https://id.example/?t=marker-secret\n",
          .html = "<p>marker-secret</p>",
          .kind = "password/reset"};
}

class OutboxOn : public ::testing::TestWithParam<std::string> {
 protected:
  OutboxOn() { database_.migrate(embedded_migrations("mail")); }

  void put(MailMessage message, std::chrono::seconds useful = 24h, Sending sending = Sending::yes) {
    const auto done = database_->transact(
        [&](Transaction& transaction) { return outbox_.put(transaction, message, clock_.now() + useful, sending); });
    ASSERT_TRUE(done) << done.error().reason;
  }
  std::size_t deliver() { return deliver(*database_).value_or(999); }
  Result<std::size_t> deliver(Database& database) { return outbox_.deliver_due(database, mailer_, logger_); }
  OutboxEntry only_entry() {
    const auto entries = outbox_.list(*database_);
    if (!entries || entries->size() != 1) throw std::runtime_error("not one entry");
    return entries->front();
  }
  std::int64_t expired() {
    Sweep sweep(*database_, clock_, *scheduler_, 1h);
    const auto done = outbox_.expire(sweep);
    return done ? sweep.removed() : -1;
  }
  void clear() {
    const auto done =
        database_->transact([](Transaction& transaction) { return transaction.execute("DELETE FROM rowan_outbox"); });
    ASSERT_TRUE(done);
  }
  std::int64_t count(const Sql& statement) { return testing::number_in(*database_, statement); }
  void answer(Delivery delivery, std::string detail = {}) {
    mailer_.answer = [=](const OutgoingMail&) { return DeliveryReport{.delivery = delivery, .detail = detail}; };
  }

  rowan::testing::TemporaryDatabase database_{GetParam()};
  // Long ago: what has expired by it has expired by the database's own clock too.
  rowan::testing::FakeClock clock_{Timestamp(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1))};
  std::unique_ptr<Scheduler> scheduler_ = make_thread_scheduler();
  rowan::testing::FakeRandom random_{};
  Outbox outbox_{crypto::KeyRing(Secrets(Secret::from_text(old_secret))), clock_, random_};
  ScriptedMailer mailer_{};
  RecordingLogger logger_{};
};
inline auto every_database() { return ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()); }
inline std::string name_of_database(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace rowan::mail::for_tests
