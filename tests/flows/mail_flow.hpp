#pragma once
// What flows of mailed links and codes have in common.
#include <rowan/base/config_error.hpp>

#include "flow.hpp"

namespace rowan::flows {

/// Every room of sign-in by mail, registration by link on.
inline testing::TestAppOptions with_mail_rooms(std::string database) {
  return {.database = std::move(database),
          .strategies = {rowan::password(), rowan::magic_link({.registration = true}), rowan::otp()},
          .add_ons = {rowan::confirmation()}};
}

class MailRooms : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{with_mail_rooms(GetParam())};
};

inline Browser& ask_for_link(Browser& browser, std::string_view email = ann) {
  return browser.get("/sign-in?prompt=login").form("magic_link/request").fill("user[email]", email).submit();
}
inline Browser& open_link(Browser& browser, const std::string& path) {
  return browser.get(path).form("/magic_link").submit();
}

inline Browser& ask_for_code(Browser& browser, std::string_view email = ann) {
  return browser.get("/sign-in?prompt=login").form("otp/request").fill("user[email]", email).submit();
}

/// Proves the address of an account by the mail its registration sent.
inline Browser& confirm(testing::TestApp& app, Browser& browser, std::string_view email = ann) {
  return browser.get(app.mailed_path(email)).form("confirm_new_user").submit();
}

inline Json an_email(std::string_view email) { return {{"user", {{"email", email}}}}; }

}  // namespace rowan::flows
