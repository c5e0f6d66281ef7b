#include <gtest/gtest.h>

#include <rowan/base/thread_counts.hpp>

namespace rowan {
namespace {

TEST(ThreadCounts, NeedNoMoreConnectionsThanADatabaseHasByItself) {
  const auto counts = fit_threads({}, usual_connections());
  EXPECT_EQ(counts.sum(), usual_threads().sum());
  EXPECT_LT(counts.sum(), usual_connections()) << "what runs beside the server has some, too";
}

TEST(ThreadCounts, AreReducedUntilEachHasAConnection) {
  for (unsigned connections = 3; connections < usual_threads().sum(); ++connections) {
    const auto counts = fit_threads({}, connections);
    EXPECT_EQ(counts.sum(), connections);
    EXPECT_TRUE(counts.database >= 1 && counts.hash >= 1 && counts.outgoing >= 1) << connections;
  }
  EXPECT_EQ(fit_threads({}, 1).sum(), 3U) << "one each is the least";
}

TEST(ThreadCounts, KeepConfiguredValues) {
  const auto counts = fit_threads({.hash = 30}, 20);
  EXPECT_EQ(counts.hash, 30U);
  EXPECT_EQ(counts.sum(), 32U) << "more than there are connections: for the caller to say";
  EXPECT_EQ(fit_threads({.database = 100}, 0).database, 100U);
}

}  // namespace
}  // namespace rowan
