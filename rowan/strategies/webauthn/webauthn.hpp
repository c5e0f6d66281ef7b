#pragma once
// Passkeys (WebAuthn Level 3): sign-in without a password, accounts without one, a second factor, and renewing a
// session that has to show more.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct WebauthnOptions {
  /// As for passwords: `confirm_first` makes no account before the address is proven, and needs the add-on
  /// confirmation.
  enum class Registration : std::uint8_t { off, immediate, confirm_first };
  enum class UserVerification : std::uint8_t { required, preferred, discouraged };
  enum class Attestation : std::uint8_t { none, indirect, direct };
  enum class Attachment : std::uint8_t { any, platform, cross_platform };
  enum class ResidentKey : std::uint8_t { required, preferred, discouraged };
  enum class SignCount : std::uint8_t { refuse, log };

  std::string name = "webauthn";
  // Who we are to browsers and authenticators.
  /// A passkey works for this host and those below it, for ever: changing it makes every passkey useless. Empty: the
  /// host of the tenant's address.
  std::string rp_id{};
  std::string rp_name{};  // empty: AuthOptions::pages.app_name
  /// Origins of other sites of yours whose pages may use these passkeys, besides base_url's. They are published at
  /// /.well-known/webauthn ("related origins").
  std::vector<std::string> origins{};
  std::vector<std::string> top_origins{};  // whose pages may show yours in a frame; empty: none may
  // What for.
  Registration registration = Registration::immediate;
  bool sign_in = true;        // a passkey signs in by itself
  bool second_factor = true;  // a passkey is asked for after another way in
  // Which passkeys.
  /// Whether the authenticator has to recognise its user (PIN, fingerprint, face) where a passkey is the only thing
  /// that is shown: when it registers and when it signs in. As a second factor it is asked for, and never required.
  UserVerification user_verification = UserVerification::required;
  Attestation attestation = Attestation::none;
  Attachment authenticator_attachment = Attachment::any;
  ResidentKey resident_key = ResidentKey::required;  // what cannot be discovered is a second factor only
  SignCount sign_count = SignCount::refuse;          // a counter that does not rise: a copy of the key may be in use
  std::chrono::seconds timeout = std::chrono::minutes{5};  // how long a challenge lives
  std::chrono::seconds recent = std::chrono::minutes{10};  // how old a sign-in may be that counts as a fresh one
  std::int64_t credentials = 20;                           // of one account
  // Limits, in five minutes.
  std::int64_t challenges_per_client = 300;  // the sign-in page asks for one whenever it is opened
  std::int64_t attempts_per_client = 60;     // answers
};

/// Phases: registration_challenge, register, authentication_challenge, sign_in, verify_challenge, verify,
/// add_credential_challenge, add_credential, rename_credential, delete_credential.
Strategy webauthn(WebauthnOptions options = {});

}  // namespace rowan
