#include <gtest/gtest.h>

#include <algorithm>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/uuid.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <unordered_set>

namespace rowan {
namespace {

TEST(Uuid, SortsByTheTimeItWasMade) {
  testing::FakeClock clock;
  testing::FakeRandom random;
  std::vector<Uuid> made;
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) {
    made.push_back(Uuid::v7(clock, random));
    texts.push_back(made.back().text());
    clock.advance(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
  EXPECT_TRUE(std::is_sorted(texts.begin(), texts.end()));
}

TEST(Uuid, HasTheLayoutOfVersion7) {  // RFC 9562 appendix A.6: 2022-02-22T19:22:22Z is 0x017F22E279B0
  testing::FakeClock clock(from_microseconds(1'645'557'742'000'000));
  testing::FakeRandom random;
  for (int i = 0; i < 50; ++i) {
    const std::string text = Uuid::v7(clock, random).text();
    EXPECT_EQ(text.substr(0, 15), "017f22e2-79b0-7");
    EXPECT_TRUE(std::string_view("89ab").contains(text[19])) << text;
  }
}

TEST(Uuid, DiffersWithinAMillisecond) {
  testing::FakeClock clock;
  testing::FakeRandom random;
  std::unordered_set<AccountId> made;
  for (int i = 0; i < 1000; ++i) made.insert(AccountId::make(clock, random));
  EXPECT_EQ(made.size(), 1000U);
}

TEST(Uuid, ReadsWhatItWritesInEitherCase) {
  const auto uuid = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(Uuid::parse(uuid->text()), uuid);
}

TEST(Uuid, RefusesEveryOtherSpelling) {
  for (const auto* text : {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4dc0c0c07398f0",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398", " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                           "017f22e2+79b0-7cc3-98c4-dc0c0c07398f"})
    EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, IsNilUntilMade) {
  EXPECT_TRUE(Uuid{}.is_nil());
  EXPECT_EQ(Uuid{}.text(), "00000000-0000-0000-0000-000000000000");
  EXPECT_TRUE(AccountId().is_nil());
}

TEST(StrongId, ReadsAndWritesItsText) {
  const auto id = AccountId::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(Json(*id).text(), "\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"");
  const auto broken = AccountId::parse("x");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::malformed_request);
}

template <class A, class B>
concept Comparable = requires(const A& a, const B& b) { a == b; };
static_assert(Comparable<AccountId, AccountId>);
static_assert(!Comparable<AccountId, FlowId>);
static_assert(!std::is_convertible_v<Uuid, AccountId>);

}  // namespace
}  // namespace rowan
