#include <string.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/try.hpp>
#include <rowan/tokens/bearer.hpp>
#include <rowan/tokens/extra_claims.hpp>

namespace rowan::tokens {

namespace {

// The sizes in a jti: 48 bits of token number, 40 bits each of the generations (docs/architecture.md#revocation).
crypto::Block pack(const TokenNumbers& numbers) {
  crypto::Block block{};
  const auto put = [&](std::size_t at, std::size_t size, std::int64_t number) {
    for (std::size_t i = 0; i < size; ++i) block[at + i] = static_cast<std::byte>(number >> (8 * (size - 1 - i)));
  };
  put(0, 6, numbers.token);
  put(6, 5, numbers.account_generation);
  put(11, 5, numbers.tenant_generation);
  return block;
}

TokenNumbers unpack(const crypto::Block& block) {
  const auto get = [&](std::size_t at, std::size_t size) {
    std::int64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) number = number << 8 | std::to_integer<std::int64_t>(block[at + i]);
    return number;
  };
  return {get(0, 6), get(6, 5), get(11, 5)};
}

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  bool literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::optional<std::string_view> until(char stop, std::size_t at_most) {
    const auto end = rest_.substr(0, at_most + 1).find(stop);
    if (end == std::string_view::npos) return std::nullopt;
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return text;
  }
  std::optional<std::int64_t> number() {
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failed != std::errc{} || value < 0) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

using crypto::jose::Algorithm;

const std::unexpected malformed(Unfit::malformed);

Timestamp at_second(std::int64_t seconds) { return Timestamp(std::chrono::seconds(seconds)); }

// RFC 8176 section 2, for those who do not know our strategies.
std::string amr_of(const Methods& methods) {
  const auto all = methods.proves();
  std::string amr;
  const auto say = [&](bool is_so, std::string_view value) {
    if (!is_so) return;
    amr += amr.empty() ? "\"" : ",\"";
    amr += value;
    amr += '"';
  };
  const bool hardware = all.has(Evidence::hardware_key), software = all.has(Evidence::software_key);
  say(all.has(Evidence::known), "pwd");
  say(all.has(Evidence::one_time_code), "otp");
  say(hardware, "hwk");
  say(software, "swk");
  say(hardware || software, "user");  // no passkey signs without a gesture
  say(all.kinds() >= 2, "mfa");
  return amr;
}

constexpr std::string_view user_purpose = "user";

/// The `typ` of a token: one for each purpose of the application's (RFC 8725 section 3.11).
std::string type_of(std::string_view purpose) {
  return purpose == user_purpose ? "JWT" : std::string(purpose) + "+jwt";
}

// A MAC as long as its hash (RFC 7518 section 3.2), of a key that is.
std::variant<crypto::HmacSha256, crypto::HmacSha512> mac_of(const crypto::KeyRing& keys, std::size_t secret,
                                                            Algorithm algorithm) {
  const auto purpose = "bearer " + std::string(name_of(algorithm));
  if (algorithm == Algorithm::hs256) return crypto::HmacSha256(keys.derive(secret, purpose).bytes());
  std::array<std::byte, 64> key;
  std::ranges::copy(keys.derive(secret, purpose, "first half").bytes(), key.begin());
  std::ranges::copy(keys.derive(secret, purpose, "second half").bytes(), key.begin() + 32);
  using Hash = crypto::HmacSha512::Hash;
  crypto::HmacSha512 mac(algorithm == Algorithm::hs384 ? Hash::sha384 : Hash::sha512, key);
  ::explicit_bzero(key.data(), key.size());
  return mac;
}

/// The tag's bytes, in `into`.
std::span<const std::byte> tag_of(const std::variant<crypto::HmacSha256, crypto::HmacSha512>& mac,
                                  std::string_view bytes, crypto::HmacSha512::Tag& into) {
  if (const auto* usual = std::get_if<crypto::HmacSha256>(&mac)) {
    const auto tag = (*usual)(as_bytes(bytes));
    std::ranges::copy(tag, into.begin());
    return std::span(into).first(tag.size());
  }
  const auto& longer = std::get<crypto::HmacSha512>(mac);
  into = longer(as_bytes(bytes));
  return std::span(into).first(longer.tag_size());
}

constexpr std::size_t letters_of(std::size_t bytes) { return (bytes * 4 + 2) / 3; }

// Our own names, each with Proves::bits and the second it was shown in: [["password",1,1790000000]].
std::string methods_of(const Methods& methods) {
  std::string text = ",\"methods\":[";
  for (const auto& shown : methods) {
    text += &shown == methods.begin() ? "[\"" : ",[\"";
    text += shown.name.view();
    text += "\"," + std::to_string(shown.proves.bits()) + "," + std::to_string(to_seconds(shown.at)) + "]";
  }
  return text + "]";
}

bool read_methods(Cursor& cursor, Methods& methods) {
  for (bool first = true; !cursor.literal("]"); first = false) {
    if (!first && !cursor.literal(",")) return false;
    if (!cursor.literal("[\"")) return false;
    const auto name = cursor.until('"', 23);
    if (!name || !cursor.literal("\",")) return false;
    const auto bits = cursor.number();
    if (!bits || *bits > 255 || !cursor.literal(",")) return false;
    const auto at = cursor.number();
    if (!at || !cursor.literal("]")) return false;
    if (!methods.add(*name, Proves::from_bits(static_cast<std::uint8_t>(*bits)), at_second(*at))) return false;
  }
  return true;
}

// Straight into where the answer is: claims are some hundred bytes, and each copy of them can be seen in the guard's
// time.
bool read_payload(std::string_view payload, std::string_view opening, const crypto::BlockKey& key,
                  std::string_view purpose, Claims& claims, Timestamp& begins) {
  Cursor cursor(payload);
  if (!cursor.literal(opening)) return false;
  const auto subject = cursor.until('?', 31);
  if (!subject || !cursor.literal("?id=")) return false;
  const auto id_text = cursor.until('"', 36);
  const auto id = id_text ? Uuid::parse(*id_text) : std::nullopt;
  if (!id || !cursor.literal("\",\"jti\":\"")) return false;
  const auto jti = cursor.until('"', 22);
  crypto::Block block{};
  if (!jti || from_base64url(*jti, block) != block.size() || !cursor.literal("\",\"iat\":")) return false;
  const auto issued = cursor.number();
  if (!issued || !cursor.literal(",\"nbf\":")) return false;
  const auto not_before = cursor.number();
  if (!not_before || !cursor.literal(",\"exp\":")) return false;
  const auto expires = cursor.number();
  if (!expires || !cursor.literal(",\"purpose\":\"") || !cursor.literal(purpose) || !cursor.literal("\"")) return false;
  if (purpose == user_purpose) {
    // auth_time, amr and acr are for others; we read what they were made of.
    if (!cursor.literal(",\"auth_time\":") || !cursor.number() || !cursor.literal(",\"amr\":[") ||
        !cursor.until(']', 100) || !cursor.literal("]"))
      return false;
    if (cursor.literal(",\"acr\":\"") && (!cursor.until('"', 128) || !cursor.literal("\""))) return false;
    if (!cursor.literal(",\"methods\":[") || !read_methods(cursor, claims.methods)) return false;
  }
  std::string_view tenant;
  if (cursor.literal(",\"tenant\":\"")) {
    const auto name = cursor.until('"', 63);
    if (!name || !cursor.literal("\"")) return false;
    tenant = *name;
  }
  if (!cursor.rest().ends_with('}')) return false;
  if (const auto extra = cursor.rest().substr(0, cursor.rest().size() - 1);
      !extra.empty() && !is_extra_claims_text(extra))
    return false;
  claims.id = AccountId(*id);
  const auto subject_name = SubjectName::from(*subject);
  const auto tenant_name = TenantName::from(tenant);
  if (!subject_name || !tenant_name) return false;
  claims.realm = {.tenant = *tenant_name, .subject = *subject_name};
  claims.numbers = unpack(key.decrypt(block));
  claims.expires_at = at_second(*expires);
  begins = at_second(*not_before);
  return true;
}

}  // namespace

