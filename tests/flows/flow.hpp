#pragma once
// What every flow test has: an application on each kind of database, and the few sentences its visitors speak.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rowan/testing/app.hpp>

namespace rowan::flows {

inline constexpr std::string_view ann = "ann@notes.example", bob = "bob@notes.example", eve = "eve@notes.example";
inline constexpr std::string_view password = "correct horse battery staple";
inline constexpr std::string_view other_password = "seven quiet lanterns over water";

using Browser = testing::Browser;

/// An account with a password and a proven address.
inline AccountId make_user(testing::TestApp& app, std::string_view email = ann) {
  NewUser user;
  user.email = email;
  user.password = Secret::from_text(password);
  user.confirmed = true;
  const auto made = app.auth().create_user(user);
  if (!made) throw std::runtime_error(made.error().reason);
  return made->id;
}

inline Browser& register_in(Browser& browser, std::string_view email = ann, std::string_view with = password) {
  return browser.get("/register?prompt=login")
      .form("password/register")
      .fill("user[email]", email)
      .fill("user[password]", with)
      .fill("user[password_confirmation]", with)
      .submit();
}

inline Browser& sign_in(Browser& browser, std::string_view email = ann, std::string_view with = password) {
  return browser.get("/sign-in?prompt=login")
      .form("password/sign_in")
      .fill("user[email]", email)
      .fill("user[password]", with)
      .submit();
}

/// The same, with "Remember me" ticked.
inline Browser& sign_in_to_stay(Browser& browser, std::string_view email = ann) {
  return browser.get("/sign-in?prompt=login")
      .form("password/sign_in")
      .fill("user[email]", email)
      .fill("user[password]", password)
      .tick("user[remember_me]")
      .submit();
}

inline Browser& sign_out(Browser& browser) { return browser.get("/sign-out").form("/sign-out").submit(); }

inline Browser& ask_for_reset(Browser& browser, std::string_view email = ann) {
  return browser.get("/reset").form("reset_request").fill("user[email]", email).submit();
}

inline Browser& choose(testing::Form form, std::string_view with) {
  return form.fill("user[password]", with).fill("user[password_confirmation]", with).submit();
}

inline Json credentials(std::string_view email = ann, std::string_view with = password) {
  return {{"user", {{"email", email}, {"password", with}}}};
}
inline Json registration(std::string_view email = ann, std::string_view with = password) {
  return {{"user", {{"email", email}, {"password", with}, {"password_confirmation", with}}}};
}

/// Second factors that an application says an account has.
inline std::vector<Factor> named(const std::vector<std::string>& strategies) {
  std::vector<Factor> factors;
  for (const auto& strategy : strategies) factors.push_back({.strategy = strategy});
  return factors;
}

/// The text at a path such as "authentication", "bearer"; empty when it is not text.
inline std::string text_at(const Json& document, std::initializer_list<std::string_view> path) {
  Json at = document;
  for (const auto step : path) {
    const auto next = at.find(step);
    if (!next) return {};
    at = *next;
  }
  return std::string(at.as_text().value_or(std::string_view()));
}

inline bool is_signed_in(Browser& browser) { return browser.get("/me").status() == 200; }

/// On SQLite, and on PostgreSQL where scripts/with-postgres gives one.
class OnEveryDatabase : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{{.database = GetParam()}};
};

inline auto every_database() { return ::testing::ValuesIn(testing::TemporaryDatabase::kinds()); }
inline std::string name_of_database(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace rowan::flows
