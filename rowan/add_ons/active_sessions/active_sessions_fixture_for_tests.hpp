#pragma once
// What the tests of the room have in common: an account, its browsers and programs, and what the list says of them.
#include <barrier>
#include <rowan/testing/counting_database.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>
#include <thread>

#include <tests/flows/another_node.hpp>
#include <tests/flows/mail_flow.hpp>
#include <tests/flows/totp_key.hpp>

namespace rowan::flows {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

inline constexpr const char* firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
inline constexpr const char* chrome =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

class ActiveSessions : public ::testing::TestWithParam<std::string> {
 protected:
  explicit ActiveSessions(ActiveSessionsOptions options = {}, bool limited = true)
      : options_(options),
        app{{.database = GetParam(),
             .strategies = {rowan::password(), rowan::totp()},
             .add_ons = {rowan::active_sessions(options)},
             .adjust = [this, limited](AuthOptions& adjusted) {
               adjusted.limits_enabled = limited;
               adjusted.hooks.events = {AuthEvent::Kind::signed_out};
               adjusted.hooks.on_event = [this](Transaction&, const Services&, const AuthEvent& event) -> Result<> {
                 const std::lock_guard lock(hearing_);
                 heard.push_back(event.strategy + "/" + event.phase);
                 return {};
               };
             }}} {
    id = make_user(ann);
  }
  AccountId make_user(std::string_view email) { return flows::make_user(app, email); }
  std::vector<Strategy> rooms() {
    return {rowan::password(), rowan::totp(), rowan::active_sessions(options_).parts.front()};
  }

  Browser signed_in_browser(std::string_view email = ann, const std::string& agent = firefox) {
    auto browser = app.browser();
    browser.get("/sign-in?prompt=login");
    browser.with_header("User-Agent", agent);
    browser.form("password/sign_in").fill("user[email]", email).fill("user[password]", password).submit();
    EXPECT_TRUE(is_signed_in(browser));
    return browser;
  }
  Browser program(std::string_view email = ann) {
    auto program = app.browser();
    program.json("POST", "/api/auth/user/password/sign_in", credentials(email));
    program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
    return program;
  }
  std::vector<Json> list(Browser& by) {
    EXPECT_EQ(by.json("GET", "/api/auth/user/sessions").status(), 200) << by.body();
    const auto all = by.answer().find("sessions");
    return all ? all->items() : std::vector<Json>();
  }
  std::string id_of_other(Browser& by) {
    for (const auto& one : list(by))
      if (const auto current = one.find("current"); current && !current->as_boolean().value_or(true))
        return text_at(one, {"id"});
    return {};
  }
  std::string id_of_this(Browser& by) {
    const auto all = list(by);
    return all.empty() ? std::string() : text_at(all.front(), {"id"});
  }
  /// On the account page that the browser shows: of the second one in the list.
  static std::string id_of_second(Browser& browser) {
    constexpr std::string_view field = "name=\"user[id]\" value=\"";
    const auto& page = browser.body();
    const auto first = page.find(field);
    const auto second = page.find(field, first + 1);
    if (second == std::string::npos) return {};
    const auto begin = second + field.size();
    return page.substr(begin, page.find('"', begin) - begin);
  }
  int end(Browser& by, const std::string& which) {
    return by.json("DELETE", "/api/auth/user/sessions/" + which).status();
  }
  static int status_of(Browser& browser) { return browser.json("GET", "/me").status(); }
  std::string card(Browser& browser) {
    const auto page = browser.get("/account").body();
    const auto begin = page.find("id=\"user_sessions\"");
    return begin == std::string::npos ? "" : page.substr(begin, page.find("</section>", begin) - begin);
  }
  static std::size_t lines_in(const std::string& card) {
    std::size_t lines = 0;
    for (auto at = card.find("<li>"); at != std::string::npos; at = card.find("<li>", at + 1)) ++lines;
    return lines;
  }
  std::int64_t number(const Sql& statement, SqlParams params = {}) {
    return testing::number_in(app.database(), statement, params);
  }
  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        app.database().transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }
  std::size_t live() {
    const auto all = app.auth().sessions(id);
    return all ? all->size() : 0;
  }

  std::mutex hearing_{};
  std::vector<std::string> heard{};  // sign-outs
  ActiveSessionsOptions options_;
  testing::TestApp app;
  AccountId id{};
};

}  // namespace rowan::flows