BearerTokens::BearerTokens(const crypto::KeyRing& keys, std::string_view issuer, std::string_view audience)
    : rules_{.issuer = std::string(issuer), .audience = {std::string(audience)}} {
  add_signers(keys, Algorithm::hs256);
  for (std::size_t i = 0; i < keys.size(); ++i) of_numbers_.emplace_back(keys.derive(i, "jti"));
  opening_ = "{\"iss\":" + Json(issuer).text() + ",\"aud\":" + Json(audience).text() + ",\"sub\":\"";
}

BearerTokens::BearerTokens(const crypto::KeyRing& keys, BearerRules rules, SigningKeys& signing_keys, Random& random)
    : rules_(std::move(rules)) {
  for (std::size_t i = 0; i < keys.size(); ++i) of_numbers_.emplace_back(keys.derive(i, "jti"));
  if (is_symmetric(rules_.algorithm)) add_signers(keys, rules_.algorithm);
  for (const auto algorithm : {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512})
    if (algorithm != rules_.algorithm && rules_.accepted.allows(algorithm)) add_signers(keys, algorithm);
  if (signing_keys.is_used()) {
    signing_keys_ = &signing_keys;
    seen_ = std::make_unique<VerifiedTokens>(random);
  }
  const auto audience = rules_.audience.size() == 1 ? Json(rules_.audience.front()) : Json(rules_.audience);
  opening_ = "{\"iss\":" + Json(rules_.issuer).text() + ",\"aud\":" + audience.text() + ",\"sub\":\"";
}

