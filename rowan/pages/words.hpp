#pragma once
// Every sentence that C++ code says to people, so that one test can hold them against the catalogues. The English text
// is the key. Templates carry their own words, as [[…]].
#include <array>
#include <string_view>

namespace rowan {

/// A sentence that changes with a number; {1} is the number.
struct CountedWord {
  std::string_view one{}, many{};
};

}  // namespace rowan

namespace rowan {

/// Marks a sentence that a room's C++ says to people, for the catalogues; the room's texts/*.po translate it. It must
/// be one literal in one place.
constexpr std::string_view sentence(std::string_view english) { return english; }

}  // namespace rowan

namespace rowan::words {

// Answers.
inline constexpr std::string_view incorrect_email_or_password = "Incorrect email or password";
inline constexpr std::string_view invalid_or_expired_link = "Invalid or expired link";
inline constexpr std::string_view signed_in = "You are now signed in";
inline constexpr std::string_view taken_over =
    "You're signed in. For your safety, any earlier password of this account was removed and all other devices were "
    "signed out. To set a password, choose \"Forgot your password?\" on the sign-in page.";
inline constexpr std::string_view taken_over_elsewhere =
    "This account is yours now. For your safety, any earlier password was removed and all devices were signed out. "
    "Sign in by email, or choose \"Forgot your password?\" to set a password.";
inline constexpr std::string_view signed_out = "You are now signed out";
inline constexpr std::string_view registered = "Your account has been created";
inline constexpr std::string_view password_reset = "Your password has successfully been reset";
inline constexpr std::string_view password_changed = "Your password has been changed";
inline constexpr std::string_view reset_requested =
    "If this user exists in our system, you will be contacted with password reset instructions shortly.";
inline constexpr std::string_view registration_held =
    "We have sent you a mail. Open the link in it to finish your registration.";
inline constexpr std::string_view sign_in_first = "Please sign in to continue.";
inline constexpr std::string_view confirm_first = "Please confirm your email address first.";
inline constexpr std::string_view form_too_old = "Your form was too old. Please try again.";
inline constexpr std::string_view from_another_site =
    "This was sent from another website. Open the page here and try again.";
inline constexpr std::string_view signed_in_as_too_many =
    "You are signed in with several accounts in this browser. Sign out first, then try again.";
inline constexpr std::string_view try_again_in_a_moment = "Please try again in a moment.";
inline constexpr std::string_view request_not_understood =
    "Your browser sent something we could not read. Please try again.";
inline constexpr std::string_view something_went_wrong = "Something went wrong on our side.";
inline constexpr std::string_view check_the_fields = "Please check what you entered.";
inline constexpr std::string_view check_your_mail = "Check your inbox";
// In mails, behind "Browser".
inline constexpr std::string_view unknown_browser = "an unknown browser";

inline constexpr CountedWord try_again_in_minutes{"Too many attempts. Please try again in one minute.",
                                                  "Too many attempts. Please try again in {1} minutes."};

// Field errors.
inline constexpr std::string_view fill_in = "Fill in this field.";
inline constexpr std::string_view enter_email = "Enter your email address.";
inline constexpr std::string_view enter_password = "Enter your password.";
inline constexpr std::string_view repeat_password = "Repeat the password.";
inline constexpr std::string_view not_valid = "This is not valid.";
inline constexpr std::string_view not_an_address = "Enter an email address like name@example.com.";
inline constexpr std::string_view taken = "This is already taken.";
inline constexpr std::string_view address_taken = "There is already an account with this address.";
inline constexpr std::string_view common =
    "This password is one of the first that others would guess. Choose another one.";
inline constexpr std::string_view contains_identifier = "The password must not be your own address.";
inline constexpr std::string_view mismatch = "The two passwords are not the same.";
inline constexpr std::string_view wrong_current_password = "This is not your current password.";
inline constexpr CountedWord too_short{"Use at least one character.", "Use at least {1} characters."};
inline constexpr CountedWord too_long{"Use at most one character.", "Use at most {1} characters."};

inline constexpr std::array all = {incorrect_email_or_password,
                                   invalid_or_expired_link,
                                   signed_in,
                                   taken_over,
                                   taken_over_elsewhere,
                                   signed_out,
                                   registered,
                                   password_reset,
                                   password_changed,
                                   reset_requested,
                                   registration_held,
                                   sign_in_first,
                                   confirm_first,
                                   form_too_old,
                                   from_another_site,
                                   signed_in_as_too_many,
                                   try_again_in_a_moment,
                                   request_not_understood,
                                   something_went_wrong,
                                   check_the_fields,
                                   check_your_mail,
                                   unknown_browser,
                                   fill_in,
                                   enter_email,
                                   enter_password,
                                   repeat_password,
                                   not_valid,
                                   not_an_address,
                                   taken,
                                   address_taken,
                                   common,
                                   contains_identifier,
                                   mismatch,
                                   wrong_current_password};
inline constexpr std::array all_counted = {try_again_in_minutes, too_short, too_long};

}  // namespace rowan::words
