#pragma once
// What the tests of the room have in common: an account, and browsers that are remembered.
#include <barrier>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>
#include <thread>

#include <tests/flows/another_node.hpp>
#include <tests/flows/flow.hpp>
#include <tests/flows/logged.hpp>

namespace rowan::flows {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

inline constexpr std::string_view remember_cookie = "__Host-rowan_remember", session_cookie = "__Host-rowan";

class Remembered : public ::testing::TestWithParam<std::string> {
 protected:
  explicit Remembered(std::vector<Strategy> more = {}, std::function<void(AuthOptions&)> adjust = {})
      : app{{.database = GetParam(), .strategies = with(std::move(more)), .adjust = [this, adjust](AuthOptions& auth) {
               auth.logger = &log;
               auth.limits_enabled = false;
               if (adjust) adjust(auth);
             }}} {
    make_user(ann);
  }
  static std::vector<Strategy> with(std::vector<Strategy> more) {
    more.insert(more.begin(), {rowan::password(), rowan::remember_me()});
    return more;
  }
  AccountId make_user(std::string_view email) { return flows::make_user(app, email); }
  /// The session ends by itself; what the browser keeps goes on.
  void goes_idle() {
    app.clock().advance(std::chrono::days(2));
    app.deliver();
  }
  static bool is_remembered(Browser& browser) { return browser.cookies().contains(std::string(remember_cookie)); }
  /// Another browser with the cookies of this one, as a thief has them.
  Browser copy_of(Browser& browser) {
    auto copy = app.browser();
    copy.cookies() = browser.cookies();
    return copy;
  }
  static std::string session_of(Browser& browser) { return browser.cookies()[std::string(session_cookie)]; }
  std::int64_t rows() {
    return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_remembered_browsers"}, {});
  }
  std::int64_t sessions() {
    return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_tokens WHERE purpose = 'session'"}, {});
  }

  RememberingLogger log{};
  testing::TestApp app;
  Browser browser = app.browser();
};

}  // namespace rowan::flows
