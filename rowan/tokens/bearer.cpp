#include <array>
#include <charconv>
#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/tokens/bearer.hpp>

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
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

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

}  // namespace

BearerTokens::BearerTokens(const crypto::KeyRing& keys, std::string_view issuer, std::string_view audience) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto header = R"({"alg":"HS256","typ":"JWT","kid":")" + keys.kid(i) + "\"}";
    signers_.push_back({crypto::HmacSha256(keys.derive(i, "bearer HS256").bytes()),
                        crypto::BlockKey(keys.derive(i, "jti")), to_base64url(as_bytes(header)) + "."});
  }
  opening_ = "{\"iss\":" + Json(issuer).text() + ",\"aud\":" + Json(audience).text() + ",\"sub\":\"";
}

std::string BearerTokens::issue(const Claims& claims, Timestamp now) const {
  const auto& signer = signers_.front();
  const auto issued = std::to_string(to_seconds(now));
  std::string payload = opening_;
  payload += std::string(claims.subject()) + "?id=" + claims.id.text();
  payload += "\",\"jti\":\"" + to_base64url(signer.block.encrypt(pack(claims.numbers)));
  payload +=
      "\",\"iat\":" + issued + ",\"nbf\":" + issued + ",\"exp\":" + std::to_string(to_seconds(claims.expires_at));
  payload += ",\"purpose\":\"user\",\"auth_time\":" + std::to_string(to_seconds(claims.authenticated_at()));
  payload += ",\"amr\":[" + amr_of(claims.methods) + "]" + methods_of(claims.methods);
  if (!claims.tenant().empty()) payload += ",\"tenant\":" + Json(claims.tenant()).text();
  payload += "}";
  const std::string token = signer.header + to_base64url(as_bytes(payload));
  const auto tag = signer.mac(as_bytes(token));
  return token + "." + to_base64url(tag);
}

std::expected<Claims, Unfit> BearerTokens::verify(std::string_view token, Timestamp now) const {
  if (token.size() > max_bearer_bytes) return malformed;
  for (const auto& signer : signers_) {
    if (!token.starts_with(signer.header)) continue;
    constexpr std::size_t tag_letters = 43;  // of 32 bytes
    if (token.size() <= signer.header.size() + tag_letters) return malformed;
    const auto dot = token.size() - tag_letters - 1;
    if (token[dot] != '.') return malformed;
    crypto::Digest tag{};
    if (from_base64url(token.substr(dot + 1), tag) != tag.size()) return malformed;
    if (!crypto::equal_in_constant_time(tag, signer.mac(as_bytes(token.substr(0, dot))))) return malformed;
    std::array<std::byte, max_bearer_bytes> payload;
    const auto size = from_base64url(token.substr(signer.header.size(), dot - signer.header.size()), payload);
    if (!size) return malformed;
    return scan(as_text(std::span(payload).first(*size)), signer, now);
  }
  return malformed;
}

std::vector<TokenNumbers> BearerTokens::read_jti(std::string_view jti) const {
  crypto::Block block{};
  constexpr std::size_t letters = 22;  // of 16 bytes
  if (jti.size() != letters || from_base64url(jti, block) != block.size()) return {};
  std::vector<TokenNumbers> readings;
  for (const auto& signer : signers_) readings.push_back(unpack(signer.block.decrypt(block)));
  return readings;
}

std::string BearerTokens::jti_of(const TokenNumbers& numbers) const {
  return to_base64url(signers_.front().block.encrypt(pack(numbers)));
}

std::expected<Claims, Unfit> BearerTokens::scan(std::string_view payload, const Signer& signer, Timestamp now) const {
  Cursor cursor(payload);
  Claims claims;
  if (!cursor.literal(opening_)) return malformed;
  const auto subject = cursor.until('?', 31);
  if (!subject || !cursor.literal("?id=")) return malformed;
  const auto id_text = cursor.until('"', 36);
  const auto id = id_text ? Uuid::parse(*id_text) : std::nullopt;
  if (!id || !cursor.literal("\",\"jti\":\"")) return malformed;
  const auto jti = cursor.until('"', 22);
  crypto::Block block{};
  if (!jti || from_base64url(*jti, block) != block.size() || !cursor.literal("\",\"iat\":")) return malformed;
  const auto issued = cursor.number();
  if (!issued || !cursor.literal(",\"nbf\":")) return malformed;
  const auto not_before = cursor.number();
  if (!not_before || !cursor.literal(",\"exp\":")) return malformed;
  const auto expires = cursor.number();
  if (!expires || !cursor.literal(",\"purpose\":\"user\",\"auth_time\":")) return malformed;
  // auth_time and amr are for others; we read what both were made of.
  if (!cursor.number() || !cursor.literal(",\"amr\":[") || !cursor.until(']', 100)) return malformed;
  if (!cursor.literal("],\"methods\":[") || !read_methods(cursor, claims.methods)) return malformed;
  std::string_view tenant;
  if (cursor.literal(",\"tenant\":\"")) {
    const auto name = cursor.until('"', 63);
    if (!name || !cursor.literal("\"")) return malformed;
    tenant = *name;
  }
  if (!cursor.literal("}") || !cursor.done()) return malformed;
  // A minute of skew between nodes for what begins; none for what ends.
  if (at_second(*not_before) > now + std::chrono::minutes(1)) return std::unexpected(Unfit::not_yet_valid);
  if (at_second(*expires) <= now) return std::unexpected(Unfit::expired);
  claims.id = AccountId(*id);
  const auto subject_name = SubjectName::from(*subject);
  const auto tenant_name = TenantName::from(tenant);
  if (!subject_name || !tenant_name) return malformed;
  claims.realm = {.tenant = *tenant_name, .subject = *subject_name};
  claims.numbers = unpack(signer.block.decrypt(block));
  claims.expires_at = at_second(*expires);
  return claims;
}

}  // namespace rowan::tokens
