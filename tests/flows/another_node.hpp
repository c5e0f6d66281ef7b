#pragma once
// A program that starts again, or a second node: another Auth over the database of a TestApp, with its clock.
#include <rowan/testing/app.hpp>

namespace rowan::flows {

inline constexpr std::string_view tests_secret = "a secret of tests: 0123456789abcdef";  // the TestApp's
inline constexpr std::string_view newer_secret = "a newer secret of tests: 0123456789ab";

struct NodeOptions {
  std::vector<Strategy> strategies{};
  std::vector<std::string_view> secrets{tests_secret};  // newest first
  bool limited = true;
};

class AnotherNode {
 public:
  AnotherNode(testing::TestApp& app, NodeOptions options)
      : mailer_(open_mailer("mailbox")),
        hasher_(make_argon2id_hasher({.memory_kib = 8, .passes = 1}, app.random())),
        auth_({.base_url = "https://rowan.example",
               .database = app.database(),
               .mailer = *mailer_,
               .secret = secrets_of(options),
               .strategies = std::move(options.strategies),
               .limits_enabled = options.limited,
               .clock = &app.clock(),
               .random = &app.random(),
               .hasher = hasher_.get()}) {
    site_.mount(routes(auth_)
                    .auth_routes(web_)
                    .auth_routes(api_, {.path = "/api/auth"})
                    .sign_in_route()
                    .sign_out_route(web_)
                    .account_routes());
    site_.get("/me",
              session_or_bearer(auth_, [](Conn& conn, const User& user) { return conn.json({{"user", user}}); }));
  }
  Auth& auth() { return auth_; }
  testing::Browser browser() { return testing::Browser(site_, "https://rowan.example"); }
  /// With the cookies of a browser of before.
  testing::Browser browser(testing::Browser& before) {
    auto browser = this->browser();
    browser.cookies() = before.cookies();
    return browser;
  }

 private:
  static Secrets secrets_of(const NodeOptions& options) {
    std::vector<Secret> all;
    for (const auto text : options.secrets) all.push_back(Secret::from_text(text));
    return Secrets(std::move(all));
  }

  std::unique_ptr<Mailer> mailer_;
  std::unique_ptr<PasswordHasher> hasher_;
  Auth auth_;
  Controller web_{};
  ApiController api_{};
  Site site_{};
};

}  // namespace rowan::flows