BearerTokens::~BearerTokens() = default;

void BearerTokens::add_signers(const crypto::KeyRing& keys, Algorithm algorithm) {
  for (std::size_t i = 0; i < keys.size(); ++i)
    signers_.push_back({.mac = mac_of(keys, i, algorithm),
                        .block = crypto::BlockKey(keys.derive(i, "jti")),
                        .algorithm = algorithm,
                        .kid = keys.kid(i),
                        .header = token_header(algorithm, type_of(user_purpose), keys.kid(i)),
                        .tag_letters = letters_of(algorithm == Algorithm::hs256   ? 32
                                                  : algorithm == Algorithm::hs384 ? 48
                                                                                  : 64)});
}

Result<> BearerTokens::prepare() const {
  if (is_symmetric(rules_.algorithm)) return {};
  ROWAN_CHECK(signing_keys_->to_sign());
  return {};
}

std::string BearerTokens::payload_of(const Claims& claims, Timestamp now, const TokenContent& content,
                                     const crypto::BlockKey& block) const {
  const auto issued = std::to_string(to_seconds(now));
  std::string payload = opening_;
  payload += std::string(claims.subject()) + "?id=" + claims.id.text();
  payload += "\",\"jti\":\"" + to_base64url(block.encrypt(pack(claims.numbers)));
  payload +=
      "\",\"iat\":" + issued + ",\"nbf\":" + issued + ",\"exp\":" + std::to_string(to_seconds(claims.expires_at));
  payload += ",\"purpose\":\"" + std::string(content.purpose) + "\"";
  if (content.purpose == user_purpose) {
    payload += ",\"auth_time\":" + std::to_string(to_seconds(claims.authenticated_at()));
    payload += ",\"amr\":[" + amr_of(claims.methods) + "]";
    const auto& acr = claims.methods.proves().kinds() >= 2 ? rules_.acr_of_two : rules_.acr_of_one;
    if (!acr.empty()) payload += ",\"acr\":" + Json(acr).text();
    payload += methods_of(claims.methods);
  }
  if (!claims.tenant().empty()) payload += ",\"tenant\":" + Json(claims.tenant()).text();
  return payload + content.extra + "}";
}

Result<std::string> BearerTokens::issue(const Claims& claims, Timestamp now, const TokenContent& content) const {
  std::string token;
  if (is_symmetric(rules_.algorithm)) {
    const auto& signer = signers_.front();
    token = content.purpose == user_purpose ? signer.header
                                            : token_header(signer.algorithm, type_of(content.purpose), signer.kid);
    token += to_base64url(as_bytes(payload_of(claims, now, content, signer.block)));
    crypto::HmacSha512::Tag tag;
    token += "." + to_base64url(tag_of(signer.mac, token, tag));
  } else {
    ROWAN_TRY(const auto key, signing_keys_->to_sign());
    token = content.purpose == user_purpose ? key->header
                                            : token_header(key->algorithm, type_of(content.purpose), key->kid);
    token += to_base64url(as_bytes(payload_of(claims, now, content, key->parts->block)));
    ROWAN_TRY(const auto signature, key->parts->signer.sign(key->algorithm, as_bytes(token)));
    token += "." + to_base64url(signature);
  }
  // What may be added is bounded, so this happens to no one.
  if (token.size() > max_bearer_bytes)
    return Error{.code = ErrorCode::internal, .reason = "a token of " + std::to_string(token.size()) + " bytes"};
  return token;
}

