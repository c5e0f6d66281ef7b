// The guard that counts wrong guesses in the log: as strict as it says, against strangers only, and the same for an
// address that no account has (THR-01, THR-04, THR-06).
#include <rowan/testing/counting_database.hpp>

#include <tests/flows/another_node.hpp>

#include "audit_flow_for_tests.hpp"

namespace rowan::flows {
namespace {

class GuardedByTheLog : public AuditLog {
 protected:
  GuardedByTheLog() : AuditLog({.brute_force_guard = true}) {}
  void SetUp() override {
    register_in(owner);
    confirm(app, owner);
    sign_out(owner);
  }
  /// Wrong passwords, each from another network.
  void guess(int times, std::string_view email = ann) {
    for (int i = 0; i < times; ++i) {
      ++guesses_;
      stranger.client("203.0." + std::to_string(guesses_ / 200) + "." + std::to_string(guesses_ % 200 + 1));
      ASSERT_EQ(guess_in(stranger, email).status(), 401);
    }
  }
  bool lets_in(Browser& program, std::string_view email = ann) {
    return sign_in_program(program, email).status() == 200;
  }

 private:
  int guesses_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, GuardedByTheLog, every_database(), name_of_database);

TEST_P(GuardedByTheLog, LooksAtNoFurtherGuessOfStrangersWithinTheWindow) {
  guess(4);
  EXPECT_TRUE(lets_in(stranger));
  guess(5);
  EXPECT_FALSE(lets_in(stranger));
  EXPECT_EQ(stranger.status(), 401);
  EXPECT_EQ(stranger.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})");
  EXPECT_FALSE(stranger.header("Retry-After"));
}

TEST_P(GuardedByTheLog, EndsWithTheWindow_HoweverOftenItRefuses) {
  guess(5);
  for (int i = 0; i < 5; ++i) {
    app.clock().advance(50s);
    EXPECT_FALSE(lets_in(stranger)) << i;
  }
  app.clock().advance(1min);
  EXPECT_TRUE(lets_in(stranger)) << "what was refused does not count";
}

TEST_P(GuardedByTheLog, DoesNotLockOutAKnownBrowser) {
  guess(8);
  sign_in(owner);
  EXPECT_TRUE(is_signed_in(owner));
}

TEST_P(GuardedByTheLog, GivesAKnownBrowserACountOfItsOwn) {
  for (int i = 0; i < 5; ++i) sign_in(owner, ann, other_password);
  sign_in(owner);
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_TRUE(lets_in(stranger)) << "and it does not lock out the others";
}

TEST_P(GuardedByTheLog, EndsWhenTheAccountIsSignedInToInAnotherWay) {
  guess(5);
  EXPECT_FALSE(lets_in(stranger));
  auto elsewhere = app.browser();
  ask_for_link(elsewhere);
  open_link(elsewhere, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(elsewhere));
  EXPECT_TRUE(lets_in(stranger));
}

TEST_P(GuardedByTheLog, CountsARightPasswordForNothing) {
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(lets_in(stranger)) << i;
  auto other = app.browser();
  register_in(other, bob);
  guess(4, bob);
  EXPECT_TRUE(lets_in(stranger, bob));
  guess(4, bob);
  EXPECT_TRUE(lets_in(stranger, bob)) << "a right one ends the series";
}

TEST_P(GuardedByTheLog, CountsOneAddressHoweverItIsSpelled) {
  for (const auto* spelled :
       {"ann@notes.example", "ANN@notes.example", "Ann@Notes.Example", "aNN@NOTES.example", " ann@notes.EXAMPLE "})
    guess(1, spelled);
  EXPECT_FALSE(lets_in(stranger));
}

TEST_P(GuardedByTheLog, CountsTheSameSecretWhereverItIsAskedFor) {
  sign_in_program(stranger);
  stranger.bearer(text_at(stranger.answer(), {"authentication", "bearer"}));
  const Json change{{"user",
                     {{"current_password", "wrong wrong wrong wrong"},
                      {"password", other_password},
                      {"password_confirmation", other_password}}}};
  for (int i = 0; i < 5; ++i) stranger.json("POST", "/api/auth/user/password/change", change);
  auto another = app.browser();
  EXPECT_FALSE(lets_in(another));
}

TEST_P(GuardedByTheLog, OutlivesAnotherMasterSecret) {
  guess(5);
  const auto node_with = [&](std::vector<std::string_view> secrets) {
    return std::make_unique<AnotherNode>(
        app, NodeOptions{.strategies = {rowan::password(), rowan::audit_log({.brute_force_guard = true}).parts.front()},
                         .secrets = std::move(secrets)});
  };
  const auto newer = node_with({newer_secret, tests_secret}), other = node_with({newer_secret});
  auto here = newer->browser(), elsewhere = other->browser();
  EXPECT_FALSE(lets_in(here)) << "what was counted under the older one";
  EXPECT_TRUE(lets_in(elsewhere)) << "it is the key that finds it";
}

TEST_P(GuardedByTheLog, HoldsNoLongerThanAWindowMore_WhateverAFastClockWrote) {
  app.clock().advance(4min);
  guess(5);
  app.clock().advance(-4min);
  EXPECT_FALSE(lets_in(stranger));
  app.clock().advance(9min + 1s);
  EXPECT_TRUE(lets_in(stranger));
}

TEST_P(GuardedByTheLog, KeepsNoKeyOfWhomWasGuessedAt) {
  guess(3);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_audit_log WHERE guess IS NOT NULL AND LENGTH(guess) = 22")), 3);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_audit_log WHERE guess LIKE '%ann%' OR guess LIKE '%password%'")), 0);
}

TEST(GuardOverTheLog, CostsTheSameForAnAddressThatNoAccountHas) {  // THR-06
  std::unique_ptr<testing::CountingDatabase> database;
  auto options = with_log("sqlite", {.brute_force_guard = true});
  options.adjust = [&](AuthOptions& auth) {
    database = std::make_unique<testing::CountingDatabase>(*auth.database);
    auth.database = *database;
  };
  testing::TestApp app(std::move(options));
  auto owner = app.browser(), stranger = app.browser();
  register_in(owner);
  database->start();
  const auto cost_of = [&](std::string_view email) {
    database->take();
    stranger.json("POST", "/api/auth/user/password/sign_in", credentials(email, other_password));
    EXPECT_EQ(stranger.status(), 401);
    return std::make_pair(database->take(), stranger.body());
  };
  for (int i = 0; i < 8; ++i) EXPECT_EQ(cost_of(ann), cost_of(bob)) << i;
}

}  // namespace
}  // namespace rowan::flows
