#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>
#include <rowan/base/base64.hpp>
#include <rowan/base/secret.hpp>
#include <type_traits>

// Memory can only be looked at before it is given back, so the test's own operator delete[] looks.
namespace {
std::atomic<bool> watching = false;
std::atomic<int> freed_with_marker = 0;
std::atomic<int> freed_of_the_size = 0;
constexpr std::string_view marker = "correct-horse-battery-staple";

void look_at(void* memory) {
  if (!watching || memory == nullptr || ::malloc_usable_size(memory) < marker.size()) return;
  const std::string_view bytes(static_cast<const char*>(memory), ::malloc_usable_size(memory));
  if (bytes.size() >= 97 && bytes.size() < 128) ++freed_of_the_size;
  if (bytes.find(marker.substr(8)) != std::string_view::npos) ++freed_with_marker;
}
}  // namespace

void* operator new[](std::size_t size) {
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete[](void* memory) noexcept {
  look_at(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  look_at(memory);
  std::free(memory);
}

namespace rowan {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(!std::equality_comparable<Secret>);

class Watch {
 public:
  Watch() {
    freed_with_marker = freed_of_the_size = 0;
    watching = true;
  }
  ~Watch() { watching = false; }
};

std::string long_text() { return std::string(marker) + std::string(96 - marker.size(), 'x'); }

TEST(Secret, WipesItsBytesBeforeTheyAreFreed) {
  const std::string text = long_text();
  const Watch watch;
  {
    const Secret secret = Secret::from_text(text);
  }
  EXPECT_EQ(freed_of_the_size, 1);
  EXPECT_EQ(freed_with_marker, 0);
}

TEST(Secret, WipesWhatAMoveReplaces) {
  const std::string text = long_text();
  const Watch watch;
  {
    Secret secret = Secret::from_text(text);
    secret = Secret::from_text("next");
    Secret copy = secret.copy();
    secret = std::move(copy);
  }
  EXPECT_EQ(freed_of_the_size, 1);
  EXPECT_EQ(freed_with_marker, 0);
}

TEST(Secret, LeavesNothingBehindWhenMoved) {
  Secret from = Secret::from_text("abc");
  const Secret to = std::move(from);
  EXPECT_EQ(to.expose(), "abc");
  EXPECT_TRUE(from.missing());  // NOLINT(bugprone-use-after-move): that is the promise
  EXPECT_EQ(from.size(), 0U);
  EXPECT_EQ(from.expose(), "");
}

TEST(Secret, TellsMissingFromEmpty) {
  EXPECT_FALSE(Secret::from_text("").missing());
  EXPECT_TRUE(Secret::from_env("ROWAN_TEST_SURELY_NOT_SET").missing());
  EXPECT_TRUE(Secret::from_file("does/not/exist").missing());
  EXPECT_TRUE(Secret::from_env("ROWAN_TEST_SURELY_NOT_SET").copy().missing());
}

TEST(Secret, KnowsWhereItCameFromButNotWhatItIs) {
  EXPECT_EQ(Secret::from_env("ROWAN_TEST_SURELY_NOT_SET").origin(), "env:ROWAN_TEST_SURELY_NOT_SET");
  EXPECT_EQ(Secret::from_text("abc").origin(), "text");
  EXPECT_EQ(Secret::from_bytes(as_bytes("abc")).origin(), "bytes");
}

TEST(Secret, KeepsNulAndEveryOtherByte) {
  const std::string text("a\0\xFF\n", 4);
  EXPECT_EQ(Secret::from_text(text).expose(), text);
  EXPECT_EQ(Secret::from_bytes(as_bytes(text)).copy().expose(), text);
}

TEST(Secret, ReadsTheEnvironment) {
  ::setenv("ROWAN_TEST_SECRET", "from outside", 1);
  EXPECT_EQ(Secret::from_env("ROWAN_TEST_SECRET").expose(), "from outside");
  ::unsetenv("ROWAN_TEST_SECRET");
}

TEST(Secret, ReadsAFileWithoutItsOneLastNewline) {
  const std::string path = ::testing::TempDir() + "rowan_secret_test_" + std::to_string(::getpid());
  std::ofstream(path, std::ios::binary) << "abc\n\n";
  const Secret secret = Secret::from_file(path);
  EXPECT_EQ(secret.expose(), "abc\n");
  EXPECT_EQ(secret.origin(), "file:" + path);
  std::remove(path.c_str());
}

TEST(Secrets, KeepTheNewestFirst) {
  const Secrets secrets(Secret::from_text("new"), Secret::from_text("old"));
  ASSERT_EQ(secrets.newest_first().size(), 2U);
  EXPECT_EQ(secrets.newest_first()[0].expose(), "new");
  EXPECT_EQ(secrets.newest_first()[1].expose(), "old");
}

}  // namespace
}  // namespace rowan