std::expected<BearerTokens::Scanned, Unfit> BearerTokens::by_secret(std::string_view token, const Signer& signer,
                                                                    std::string_view header,
                                                                    std::string_view purpose) const {
  if (token.size() <= header.size() + signer.tag_letters) return malformed;
  const auto dot = token.size() - signer.tag_letters - 1;
  if (token[dot] != '.') return malformed;
  crypto::HmacSha512::Tag made, sent;
  const auto tag = tag_of(signer.mac, token.substr(0, dot), made);
  if (from_base64url(token.substr(dot + 1), sent) != tag.size()) return malformed;
  if (!crypto::equal_in_constant_time(std::span(sent).first(tag.size()), tag)) return malformed;
  std::array<std::byte, max_bearer_bytes> payload;
  const auto size = from_base64url(token.substr(header.size(), dot - header.size()), payload);
  if (!size) return malformed;
  return scan(as_text(std::span(payload).first(*size)), signer.block, purpose);
}

std::expected<Verified, Unfit> BearerTokens::by_key(std::string_view token, const KnownKey& key,
                                                    std::string_view header, std::string_view purpose, Timestamp now,
                                                    std::uint64_t version) const {
  if ((key.retires_at && *key.retires_at <= now) || signing_keys_->is_dead(key.number)) return malformed;
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos || dot < header.size()) return malformed;
  std::array<std::byte, crypto::most_rsa_bits_of_any / 8> signature;
  const auto signature_size = from_base64url(token.substr(dot + 1), signature);
  if (!signature_size) return malformed;
  if (!key.parts->verifier.verify(key.algorithm, std::span(signature).first(*signature_size),
                                  as_bytes(token.substr(0, dot))))
    return malformed;
  std::array<std::byte, max_bearer_bytes> payload;
  const auto size = from_base64url(token.substr(header.size(), dot - header.size()), payload);
  if (!size) return malformed;
  const auto scanned = scan(as_text(std::span(payload).first(*size)), key.parts->block, purpose);
  if (!scanned) return std::unexpected(scanned.error());
  const auto claims = in_time(*scanned, now);
  if (!claims) return std::unexpected(claims.error());
  if (purpose == user_purpose)
    seen_->put(seen_->key_of(token), {.claims = *claims,
                                      .not_before = scanned->not_before,
                                      .until = key.retires_at.value_or(Timestamp::max()),
                                      .key = key.number,
                                      .keys_version = version});
  return Verified{.claims = *claims, .key = key.number};
}

std::expected<Claims, Unfit> BearerTokens::in_time(const Scanned& scanned, Timestamp now) const {
  if (scanned.not_before > now + rules_.leeway) return std::unexpected(Unfit::not_yet_valid);
  if (scanned.claims.expires_at <= now) return std::unexpected(Unfit::expired);
  return scanned.claims;
}

std::expected<Claims, Unfit> BearerTokens::verify(std::string_view token, Timestamp now, std::int64_t* key) const {
  if (token.size() > max_bearer_bytes) return malformed;
  for (const auto& signer : signers_) {
    if (!token.starts_with(signer.header)) continue;
    const auto scanned = by_secret(token, signer, signer.header, user_purpose);
    if (!scanned) return std::unexpected(scanned.error());
    return in_time(*scanned, now);
  }
  if (signing_keys_ == nullptr) return malformed;
  const auto version = signing_keys_->version();
  if (const auto seen = seen_->find(seen_->key_of(token), version)) {
    if (seen->until <= now) return malformed;
    if (key != nullptr) *key = seen->key;
    return in_time({.claims = seen->claims, .not_before = seen->not_before}, now);
  }
  if (!signing_keys_->known()->with_header(token) && !kid_of_new_key(token, type_of(user_purpose))) return malformed;
  return std::unexpected(Unfit::unchecked);
}

