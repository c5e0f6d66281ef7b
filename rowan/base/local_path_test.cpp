#include <gtest/gtest.h>

#include <rowan/base/local_path.hpp>

namespace rowan {
namespace {

TEST(LocalPath, KeepsAPathOfThisSiteAsItIs) {
  for (const auto* text : {"/",
                           "/private",
                           "/a/b/",
                           "/a//b",
                           "/a?x=1&y=2#z",
                           "/search?q=//evil.example",
                           "/a?next=https://evil.example",
                           "/%2F/evil",
                           "/%5Cevil",
                           "/a/../b",
                           "/./a",
                           "/..",
                           "/a/..",
                           "/.",
                           "/a/.",
                           "/...//a",
                           "/a/b/..//",
                           "/f?a[b]=c",
                           "/@evil.example",
                           "/user:pass@evil.example",
                           "/https:/evil",
                           "/~a/b;c=d",
                           "/a#//b"}) {
    const auto path = LocalPath::parse(text);
    ASSERT_TRUE(path) << text;
    EXPECT_EQ(path->str(), text);
  }
}

TEST(LocalPath, IsHomeByDefault) { EXPECT_EQ(LocalPath().str(), "/"); }

TEST(LocalPath, RefusesTextThatBrowsersResolveToAnotherHost) {  // BRW-13
  for (const auto* text : {"//evil.example",
                           "///evil.example",
                           "//evil.example/..",
                           "/\\evil.example",
                           "\\/evil.example",
                           "\\\\evil.example",
                           "/\t/evil.example",
                           "/\n/evil.example",
                           "/\r/evil.example",
                           "\t//evil.example",
                           " //evil.example",
                           "https://evil.example",
                           "http:/evil.example",
                           "https:evil.example",
                           "javascript:alert(1)",
                           "data:text/html,x",
                           "evil.example",
                           "",
                           "?a",
                           "#a",
                           ".//evil.example",
                           "../evil",
                           "//",
                           "/\\",
                           "/a\\b"})
    EXPECT_FALSE(LocalPath::parse(text)) << text;
}

TEST(LocalPath, RefusesDotSegmentsThatLeaveTwoSlashesInFront) {
  for (const auto* text :
       {"/.//evil.example", "/..//evil.example", "/a/..//evil.example", "/%2e//evil.example", "/%2E%2e//evil.example",
        "/.%2e//evil.example", "/%2e.//evil.example", "/a/b/../..//evil.example", "/././/evil.example",
        "/../..//evil.example", "/a/%2e%2E//evil.example", "/.//", "/a/..//", "/a/.././/b", "/.//.", "/.//%2e"})
    EXPECT_FALSE(LocalPath::parse(text)) << text;
}

TEST(LocalPath, RefusesCharactersInvalidInALocationField) {
  for (const std::string_view text : {"/a b", "/a\r\nSet-Cookie: x=y", "/\x01", "/\x7F", "/\xC3\xA9", "/a\"b", "/<b>",
                                      "/a`b", "/%", "/%2", "/%zz", "/a?b=%4", "/a#%x1"})
    EXPECT_FALSE(LocalPath::parse(text)) << text;
  EXPECT_FALSE(LocalPath::parse(std::string_view("/a\0b", 4)));
}

TEST(LocalPath, IsBounded) {
  EXPECT_TRUE(LocalPath::parse('/' + std::string(2047, 'a')));
  EXPECT_FALSE(LocalPath::parse('/' + std::string(2048, 'a')));
}

}  // namespace
}  // namespace rowan
