#pragma once
// An address in every state that an outsider must not be able to tell apart.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/engine/parts/room.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {

inline constexpr std::string_view confirmed = "con@notes.example", unconfirmed = "unc@notes.example",
                                  disabled = "dis@notes.example", locked = "loc@notes.example",
                                  held = "hel@notes.example", unknown = "nob@notes.example";
inline constexpr std::array every_state{confirmed, unconfirmed, disabled, locked, held, unknown};

/// Every room there is, as it is by default; but people wait for a mail after registering.
inline testing::TestAppOptions with_every_room(std::string database) {
  SubjectOptions all{.name = "user"};
  for (const auto& room : all_rooms()) {
    const bool waits = room.name == "password";
    room.declare(waits ? PasswordOptions{.registration = PasswordOptions::Registration::confirm_first} : room.defaults,
                 all);
  }
  return {.database = std::move(database), .strategies = std::move(all.strategies), .add_ons = std::move(all.add_ons)};
}

/// Where a program sends an address and nothing else, of whatever room: the API mount's paths.
inline std::vector<std::string> paths_that_want_an_address(const Auth& auth) {
  std::vector<std::string> paths;
  for (const auto& strategy : engine::core_of(auth).find_subject("user")->strategies)
    for (const auto& phase : strategy.phases) {
      const auto wants = [&](Input::Kind kind, bool is) {
        return std::ranges::count_if(phase.inputs,
                                     [&](const Input& input) { return input.required && (input.kind == kind) == is; });
      };
      if (phase.api && phase.who == Who::anybody && wants(Input::Kind::email, true) == 1 &&
          wants(Input::Kind::email, false) == 0)
        paths.push_back("/api/auth/user/" + strategy.name + phase.path);
    }
  return paths;
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
