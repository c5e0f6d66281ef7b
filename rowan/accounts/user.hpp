#pragma once
#include <optional>
#include <rowan/base/realm.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <string>

namespace rowan {

/// The account's row, as an application sees it. A value; knowing one proves nothing (AuthenticatedUser does).
struct User {
  AccountId id{};
  Realm realm{};
  std::string email{};                      // as its owner writes it; empty when there is none
  std::optional<Timestamp> confirmed_at{};  // when the address was proven
  Timestamp created_at{};
  std::string locale{};   // the language of mails; empty: not chosen
  Json extra = Json({});  // declared extra attributes, an object

  std::string_view subject() const { return realm.subject.view(); }
  std::string_view tenant() const { return realm.tenant.view(); }

  friend Json to_json(const User& user) {
    return {{"id", user.id},
            {"email", user.email},
            {"confirmed_at", user.confirmed_at ? Json(to_rfc3339(*user.confirmed_at)) : Json(nullptr)}};
  }
};

/// Which accounts a list has, by id, which is the order in which they were made.
struct UserFilter {
  enum class State : std::uint8_t { all, usable, disabled, closed };
  static constexpr std::size_t max_limit = 1000;

  Realm realm{};
  State state = State::all;
  AccountId after{};       // the last of the page before; nil: from the first
  std::size_t limit = 50;  // 1 to max_limit
};

}  // namespace rowan
