#pragma once
// An address in every state that an outsider must not be able to tell apart.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {

inline constexpr std::string_view confirmed = "con@notes.example", unconfirmed = "unc@notes.example",
                                  disabled = "dis@notes.example", locked = "loc@notes.example",
                                  held = "hel@notes.example", unknown = "nob@notes.example";
inline constexpr std::array every_state{confirmed, unconfirmed, disabled, locked, held, unknown};

/// Where people wait for a mail after registering; all other rooms of sign-in by mail are on.
inline testing::TestAppOptions with_every_room(std::string database) {
  auto options = with_mail_rooms(std::move(database));
  options.strategies = {rowan::password({.registration = PasswordOptions::Registration::confirm_first}),
                        rowan::magic_link(), rowan::otp()};
  return options;
}

/// Brings `every_state` about. Takes more than an hour of the test's clock; no window of a limit is open afterwards.
class States {
 public:
  explicit States(testing::TestApp& app) : app_(&app) {
    using namespace std::chrono_literals;
    for (const auto email : {confirmed, unconfirmed, disabled, locked}) make(email);
    for (const auto email : {confirmed, locked})
      check(app.database().transact([&](Transaction& transaction) {
        return accounts::verify_email(transaction, (*app.find_user(email))->id, EmailKey(std::string(email)),
                                      app.clock().now());
      }));
    check(app.auth().disable((*app.find_user(disabled))->id));
    auto program = app.browser();
    program.json("POST", "/api/auth/user/password/register", registration(held));
    for (int i = 0; i < 110; ++i) {  // a hundred wrong passwords in a row, and some
      if (i % 10 == 0) app.clock().advance(5min);
      program.client("203.0.113." + std::to_string(i + 1));
      program.json("POST", "/api/auth/user/password/sign_in", credentials(locked, other_password));
    }
    app.clock().advance(61min);
    app.deliver();
  }

 private:
  template <class T>
  static void check(const Result<T>& done) {
    if (!done) throw std::runtime_error(done.error().reason);
  }
  // An account with a password whose address is not proven; not by the form, after which people wait.
  void make(std::string_view email) {
    auto& app = *app_;
    auto& core = engine::core_of(app.auth());
    const accounts::NewAccount account{.id = AccountId::make(app.clock(), app.random()),
                                       .generation = core.numbers.take().value(),
                                       .tenant_generation = core.numbers.take().value()};
    check(app.database().transact([&](Transaction& transaction) {
      return accounts::create(transaction, account, *EmailAddress::parse(email), app.clock().now());
    }));
    check(app.auth().set_password(account.id, password));
  }

  testing::TestApp* app_;
};

}  // namespace rowan::flows
