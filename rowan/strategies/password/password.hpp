#pragma once
// Sign in with an address and a password (NIST SP 800-63B-4 section 3.1.1).
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct PasswordOptions {
  enum class Registration { off, immediate, confirm_first };
  std::string name = "password";
  // Registration.
  Registration registration = Registration::immediate;  // confirm_first needs the confirmation add-on
  std::vector<std::string> register_accepts{};          // extra fields that registration stores in User::extra
  bool confirmation_required = true;                    // a second field must repeat a new password
  // Rules for passwords.
  std::size_t minimum_length = 15;             // code points; at least 8
  std::size_t maximum_length = 256;            // code points; at least 64; nothing is ever cut off
  std::vector<std::string> forbidden_words{};  // besides the 3,000 most common; for example the service's name
  // Lifetimes.
  std::chrono::seconds reset_lifetime = std::chrono::hours{1};
  bool sign_in_tokens = true;                       // sign_in_with_token, see issue_sign_in_token
  std::chrono::seconds sign_in_token_lifetime{60};  // of Auth::issue_sign_in_token, unless its caller says another
  // Limits (THR-01).
  std::int64_t attempts_per_address = 30;   // of one client in five minutes
  std::int64_t attempts_per_account = 10;   // at one account's password in five minutes, in all places that ask for it;
                                            // right ones are given back. A browser that signed in before has its own
  std::int64_t consecutive_failures = 100;  // after so many wrong ones in a row the password is locked, until the owner
                                            // signs in in another way (reset, link, code)
};

/// Phases: register, sign_in, sign_in_with_token, reset_request, reset, change.
Strategy password(PasswordOptions options = {});

namespace strategies::password {

/// A token that signs in once, within `lifetime`, for another page or process of the same application. The new session
/// says what `claims` say: the same methods and the same time of the last credential. It ends no later than the session
/// of `claims`.
Result<std::string> issue_sign_in_token(const Services& services, Transaction& transaction,
                                        const VerifiedClaims& claims,
                                        std::chrono::seconds lifetime = std::chrono::seconds{60});
/// Stores a hash from another system (bcrypt, scrypt, SHA-crypt, yescrypt, argon2id). The next sign-in replaces it.
/// `invalid_input` for field `hash` when it is of another kind or would cost too much to verify.
Result<> import_hash(const Services& services, Transaction& transaction, AccountId account, std::string_view stored);

}  // namespace strategies::password

}  // namespace rowan
