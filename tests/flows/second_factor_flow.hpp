#pragma once
// An account that can have an authenticator app, and routes that ask for one.
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>

#include "mail_flow.hpp"
#include "totp_key.hpp"

namespace rowan::flows {

using namespace std::chrono_literals;
using testing::totp_code;

class WithSecondFactors : public ::testing::TestWithParam<std::string> {
 protected:
  explicit WithSecondFactors(SecondFactorPolicy policy = {})
      : app{{.database = GetParam(),
             .strategies = {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp()},
             .adjust = [&](AuthOptions& options) { options.second_factor = policy; }}} {
    id = flows::make_user(app);
    auto& site = app.site();
    const auto in = [](Conn& conn, const Claims&) { return conn.text("in"); };
    site.get("/billing", signed_in(app.auth(), {.second_factor = true, .within = 10min}, in));
    site.post("/billing", signed_in(app.auth(), {.second_factor = true, .within = 10min}, in));
    site.get("/recent", signed_in(app.auth(), {.within = 10min}, in));
    site.get("/passkeys", signed_in(app.auth(), {.phishing_resistant = true}, in));
    site.get("/api/billing", session_or_bearer(app.auth(), {.second_factor = true, .within = 10min}, in));
  }
  std::string code() { return totp_code(secret, app.clock()); }
  void next_code() { app.clock().advance(30s); }
  void set_up(Browser& browser) {
    browser.get("/account").form("totp/setup").fill("user[current_password]", password).submit();
    secret = key_on(browser);
    browser.form("totp/confirm_setup").fill("user[code]", code()).submit();
    ASSERT_EQ(browser.status(), 200) << browser.body();
    next_code();
  }
  Browser& enter(Browser& browser) { return browser.form("totp/verify").fill("user[code]", code()).submit(); }
  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }

  testing::TestApp app;
  Browser owner = app.browser();
  AccountId id{};
  std::string secret{};
};

}  // namespace rowan::flows
