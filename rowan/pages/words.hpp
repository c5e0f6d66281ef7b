#pragma once
// Every sentence that C++ code shows to people, in one place so that a test can compare them with the catalogues. The
// English text is the key. Templates contain their own sentences, as [[…]].
#include <array>
#include <string_view>

namespace rowan {

/// A sentence that changes with a number; {1} is the number.
struct CountedWord {
  std::string_view one{}, many{};
};

}  // namespace rowan

namespace rowan {

/// Marks a sentence that a room's C++ code shows to people, for the catalogues. The room's texts/*.po translate it. The
/// argument must be a single literal, used in one place.
constexpr std::string_view sentence(std::string_view english) { return english; }

}  // namespace rowan

namespace rowan::words {

// Answers.
inline constexpr std::string_view incorrect_email_or_password =
    "The email address or password isn't right. Check both and try again.";
inline constexpr std::string_view invalid_or_expired_link =
    "This link is no longer valid. It may have expired or been used already. Request a new one.";
inline constexpr std::string_view signed_in = "You're signed in.";
inline constexpr std::string_view taken_over =
    "You're signed in. For your safety, any earlier password of this account was removed and all other devices were "
    "signed out. To set a password, choose \"Forgot your password?\" on the sign-in page.";
inline constexpr std::string_view taken_over_elsewhere =
    "This account is yours now. For your safety, any earlier password was removed and all devices were signed out. "
    "Sign in by email, or choose \"Forgot your password?\" to set a password.";
inline constexpr std::string_view registered = "Welcome! Your account is ready.";
inline constexpr std::string_view password_reset = "Your new password is saved. You're signed in.";
inline constexpr std::string_view password_changed = "Your password has been changed.";
inline constexpr std::string_view sign_in_first = "Please sign in to continue.";
inline constexpr std::string_view show_more = "Confirm that it's you to continue.";
inline constexpr std::string_view a_browser = "A browser";
inline constexpr std::string_view signed_in_already = "You're signed in already.";
inline constexpr std::string_view confirm_first = "Please confirm your email address first.";
inline constexpr std::string_view form_too_old = "This form has expired. Please try again.";
inline constexpr std::string_view from_another_site =
    "This was sent from another website. Open the page here and try again.";
inline constexpr std::string_view signed_in_as_too_many =
    "You're signed in with several accounts in this browser. Sign out first, then try again.";
inline constexpr std::string_view try_again_in_a_moment = "Please try again in a moment.";
inline constexpr std::string_view request_not_understood = "We couldn't read what your browser sent. Please try again.";
inline constexpr std::string_view something_went_wrong = "Something went wrong on our end. Please try again later.";
inline constexpr std::string_view check_the_fields = "Please check what you entered.";
inline constexpr std::string_view check_your_mail = "Check your inbox";
// In mails, after "Browser".
inline constexpr std::string_view unknown_browser = "an unknown browser";

inline constexpr CountedWord try_again_in_minutes{"Too many attempts. Please try again in one minute.",
                                                  "Too many attempts. Please try again in {1} minutes."};

// How long something lasts: "It works for 10 minutes."
inline constexpr CountedWord seconds{"one second", "{1} seconds"};
inline constexpr CountedWord minutes{"one minute", "{1} minutes"};
inline constexpr CountedWord hours{"one hour", "{1} hours"};
inline constexpr CountedWord days{"one day", "{1} days"};

// Field errors.
inline constexpr std::string_view fill_in = "Fill in this field.";
inline constexpr std::string_view enter_email = "Enter your email address.";
inline constexpr std::string_view enter_password = "Enter your password.";
inline constexpr std::string_view repeat_password = "Enter the password again.";
inline constexpr std::string_view not_valid = "This isn't valid.";
inline constexpr std::string_view not_an_address = "Enter an email address like name@example.com.";
inline constexpr std::string_view taken = "This is already taken.";
inline constexpr std::string_view address_taken = "There's already an account with this email address.";
inline constexpr std::string_view common = "This password is too easy to guess. Choose another one.";
inline constexpr std::string_view contains_identifier = "Don't use your email address as your password.";
inline constexpr std::string_view mismatch = "The passwords don't match.";
inline constexpr std::string_view wrong_current_password = "This isn't your current password.";
inline constexpr std::string_view wrong_code = "This code is wrong or was used already. Enter the newest one.";
inline constexpr std::string_view code_expired = "This took too long. Please start again.";
inline constexpr std::string_view second_factor_first = "Set up a second step for signing in first.";
inline constexpr std::string_view last_way_in = "You couldn't sign in without this. Add another way to sign in first.";
inline constexpr std::string_view too_many = "You can't have any more of these. Remove one first.";
inline constexpr CountedWord too_short{"Use at least one character.", "Use at least {1} characters."};
inline constexpr CountedWord too_long{"Use at most one character.", "Use at most {1} characters."};

inline constexpr std::array all = {incorrect_email_or_password,
                                   invalid_or_expired_link,
                                   signed_in,
                                   taken_over,
                                   taken_over_elsewhere,
                                   registered,
                                   password_reset,
                                   password_changed,
                                   sign_in_first,
                                   show_more,
                                   a_browser,
                                   signed_in_already,
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
                                   wrong_current_password,
                                   wrong_code,
                                   code_expired,
                                   second_factor_first,
                                   last_way_in,
                                   too_many};
inline constexpr std::array all_counted = {try_again_in_minutes, too_short, too_long, seconds, minutes, hours, days};

}  // namespace rowan::words
