#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/jose/jws.hpp>

namespace rowan::crypto::jose {

namespace {

Error malformed(std::string_view what) {
  return Error{.code = ErrorCode::malformed_request, .reason = "jws: " + std::string(what)};
}

Error refused(std::string_view what) {
  return Error{.code = ErrorCode::authentication_failed, .reason = "jws: " + std::string(what)};
}

// RSA of 8192 bits.
constexpr std::size_t most_signature_bytes = most_rsa_bits_of_any / 8;

// RFC 7515 section 4.1 and RFC 7797; zip and enc belong to JWE.
constexpr std::array<std::string_view, 8> refused_members{"crit", "b64", "jku", "jwk", "x5u", "x5c", "zip", "enc"};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

}  // namespace

Result<Jws> Jws::parse(std::string_view token) {
  if (token.size() > most_token_bytes) return malformed("too long");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return malformed("not three parts");
  Jws jws;
  ROWAN_CHECK(jws.read_header(token.substr(0, first)));

  const auto payload = token.substr(first + 1, second - first - 1), signature = token.substr(second + 1);
  jws.payload_.resize(payload.size() / 4 * 3 + 3);
  const auto size = from_base64url(payload, std::as_writable_bytes(std::span(jws.payload_)));
  if (!size) return malformed("a payload that is not base64url");
  jws.payload_.resize(*size);
  jws.signature_.resize(std::min(signature.size() / 4 * 3 + 3, most_signature_bytes));
  const auto signature_size = from_base64url(signature, jws.signature_);
  if (!signature_size) return malformed("a signature that is not base64url, or too long");
  jws.signature_.resize(*signature_size);
  jws.signed_part_ = token.substr(0, second);
  return jws;
}

Result<> Jws::read_header(std::string_view encoded) {
  std::array<std::byte, most_header_bytes> buffer;
  const auto size = from_base64url(encoded, buffer);
  if (!size) return malformed("a header that is not base64url, or too long");
  // Depth 2: members like x5t are texts, and a strange one may be a flat array.
  ROWAN_TRY(const auto header,
            Json::parse(as_text(std::span(buffer).first(*size)), {.depth = 2, .bytes = most_header_bytes}));
  if (header.kind() != Json::Kind::object) return malformed("a header that is no object");
  std::optional<std::string_view> algorithm;
  for (const auto& [name, value] : header.fields_view()) {
    if (std::ranges::find(refused_members, name) != refused_members.end())
      return refused("its header has \"" + name + "\"");
    const auto text = value.as_text();
    if (name != "alg" && name != "kid" && name != "typ") continue;
    if (!text || text->empty() || text->size() > most_key_id_bytes)
      return malformed("its header's \"" + name + "\" is no short text");
    if (name == "alg")
      algorithm = text;
    else if (name == "kid")
      key_id_ = *text;
    else
      type_ = lower_case(*text);
  }
  if (type_.starts_with("application/")) type_.erase(0, std::string_view("application/").size());
  if (!algorithm) return malformed("its header has no algorithm");
  const auto known = algorithm_named(*algorithm);
  if (!known) return refused("an algorithm that is not verified here");
  algorithm_ = *known;
  return {};
}

namespace {

Error not_allowed(Algorithm algorithm) { return refused(std::string(name_of(algorithm)) + " is not allowed here"); }

}  // namespace

Result<VerifiedJws> VerifiedJws::verify(Jws token, const KeySet& keys, Algorithms allowed) {
  if (!allowed.allows(token.algorithm())) return not_allowed(token.algorithm());
  ROWAN_TRY(const auto* key, keys.find(token));
  return verify(std::move(token), *key, allowed);
}

Result<VerifiedJws> VerifiedJws::verify(Jws token, const Jwk& key, Algorithms allowed) {
  if (!allowed.allows(token.algorithm())) return not_allowed(token.algorithm());
  if (!key.suits(token.algorithm())) return refused("the key is not for " + std::string(name_of(token.algorithm())));
  if (!key.verify(token.algorithm(), token.signature_, as_bytes(token.signed_part_)))
    return refused("the signature is wrong");
  return VerifiedJws(std::move(token));
}

Result<VerifiedJws> VerifiedJws::verify(Jws token, const HmacKey& key, Algorithms allowed) {
  if (!allowed.allows(token.algorithm())) return not_allowed(token.algorithm());
  if (!key.suits(token.algorithm()))
    return refused("the shared secret is not for " + std::string(name_of(token.algorithm())) +
                   ", or shorter than its hash");
  if (!key.verify(token.algorithm(), token.signature_, as_bytes(token.signed_part_)))
    return refused("the signature is wrong");
  return VerifiedJws(std::move(token));
}

}  // namespace rowan::crypto::jose
