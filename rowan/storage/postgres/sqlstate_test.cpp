#include <gtest/gtest.h>

#include <rowan/storage/postgres/sqlstate.hpp>

namespace rowan::storage {
namespace {

struct Case {
  std::string_view state;
  During during;
  Remedy remedy;
};

TEST(SqlStates, AreSortedByWhatToDo) {
  using enum Remedy;
  using enum During;
  for (const auto& [state, during, remedy] : {
           Case{"08000", writing, reconnect},
           Case{"08006", reading, reconnect},
           Case{"08P01", begin, reconnect},
           Case{"25P03", writing, reconnect},
           Case{"28P01", begin, reconnect},
           Case{"3D000", begin, reconnect},
           Case{"40003", writing, reconnect},
           Case{"57P04", writing, reconnect},
           Case{"57P05", reading, reconnect},
           Case{"57P01", writing, elsewhere},
           Case{"57P02", reading, elsewhere},
           Case{"57P03", begin, elsewhere},
           Case{"25006", writing, elsewhere},
           Case{"25006", begin, elsewhere},
           Case{"25006", reading, ours},
           Case{"0A000", begin, elsewhere},
           Case{"0A000", reading, prepare_again},
           Case{"0A000", writing, prepare_again},
           Case{"26000", reading, prepare_again},
           Case{"42P05", writing, prepare_again},
           Case{"40001", writing, run_again},
           Case{"40P01", writing, run_again},
           Case{"72000", reading, run_again},
           Case{"40002", writing, refused},
           Case{"22001", writing, refused},
           Case{"23505", writing, refused},
           Case{"23503", writing, refused},
           Case{"53100", writing, later},
           Case{"53300", begin, later},
           Case{"53200", reading, later},
           Case{"55P03", writing, later},
           Case{"55006", writing, later},
           Case{"57014", reading, later},
           Case{"58030", writing, later},
           Case{"42P01", reading, ours},
           Case{"42601", writing, ours},
           Case{"42501", writing, ours},
           Case{"25P02", writing, ours},
           Case{"25001", writing, ours},
           Case{"54001", writing, ours},
           Case{"55000", writing, ours},
           Case{"XX000", writing, ours},
           Case{"XX001", reading, ours},
           Case{"0A001", begin, ours},
           Case{"", reading, ours},
           Case{"what", reading, ours},
       }) {
    EXPECT_EQ(remedy_for(state, during), remedy) << state << " during " << static_cast<int>(during);
  }
}

}  // namespace
}  // namespace rowan::storage
