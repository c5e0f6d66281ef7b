// Which events are written, and what the options refuse.
#include <gmock/gmock.h>

#include <rowan/add_ons/audit_log/options.hpp>
#include <rowan/add_ons/audit_log/wanted.hpp>

namespace rowan::add_ons::audit_log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

AuthEvent event(AuthEvent::Kind kind, std::string strategy, std::string phase) {
  AuthEvent event;
  event.kind = kind;
  event.strategy = std::move(strategy);
  event.phase = std::move(phase);
  return event;
}
const auto sign_in = event(AuthEvent::Kind::signed_in, "password", "sign_in");
const auto wrong = event(AuthEvent::Kind::failed, "password", "sign_in");
const auto link = event(AuthEvent::Kind::done, "magic_link", "request");

TEST(AuditedEvents, AreAllByDefault) {
  for (const auto& one : {sign_in, wrong, link}) EXPECT_TRUE(is_wanted(one, {}));
}

TEST(AuditedEvents, NeedTheirKindTheirStrategyAndTheirActionIncluded) {
  EXPECT_FALSE(is_wanted(sign_in, {.include_events = {"failed"}}));
  EXPECT_TRUE(is_wanted(wrong, {.include_events = {"failed"}}));
  EXPECT_FALSE(is_wanted(link, {.include_strategies = {"password"}}));
  EXPECT_TRUE(is_wanted(wrong, {.include_strategies = {"password"}}));
  EXPECT_FALSE(is_wanted(link, {.include_actions = {"sign_in"}}));
  EXPECT_TRUE(is_wanted(link, {.include_actions = {"magic_link/request"}}));
  EXPECT_FALSE(is_wanted(link, {.include_actions = {"password/request"}}));
  EXPECT_FALSE(is_wanted(wrong, {.include_strategies = {"password"}, .include_actions = {"reset"}}));
}

TEST(AuditedEvents, AreExcludedAlthoughTheyAreIncluded) {
  EXPECT_FALSE(is_wanted(wrong, {.include_events = {"failed"}, .exclude_events = {"failed"}}));
  EXPECT_FALSE(is_wanted(wrong, {.include_strategies = {"password"}, .exclude_strategies = {"password"}}));
  EXPECT_FALSE(is_wanted(wrong, {.include_actions = {"password/sign_in"}, .exclude_actions = {"sign_in"}}));
  EXPECT_FALSE(is_wanted(wrong, {.include_actions = {"sign_in"}, .exclude_actions = {"password/sign_in"}}));
  EXPECT_TRUE(is_wanted(link, {.exclude_actions = {"password/sign_in"}}));
  EXPECT_FALSE(is_wanted(link, {.exclude_events = {"*"}}));
}

TEST(AuditLogOptionsAtStart, NameWhatDoesNotExist) {
  const SubjectView subject{.name = "user", .strategies = {"password"}};
  EXPECT_THAT(problems_of({}, subject), IsEmpty());
  EXPECT_THAT(problems_of({.include_strategies = {"password", "administration"}}, subject), IsEmpty());
  EXPECT_THAT(problems_of({.include_events = {"sign_in"}}, subject), ElementsAre(StartsWith("include_events:")));
  EXPECT_THAT(problems_of({.exclude_strategies = {"pasword"}}, subject),
              ElementsAre(StartsWith("exclude_strategies:")));
}

TEST(AuditLogOptionsAtStart, RefuseToWriteSecrets) {  // PWD-16
  const SubjectView subject{.name = "user", .strategies = {"password"}};
  EXPECT_THAT(problems_of({.include_fields = {"email", "password", "code"}}, subject),
              ElementsAre(StartsWith("include_fields: \"password\""), StartsWith("include_fields: \"code\"")));
}

TEST(AuditLogOptionsAtStart, RefuseAGuardThatCouldNotSee) {
  const SubjectView subject{.name = "user", .strategies = {"password"}};
  EXPECT_THAT(problems_of({.brute_force_guard = true}, subject), IsEmpty());
  EXPECT_THAT(problems_of({.exclude_events = {"failed"}, .brute_force_guard = true}, subject),
              ElementsAre(StartsWith("brute_force_guard:")));
  EXPECT_THAT(problems_of({.brute_force_guard = true, .write_batching = true}, subject),
              ElementsAre(StartsWith("brute_force_guard:")));
}

}  // namespace
}  // namespace rowan::add_ons::audit_log
