#include <algorithm>
#include <array>
#include <mutex>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/crypto/jose/jwk.hpp>
#include <rowan/crypto/jose/signature.hpp>
#include <rowan/crypto/jose/weak_rsa.hpp>

namespace rowan::crypto::jose {

namespace {

Error wrong(std::string_view what) {
  return Error{.code = ErrorCode::malformed_request, .reason = "jwk: " + std::string(what)};
}

/// The member's text; empty when there is none or it is of another kind.
std::string_view text_at(const Json& object, std::string_view name) {
  for (const auto& [key, value] : object.fields_view())
    if (key == name) return value.as_text().value_or(std::string_view());
  return {};
}

bool has(const Json& object, std::string_view name) {
  return std::ranges::any_of(object.fields_view(), [&](const auto& field) { return field.first == name; });
}

/// A member's bytes; empty, which no parameter may be, when it is missing or broken.
template <std::size_t Most>
struct Number {
  std::array<std::byte, Most> buffer{};
  std::size_t size = 0;
  Number(const Json& jwk, std::string_view name) { size = from_base64url(text_at(jwk, name), buffer).value_or(0); }
  std::span<const std::byte> bytes() const { return std::span(buffer).first(size); }
};

/// RFC 7517 sections 4.2 and 4.3: what the key is for, where it says so.
Result<> check_use(const Json& jwk) {
  if (has(jwk, "use") && text_at(jwk, "use") != "sig") return wrong("not for signatures");
  if (!has(jwk, "key_ops")) return {};
  const auto operations = jwk.find("key_ops").value();
  const auto& all = operations.items_view();
  if (operations.kind() != Json::Kind::array || all.size() > 8) return wrong("key_ops is no short array");
  const auto count = std::ranges::count_if(all, [](const Json& one) { return one.as_text() == "verify"; });
  if (count != 1) return wrong("its key_ops do not have \"verify\" once");
  return {};
}

Result<PublicKey> read_key(const Json& jwk) {
  const auto type = text_at(jwk, "kty"), curve = text_at(jwk, "crv");
  std::optional<PublicKey> key;
  if (type == "EC") {
    const Number<66> x(jwk, "x"), y(jwk, "y");
    if (curve == "P-256")
      key = PublicKey::p256(x.bytes(), y.bytes());
    else if (curve == "P-384")
      key = PublicKey::p384(x.bytes(), y.bytes());
    else if (curve == "P-521")
      key = PublicKey::p521(x.bytes(), y.bytes());
    else
      return wrong("a curve that is not used here");
    if (!key) return wrong("no point of its curve");
  } else if (type == "OKP") {
    if (curve != "Ed25519") return wrong("a curve that is not used here");
    key = PublicKey::ed25519(Number<32>(jwk, "x").bytes());
    if (!key) return wrong("no point of its curve");
  } else if (type == "RSA") {
    const Number<most_rsa_bits_of_any / 8> modulus(jwk, "n");
    key = PublicKey::rsa(modulus.bytes(), Number<8>(jwk, "e").bytes(), most_rsa_bits_of_any);
    if (!key) return wrong("no RSA key of 2048 to 8192 bits with an odd exponent of 3 to 2^32 - 1");
    if (is_weak_rsa_modulus(modulus.bytes())) return wrong("an RSA key that can be broken (CVE-2017-15361)");
  } else {
    return wrong("a type that is not used here");
  }
  return std::move(*key);
}

}  // namespace

/// What verifying sets up, made when it is needed first and kept: a provider's key verifies many tokens.
class Jwk::Prepared {
 public:
  const evp_md_ctx_st* of(const PublicKey& key, SignatureScheme scheme) {
    auto& place = all_[static_cast<std::size_t>(scheme)];
    std::call_once(place.once, [&] { place.context = key.prepare(scheme); });
    return place.context.get();
  }

 private:
  struct Place {
    std::once_flag once{};
    std::shared_ptr<const evp_md_ctx_st> context{};
  };
  std::array<Place, signature_schemes> all_{};
};

Jwk::Jwk(PublicKey key) : key_(std::move(key)), prepared_(std::make_shared<Prepared>()) {}

bool Jwk::is_secret(const Json& jwk) {
  // RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2.
  static constexpr std::array<std::string_view, 9> secret{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"};
  return text_at(jwk, "kty") == "oct" ||
         std::ranges::any_of(secret, [&](std::string_view name) { return has(jwk, name); });
}

Result<Jwk> Jwk::parse(const Json& jwk) {
  if (jwk.kind() != Json::Kind::object) return wrong("no object");
  if (is_secret(jwk)) return wrong("it has what must be secret");
  ROWAN_CHECK(check_use(jwk));
  ROWAN_TRY(auto read, read_key(jwk));
  Jwk key(std::move(read));
  if (has(jwk, "kid")) {
    key.key_id_ = text_at(jwk, "kid");
    if (key.key_id_.empty() || key.key_id_.size() > most_key_id_bytes) return wrong("a kid that is no short text");
  }
  if (has(jwk, "alg")) {
    const auto only = algorithm_named(text_at(jwk, "alg"));
    if (!only || !key.suits(*only)) return wrong("an alg that is not its type's");
    key.only_ = only;
  }
  return key;
}

bool Jwk::suits(Algorithm algorithm) const {
  return !is_symmetric(algorithm) && (!only_ || only_ == algorithm) && key_.suits(scheme_of(algorithm));
}

bool Jwk::verify(Algorithm algorithm, std::span<const std::byte> signature, std::span<const std::byte> bytes) const {
  if (is_symmetric(algorithm) || (only_ && only_ != algorithm)) return false;
  const auto scheme = scheme_of(algorithm);
  const auto* context = prepared_->of(key_, scheme);
  if (context == nullptr) return false;
  const auto number_size = ecdsa_number_size(scheme);
  if (number_size == 0) return PublicKey::verify(*context, signature, bytes);
  std::array<std::byte, most_der_bytes> der;
  const auto size = ecdsa_to_der(signature, number_size, der);
  return size > 0 && PublicKey::verify(*context, std::span(der).first(size), bytes);
}

}  // namespace rowan::crypto::jose
