#include <gtest/gtest.h>

#include <rowan/http/cookie.hpp>
#include <stdexcept>

namespace rowan::http {
namespace {

std::string found(std::string_view header, std::string_view name = "__Host-rowan") {
  const auto cookie = find_cookie(header, name);
  EXPECT_FALSE(cookie.repeated && cookie.value);
  return cookie.repeated ? "repeated" : cookie.value ? std::string(*cookie.value) : "absent";
}

TEST(FindCookie, FindsTheOneAmongOthers) {
  EXPECT_EQ(found("__Host-rowan=abc"), "abc");
  EXPECT_EQ(found("a=1; __Host-rowan=abc; b=2"), "abc");
  EXPECT_EQ(found("a=1;__Host-rowan=abc;b=2"), "abc");
  EXPECT_EQ(found(" \t__Host-rowan=abc \t; b"), "abc");
  EXPECT_EQ(found("__Host-rowan="), "");
  EXPECT_EQ(found("__Host-rowan=a=b=="), "a=b==");
  EXPECT_EQ(found("__Host-rowan=\"abc\""), "\"abc\"");
}

TEST(FindCookie, MatchesTheExactNameOnly) {
  for (const auto* header : {"", ";", "; ;", "=", "__Host-rowan", "__Host-rowan_state=x", "x__Host-rowan=x",
                             "__host-rowan=x", "__Host-rowan =x", "=__Host-rowan", "a=__Host-rowan=x",
                             "a=1, __Host-rowan=x", "rowan=x", "\"__Host-rowan=x\"", "__Host%2Drowan=x"})
    EXPECT_EQ(found(header), "absent") << header;
}

TEST(FindCookie, RejectsDuplicates) {  // CK-06
  for (const auto* header : {"__Host-rowan=a; __Host-rowan=b", "__Host-rowan=a; x=1; __Host-rowan=a",
                             "__Host-rowan=;__Host-rowan=", "__Host-rowan=a; __Host-rowan=b; __Host-rowan=c",
                             "__Host-rowan=a;\t__Host-rowan=b;x"})
    EXPECT_EQ(found(header), "repeated") << header;
}

TEST(FindCookie, GivesAViewIntoTheHeader) {
  const std::string header = "a=1; b=2";
  EXPECT_EQ(find_cookie(header, "b").value->data(), header.data() + 7);
}

TEST(SetCookie, IsSafeByDefault) {  // CK-01, CK-02, CK-03, CK-04
  EXPECT_EQ(set_cookie("__Host-rowan", "abc", {}), "__Host-rowan=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
}

TEST(SetCookie, WritesEveryAttribute) {
  EXPECT_EQ(set_cookie("rowan", "abc",
                       {.max_age = std::chrono::hours(1),
                        .secure = false,
                        .http_only = false,
                        .same_site = SameSite::strict,
                        .path = "/auth"}),
            "rowan=abc; Path=/auth; Max-Age=3600; SameSite=Strict");
  EXPECT_EQ(set_cookie("a", "", {.same_site = SameSite::none}), "a=; Path=/; Secure; HttpOnly; SameSite=None");
}

TEST(SetCookie, LivesNoLongerThan400Days) {  // CK-07
  EXPECT_NE(set_cookie("a", "b", {.max_age = std::chrono::hours(24 * 1000)}).find("; Max-Age=34560000;"),
            std::string::npos);
}

TEST(ExpireCookie, RepeatsTheAttributesItWasSetWith) {  // CK-07
  EXPECT_EQ(expire_cookie("__Host-rowan", {.max_age = std::chrono::hours(1)}),
            "__Host-rowan=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
}

TEST(SetCookie, RefusesWhatWouldSplitTheField) {  // CK-07, HTTP-02
  for (const std::string_view value :
       std::initializer_list<std::string_view>{"a b", "a;b", "a,b", "a\"b", "a\\b", "a\r\nSet-Cookie: x=y", "\x7F",
                                               "\xC3\xA9", std::string_view("a\0b", 3)}) {
    EXPECT_FALSE(is_cookie("a", value));
    EXPECT_THROW(static_cast<void>(set_cookie("a", value, {})), std::logic_error);
  }
  for (const std::string_view name : {"", "a b", "a=b", "a;b", "a\n", "\xC3\xA9", "(a)"})
    EXPECT_THROW(static_cast<void>(set_cookie(name, "b", {})), std::logic_error);
  for (const auto* path : {"", "auth", "/a;b", "/a\r\n"})
    EXPECT_THROW(static_cast<void>(set_cookie("a", "b", {.path = path})), std::logic_error);
  EXPECT_THROW(static_cast<void>(set_cookie("a", "b", {.max_age = std::chrono::seconds(-1)})), std::logic_error);
}

TEST(SetCookie, RefusesWhatABrowserWouldDrop) {  // CK-03, CK-05
  EXPECT_THROW(static_cast<void>(set_cookie("__Host-a", "b", {.secure = false})), std::logic_error);
  EXPECT_THROW(static_cast<void>(set_cookie("__Host-a", "b", {.path = "/auth"})), std::logic_error);
  EXPECT_THROW(static_cast<void>(set_cookie("__Secure-a", "b", {.secure = false})), std::logic_error);
  EXPECT_THROW(static_cast<void>(set_cookie("a", "b", {.secure = false, .same_site = SameSite::none})),
               std::logic_error);
  EXPECT_TRUE(is_cookie("a", std::string(4095, 'b')));
  EXPECT_FALSE(is_cookie("a", std::string(4096, 'b')));
  EXPECT_THROW(static_cast<void>(set_cookie("a", std::string(4096, 'b'), {})), std::logic_error);
}

TEST(SetCookie, IsFoundAgain) {
  const auto written = set_cookie("__Host-rowan", "aZ09-_~!#$%&'()*+./:<=>?@[]^`{|}", {});
  EXPECT_EQ(found(written.substr(0, written.find(';'))), "aZ09-_~!#$%&'()*+./:<=>?@[]^`{|}");
}

}  // namespace
}  // namespace rowan::http
