#include <openssl/evp.h>

#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/jose/claims.hpp>
#include <rowan/crypto/jose/id_token.hpp>

namespace rowan::crypto::jose {

namespace {

using std::chrono::seconds;

constexpr std::size_t most_subject_bytes = 255;  // section 2

Error not_believed(std::string_view what) {
  return Error{.code = ErrorCode::authentication_failed, .reason = "id token: " + std::string(what)};
}

std::string text_of(std::chrono::microseconds time) {
  return std::to_string(std::chrono::ceil<seconds>(time).count()) + " s";
}

template <class List>
bool is_among(std::string_view one, const List& list) {
  return std::ranges::find(list, one) != std::ranges::end(list);
}

Result<> check_type(const Jws& token) {
  // RFC 8725 section 3.11: an access token or a logout token says what it is, and is no ID token.
  if (!token.type().empty() && token.type() != "jwt") return not_believed("its typ is of another kind of token");
  return {};
}

Result<> check_issuer(const Json& claims, const ExpectedIdToken& expected) {
  if (expected.issuer.empty() || text_claim(claims, "iss") != expected.issuer)
    return not_believed("its issuer is not " + expected.issuer);
  return {};
}

Result<std::string> check_audience(const Json& claims, const ExpectedIdToken& expected) {
  const auto audiences = audience_claim(claims);
  if (audiences.empty()) return not_believed("no audience, or more than can be");
  const auto ours = std::ranges::find_if(audiences, [&](auto one) { return is_among(one, expected.audiences); });
  if (ours == audiences.end() || ours->empty()) return not_believed("its audience is not ours");
  const auto* party = claim(claims, "azp");
  const auto& parties = expected.authorized_parties.empty() ? expected.audiences : expected.authorized_parties;
  if (party != nullptr && !is_among(party->as_text().value_or(std::string_view()), parties))
    return not_believed("its azp is not ours");
  if (party == nullptr && audiences.size() > 1) return not_believed("several audiences and no azp");
  return std::string(*ours);
}

Result<> check_times(const Json& claims, const ExpectedIdToken& expected, IdToken& token) {
  const auto expires = time_claim(claims, "exp"), issued = time_claim(claims, "iat");
  if (!expires) return not_believed("no exp that is a time");
  if (!issued) return not_believed("no iat that is a time");
  const auto now = expected.now;
  if (now >= *expires + expected.leeway) return not_believed("it expired " + text_of(now - *expires) + " ago");
  if (*issued > now + expected.leeway)
    return not_believed("it was issued " + text_of(*issued - now) + " from now: the clocks differ");
  if (now - *issued > expected.most_age + expected.leeway)
    return not_believed("it was issued " + text_of(now - *issued) + " ago");
  if (claim(claims, "nbf") != nullptr) {
    const auto begins = time_claim(claims, "nbf");
    if (!begins) return not_believed("an nbf that is no time");
    if (*begins > now + expected.leeway)
      return not_believed("it is valid only " + text_of(*begins - now) + " from now");
  }
  token.issued_at = *issued;
  token.expires_at = *expires;
  return {};
}

Result<> check_authentication(const Json& claims, const ExpectedIdToken& expected, IdToken& token) {
  token.authenticated_at = time_claim(claims, "auth_time");
  if (claim(claims, "auth_time") != nullptr && !token.authenticated_at)
    return not_believed("an auth_time that is no time");
  if (!expected.max_age) return {};
  if (!token.authenticated_at) return not_believed("no auth_time, which was asked for");
  if (*token.authenticated_at > expected.now + expected.leeway) return not_believed("its auth_time is yet to come");
  const auto age = expected.now - *token.authenticated_at;
  if (age > *expected.max_age + expected.leeway)
    return not_believed("the person was there last " + text_of(age) + " ago");
  return {};
}

Result<> check_nonce(const Json& claims, const ExpectedIdToken& expected) {
  const auto* nonce = claim(claims, "nonce");
  if (!expected.nonce) return nonce == nullptr ? Result<>() : not_believed("a nonce, but none was sent");
  if (nonce == nullptr) return not_believed("no nonce");
  const auto text = nonce->as_text();
  if (expected.nonce->empty() || !text || !equal_in_constant_time(as_bytes(*text), as_bytes(*expected.nonce)))
    return not_believed("another nonce than the one that was sent");
  return {};
}

Result<> check_access_token(const Json& claims, const ExpectedIdToken& expected, Algorithm algorithm) {
  const auto* hash = claim(claims, "at_hash");
  if (hash == nullptr && expected.at_hash_required) return not_believed("no at_hash");
  if (hash == nullptr || !expected.access_token) return {};
  const auto right = half_hash(algorithm, *expected.access_token);
  if (right.empty() || hash->as_text() != right) return not_believed("its at_hash is not that of the access token");
  return {};
}

Result<std::string> check_subject(const Json& claims) {
  const auto subject = text_claim(claims, "sub");
  if (subject.empty()) return not_believed("no sub that is a text");
  if (subject.size() > most_subject_bytes || has_control_characters(subject))
    return not_believed("a sub out of bounds");
  return std::string(subject);
}

template <class Keys>
Result<IdToken> verify(std::string_view text, const Keys& keys, const ExpectedIdToken& expected) {
  ROWAN_TRY(auto token, Jws::parse(text));
  ROWAN_CHECK(check_type(token));
  // Read within its bounds first, so that nothing is computed for what no one could use.
  ROWAN_TRY(auto claims, Json::parse(token.unverified_payload(), {.depth = 16, .bytes = most_token_bytes}));
  if (claims.kind() != Json::Kind::object) return not_believed("its claims are no object");
  const auto algorithm = token.algorithm();
  ROWAN_CHECK(VerifiedJws::verify(std::move(token), keys, expected.allowed));

  IdToken found{.claims = std::move(claims)};
  ROWAN_CHECK(check_issuer(found.claims, expected));
  ROWAN_TRY(found.audience, check_audience(found.claims, expected));
  ROWAN_CHECK(check_times(found.claims, expected, found));
  ROWAN_CHECK(check_nonce(found.claims, expected));
  ROWAN_CHECK(check_access_token(found.claims, expected, algorithm));
  ROWAN_CHECK(check_authentication(found.claims, expected, found));
  ROWAN_TRY(found.subject, check_subject(found.claims));
  return found;
}

/// A visitor is told the same whatever was wrong.
Result<IdToken> with_one_code(Result<IdToken> result) {
  if (!result) result.error().code = ErrorCode::authentication_failed;
  return result;
}

}  // namespace

Result<IdToken> verify_id_token(std::string_view token, const KeySet& keys, const ExpectedIdToken& expected) {
  return with_one_code(verify(token, keys, expected));
}

Result<IdToken> verify_id_token(std::string_view token, const HmacKey& keys, const ExpectedIdToken& expected) {
  return with_one_code(verify(token, keys, expected));
}

std::string half_hash(Algorithm algorithm, std::string_view token) {
  const EVP_MD* digest = nullptr;
  switch (algorithm) {
    case Algorithm::hs256:
    case Algorithm::rs256:
    case Algorithm::ps256:
    case Algorithm::es256: digest = EVP_sha256(); break;
    case Algorithm::hs384:
    case Algorithm::rs384:
    case Algorithm::ps384:
    case Algorithm::es384: digest = EVP_sha384(); break;
    case Algorithm::hs512:
    case Algorithm::rs512:
    case Algorithm::ps512:
    case Algorithm::es512:
    case Algorithm::eddsa: digest = EVP_sha512(); break;
  }
  std::array<std::byte, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (EVP_Digest(token.data(), token.size(), reinterpret_cast<unsigned char*>(hash.data()), &size, digest, nullptr) !=
      1)
    return {};
  return to_base64url(std::span(hash).first(size / 2));
}

}  // namespace rowan::crypto::jose
