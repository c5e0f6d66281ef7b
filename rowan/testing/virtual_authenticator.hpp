#pragma once
// VirtualAuthenticator: a browser with an authenticator, for tests of passkeys without either.
//   rowan::testing::VirtualAuthenticator ann({.origin = "https://notes.example"});
//   const auto registration = ann.create(options);   // what your page would send after navigator.credentials.create()
//   const auto assertion = ann.get(options);         // … after navigator.credentials.get()
// `options` is what the server sent to the page: PublicKeyCredentialCreationOptionsJSON or …RequestOptionsJSON, alone
// or as the member "publicKey". The answers are what `PublicKeyCredential.toJSON()` returns.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::testing {

/// Only for tests. Its keys and certificates are made by OpenSSL, fresh for each object. Not thread-safe.
class VirtualAuthenticator {
 public:
  enum class Algorithm { es256, es384, eddsa, rs256 };
  enum class Attestation {
    none,
    packed_self,         // signed with the key of the credential
    packed_certificate,  // signed with a key whose certificate `attestation_root` has issued
  };

  struct Options {
    std::string origin = "https://notes.example";  // of the page that calls it
    Algorithm algorithm = Algorithm::es256;        // has to be among those that the server offers
    Attestation attestation = Attestation::none;   // given only to a server that asks for "direct"
    bool user_verification = true;  // it can verify its user, and does unless the server says "discouraged"
    bool discoverable = true;       // it can keep discoverable credentials, and does unless the server says so
    bool backup_eligible = false, backed_up = false;
    std::uint32_t counter_step = 1;  // 0: it has no counter, as synchronised passkeys have none
    bool related_origins = false;    // the RP ID may be one that the origin does not end with
    std::array<std::byte, 16> aaguid{std::byte{0x72}, std::byte{0x6F}, std::byte{0x77}, std::byte{0x61},
                                     std::byte{0x6E}};
  };

  /// Every lie is told in one answer. What can be signed is signed as it is told, so that only the lie is wrong.
  // NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of what is sent
  struct Lies {
    // In the client data.
    std::optional<std::string> type{};       // "webauthn.get"
    std::optional<std::string> challenge{};  // base64url
    std::optional<std::string> origin{};
    std::optional<bool> cross_origin{};
    std::optional<std::string> top_origin{};
    std::optional<std::string> client_data{};  // all of it
    // In the authenticator data.
    std::optional<std::string> rp_id{};                     // its hash
    std::uint8_t set_flags = 0, clear_flags = 0;            // 1 UP, 4 UV, 8 BE, 16 BS, 64 AT, 128 ED
    std::optional<std::uint32_t> sign_count{};              // also one that goes back; the credential's own is kept
    std::vector<std::byte> extensions{};                    // CBOR; sets ED
    std::vector<std::byte> behind{};                        // bytes behind the authenticator data
    bool without_credential = false;                        // none in it, and no flag for it
    std::optional<std::vector<std::byte>> credential_id{};  // in the authenticator data and outside
    std::optional<std::vector<std::byte>> public_key{};     // COSE_Key
    std::optional<std::int64_t> algorithm{};                // the number in the COSE_Key, beside the right key
    // In the attestation object.
    bool unasked_attestation = false;  // as it is in Options, whatever the server asks for
    std::optional<std::string> attestation_format{};
    std::optional<std::vector<std::byte>> attestation_statement{};  // CBOR
    bool certificate_of_another_model = false, certificate_is_authority = false;
    std::optional<std::string> certificate_unit{};  // instead of "Authenticator Attestation"
    int certificate_version = 3;
    std::vector<std::byte> behind_attestation_object{};
    // In the signature: of the assertion, and of the attestation.
    bool other_key = false;          // another key of the same algorithm
    bool garbled_signature = false;  // one bit of it
    std::vector<std::byte> behind_signature{};
    // Beside it.
    std::optional<std::vector<std::byte>> user_handle{};  // of another account; empty: none
    std::optional<std::vector<std::byte>> outer_id{};     // `id` and `rawId`, which nothing signs
  };

  struct Credential {
    std::vector<std::byte> id{}, user_handle{};
    std::string rp_id{};
    std::uint32_t sign_count = 0;
    bool discoverable = false;
  };

  explicit VirtualAuthenticator(Options options);
  VirtualAuthenticator() : VirtualAuthenticator(Options()) {}
  ~VirtualAuthenticator();
  VirtualAuthenticator(VirtualAuthenticator&&) noexcept;
  VirtualAuthenticator& operator=(VirtualAuthenticator&&) noexcept;

  /// Makes a credential and returns RegistrationResponseJSON. Throws std::runtime_error with the name of the exception
  /// that the page would see: "NotSupportedError", "InvalidStateError" (it has one of the excluded), "NotAllowedError"
  /// (the user cannot be verified), "SecurityError" (the RP ID is not the origin's), "TypeError" (malformed options).
  std::string create(std::string_view options, const Lies& lies);
  std::string create(std::string_view options) { return create(options, Lies()); }

  /// Signs with the first of its credentials that is allowed, or with its newest discoverable one, and returns
  /// AuthenticationResponseJSON. Throws as `create` does; "NotAllowedError" when it has none.
  std::string get(std::string_view options, const Lies& lies);
  std::string get(std::string_view options) { return get(options, Lies()); }

  /// To change between two calls: the page, the flags, the counter … A credential keeps its algorithm.
  Options& options();
  /// In the order in which they were made.
  std::vector<Credential> credentials() const;
  /// As its owner would in the settings of the authenticator, or a server by the Signal API.
  void forget(std::string_view credential_id_base64url);
  /// The certificate, in DER, that a server has to trust for Attestation::packed_certificate.
  std::vector<std::byte> attestation_root() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rowan::testing
