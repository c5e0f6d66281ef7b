#pragma once
// Sign in with an address and a password (NIST SP 800-63B-4 section 3.1.1).
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct PasswordOptions {
  enum class Registration { off, immediate, confirm_first };
  std::string name = "password";
  // Who may register, and how.
  Registration registration = Registration::immediate;  // confirm_first needs the confirmation add-on
  std::vector<std::string> register_accepts{};          // extra fields taken at registration into User::extra
  bool confirmation_required = true;                    // a second field must repeat a new password
  // What a password may be.
  std::size_t minimum_length = 15;             // code points; at least 8
  std::size_t maximum_length = 256;            // code points; at least 64; nothing is ever cut off
  std::vector<std::string> forbidden_words{};  // besides the 3,000 most common: the service's name, say
  // How long things last.
  std::chrono::seconds reset_lifetime = std::chrono::hours{1};
  bool sign_in_tokens = true;  // sign_in_with_token, see issue_sign_in_token
  std::chrono::seconds sign_in_token_lifetime{60};
  // How often (THR-01).
  std::int64_t attempts_per_address = 30;   // of one client in five minutes
  std::int64_t attempts_per_account = 10;   // at one account's password in five minutes, over all the places that ask
                                            // for it; right ones are given back. Known browsers have their own
  std::int64_t consecutive_failures = 100;  // in a row: then the account opens only in another way (reset, link, code)
};

/// Phases: register, sign_in, sign_in_with_token, reset_request, reset, change.
Strategy password(PasswordOptions options = {});

namespace strategies::password {

/// A token that signs in once, within sign_in_token_lifetime: for another page or process of the same application. The
/// session it makes says what `claims` say: the same methods, the same time of the last credential, no later end.
Result<std::string> issue_sign_in_token(const Services& services, Transaction& transaction,
                                        const VerifiedClaims& claims,
                                        std::chrono::seconds lifetime = std::chrono::seconds{60});
/// Sets a password as Auth::set_password does: without the old one. Policy holds, every session ends, and the owner is
/// told by mail. `not_found` for an account that is closed or not there.
Result<> set_password(const Services& services, AccountId account, std::string_view new_password,
                      const PasswordOptions& options = {});
/// Stores a hash made elsewhere (bcrypt, scrypt, SHA-crypt, yescrypt, argon2id); it is replaced at the next sign-in.
/// `invalid_input` for field `hash` when it is of another kind or asks for too much work.
Result<> import_hash(const Services& services, Transaction& transaction, AccountId account, std::string_view stored);

}  // namespace strategies::password

}  // namespace rowan