// Of a header in our spelling: the key may be another node's, and new.
std::optional<std::string> BearerTokens::kid_of_new_key(std::string_view token, std::string_view type) const {
  std::array<std::byte, 128> bytes;
  const auto dot = token.substr(0, letters_of(bytes.size())).find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto size = from_base64url(token.substr(0, dot), bytes);
  if (!size) return std::nullopt;
  Cursor cursor(as_text(std::span(bytes).first(*size)));
  if (!cursor.literal("{\"alg\":\"")) return std::nullopt;
  const auto name = cursor.until('"', 8);
  const auto algorithm = name ? crypto::jose::algorithm_named(*name) : std::nullopt;
  if (!algorithm || is_symmetric(*algorithm) || !rules_.accepted.allows(*algorithm) || name_of(*algorithm) != *name)
    return std::nullopt;
  if (!cursor.literal("\",\"typ\":\"") || !cursor.literal(type) || !cursor.literal("\",\"kid\":\""))
    return std::nullopt;
  const auto kid = cursor.until('"', 32);
  if (!kid || cursor.rest() != "\"}" || !signing_keys_->may_be_new(*kid)) return std::nullopt;
  return std::string(*kid);
}

Result<std::expected<Verified, Unfit>> BearerTokens::check(std::string_view token, Timestamp now,
                                                           std::string_view purpose) const {
  using Checked = std::expected<Verified, Unfit>;
  if (token.size() > max_bearer_bytes) return Checked(malformed);
  const auto type = type_of(purpose);
  for (const auto& signer : signers_) {
    const auto header = token_header(signer.algorithm, type, signer.kid);
    if (!token.starts_with(header)) continue;
    const auto scanned = by_secret(token, signer, header, purpose);
    if (!scanned) return Checked(std::unexpected(scanned.error()));
    const auto claims = in_time(*scanned, now);
    if (!claims) return Checked(std::unexpected(claims.error()));
    return Checked(Verified{.claims = *claims});
  }
  if (signing_keys_ == nullptr) return Checked(malformed);
  for (int look = 0; look < 2; ++look) {
    const auto version = signing_keys_->version();  // before what is known by it
    const auto known = signing_keys_->known();
    for (const auto& key : known->all) {
      if (!key->parts) continue;
      const auto& header = purpose == user_purpose ? key->header : token_header(key->algorithm, type, key->kid);
      if (token.starts_with(header)) return by_key(token, *key, header, purpose, now, version);
    }
    const auto kid = look == 0 ? kid_of_new_key(token, type) : std::nullopt;
    if (!kid) break;
    ROWAN_CHECK(signing_keys_->look_again(*kid));
  }
  return Checked(malformed);
}

std::vector<TokenNumbers> BearerTokens::read_jti(std::string_view jti) const {
  crypto::Block block{};
  constexpr std::size_t letters = 22;  // of 16 bytes
  if (jti.size() != letters || from_base64url(jti, block) != block.size()) return {};
  std::vector<TokenNumbers> readings;
  const auto read_by = [&](const crypto::BlockKey& key) {
    const auto numbers = unpack(key.decrypt(block));
    if (std::ranges::find(readings, numbers) == readings.end()) readings.push_back(numbers);
  };
  for (const auto& key : of_numbers_) read_by(key);
  if (signing_keys_ != nullptr)
    for (const auto& key : signing_keys_->known()->all)
      if (key->parts) read_by(key->parts->block);
  return readings;
}

std::string BearerTokens::jti_of(const TokenNumbers& numbers) const {
  return to_base64url(of_numbers_.front().encrypt(pack(numbers)));
}

Result<Json> BearerTokens::claims_of(std::string_view token) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  const auto payload = first == last ? std::nullopt : from_base64url(token.substr(first + 1, last - first - 1));
  if (!payload) return Error{.code = ErrorCode::malformed_request, .reason = "not a token"};
  return Json::parse(as_text(*payload));
}

std::string BearerTokens::purpose_named_by(std::string_view token) {
  if (token.size() <= max_bearer_bytes)
    if (const auto claims = claims_of(token))
      if (const auto purpose = claims->find("purpose"))
        if (const auto text = purpose->as_text(); text && text->size() <= 31) return std::string(*text);
  return std::string(user_purpose);
}

std::expected<BearerTokens::Scanned, Unfit> BearerTokens::scan(std::string_view payload, const crypto::BlockKey& key,
                                                               std::string_view purpose) const {
  std::expected<Scanned, Unfit> scanned(std::in_place);
  if (!read_payload(payload, opening_, key, purpose, scanned->claims, scanned->not_before)) scanned = malformed;
  return scanned;
}

}  // namespace rowan::tokens
