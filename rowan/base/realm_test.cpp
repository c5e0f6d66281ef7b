#include <gtest/gtest.h>

#include <rowan/base/realm.hpp>

namespace rowan {
namespace {

// Counts and mails of earlier releases are found by these bytes.
TEST(RealmKey, IsSpelledAsRowsOfEveryReleaseHaveIt) {
  EXPECT_EQ(Realm{}.key(), "|user");
  EXPECT_EQ((Realm{.tenant = "north.example", .subject = "admin"}).key(), "north.example|admin");
}

TEST(RealmKey, IsNotThatOfAnotherRealm) {
  EXPECT_NE((Realm{.tenant = "a", .subject = "b"}).key(), (Realm{.tenant = "ab", .subject = ""}).key());
  EXPECT_EQ(TenantName::from("a|b"), std::nullopt);
  EXPECT_EQ(SubjectName::from("a|b"), std::nullopt);
}

}  // namespace
}  // namespace rowan
