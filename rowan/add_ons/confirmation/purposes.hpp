#pragma once
// Not installed. What a link of this add-on may be about. Each is a purpose of its own, so that using one never kills
// another.
#include <array>
#include <rowan/base/email_address.hpp>
#include <rowan/base/purpose.hpp>
#include <rowan/base/strong_id.hpp>

namespace rowan::add_ons::confirmation {

inline constexpr Purpose of_account = "confirm_account";
inline constexpr Purpose of_registration = "confirm_registration";
inline constexpr Purpose of_change = "confirm_change";
/// Belongs to no account's links on purpose: the person who changed the address must not be able to end it by changing
/// the password too.
inline constexpr Purpose of_revert = "revert_change";
/// One key for all reverts of an account, which are not found by the account itself.
inline EmailKey key_of_reverts(AccountId account) { return EmailKey("account " + account.text()); }

inline constexpr std::array purposes{of_account, of_registration, of_change, of_revert};

}  // namespace rowan::add_ons::confirmation
