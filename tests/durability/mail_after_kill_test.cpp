// A mail is a row written with what it speaks of: a kill between the answer and the delivery does not lose it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <rowan/mail/smtp/smtp_server_for_tests.hpp>
#include <rowan/storage/database.hpp>
#include <thread>

#include "client.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

using mail::for_tests::SmtpServer;

std::string url_of(const SmtpServer& server) {
  return "smtp://127.0.0.1:" + server.port() + "?from=no-reply@notes.example";
}

bool has_mail_to(const SmtpServer& server, const std::string& email) {
  for (const auto& mail : server.mails())
    if (mail.find("To: <" + email) != mail.npos) return true;
  return false;
}

template <class Condition>
bool comes_true(const Condition& condition) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// A worker that died in a delivery keeps its mail leased for minutes; this is those minutes. How many were leased.
std::int64_t let_leases_run_out(const std::string& database) {
  static constexpr Sql sql{
      "UPDATE rowan_outbox SET lease_until = 0 WHERE state = 'waiting' AND lease_until IS NOT NULL"};
  const auto changed =
      open_database(database)->transact([](Transaction& transaction) { return transaction.execute(sql); });
  EXPECT_TRUE(changed) << changed.error().reason;
  return changed ? *changed : -1;
}

TEST(KillNine, AMailAskedForIsStillSent) {
  const SmtpServer mails;
  Serving serving({.program = ROWAN_PROGRAM, .mail = url_of(mails)});
  serving.start();
  EXPECT_EQ(Client(serving.port()).register_account("ann@notes.example").status, 201);
  for (const auto* email : {"ann@notes.example", "bob@notes.example"}) {
    SCOPED_TRACE(email);
    EXPECT_EQ(Client(serving.port()).ask_for_reset(email).status, 200);
    ASSERT_EQ(serving.end(SIGKILL), -SIGKILL) << serving.log();
    static_cast<void>(let_leases_run_out(serving.database()));  // should the worker's turn have come just then
    serving.start();
    EXPECT_TRUE(comes_true([&] { return has_mail_to(mails, email); })) << serving.log();
  }
}

TEST(KillNine, AMailWhoseDeliveryWasCutIsSentWhenItsLeaseHasRunOut) {
  const SmtpServer silent({.answers = {{"GREETING", "hang"}}});
  const SmtpServer mails;
  Serving serving({.program = ROWAN_PROGRAM, .mail = url_of(silent)});
  serving.start();
  EXPECT_EQ(Client(serving.port()).ask_for_reset("ann@notes.example").status, 200);
  ASSERT_TRUE(comes_true([&] { return silent.connections() > 0; }));
  ASSERT_EQ(serving.end(SIGKILL), -SIGKILL) << serving.log();
  EXPECT_EQ(let_leases_run_out(serving.database()), 1) << "it was in the worker's hands";
  serving.send_mail_to(url_of(mails));
  serving.start();
  EXPECT_TRUE(comes_true([&] { return has_mail_to(mails, "ann@notes.example"); })) << serving.log();
}

}  // namespace
}  // namespace rowan::durability
