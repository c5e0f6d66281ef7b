#include <rowan/base/try.hpp>
#include <rowan/strategies/webauthn/authenticator_data.hpp>

namespace rowan::strategies::webauthn {

namespace {

constexpr std::size_t hash_size = 32, aaguid_size = 16;
// WebAuthn section 6.1, table 1.
constexpr unsigned flag_up = 0x01, flag_uv = 0x04, flag_be = 0x08, flag_bs = 0x10, flag_at = 0x40, flag_ed = 0x80;

Error not_authenticator_data(const char* what) {
  return Error{.code = ErrorCode::malformed_request, .reason = std::string("authenticator data: ") + what};
}

/// Takes bytes from the front, as long as there are enough.
class Cursor {
 public:
  explicit Cursor(Bytes rest) : rest_(rest) {}
  std::optional<Bytes> take(std::size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::optional<std::uint32_t> number(std::size_t size) {  // big-endian
    const auto bytes = take(size);
    if (!bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (const auto byte : *bytes) value = value << 8 | std::to_integer<std::uint32_t>(byte);
    return value;
  }
  Result<crypto::CborItem> map() {
    ROWAN_TRY(const auto item, crypto::read_cbor_prefix(rest_));
    if (item.kind() != crypto::CborKind::map) return not_authenticator_data("a part that is no CBOR map");
    rest_ = rest_.subspan(item.encoded().size());
    return item;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  Bytes rest_;
};

Result<AuthenticatorData::Credential> read_credential(Cursor& cursor) {
  const auto aaguid = cursor.take(aaguid_size);
  const auto size = cursor.number(2);
  const auto id = size ? cursor.take(*size) : std::nullopt;
  if (!aaguid || !id) return not_authenticator_data("cut off in the credential");
  if (id->empty()) return not_authenticator_data("an empty credential id");
  ROWAN_TRY(const auto key, cursor.map());
  return AuthenticatorData::Credential{.aaguid = *aaguid, .id = *id, .public_key = key.encoded()};
}

}  // namespace

Result<AuthenticatorData> AuthenticatorData::read(Bytes bytes) {
  Cursor cursor(bytes);
  const auto hash = cursor.take(hash_size);
  const auto flags = cursor.number(1), count = cursor.number(4);
  if (!hash || !flags || !count) return not_authenticator_data("cut off");
  AuthenticatorData data{.rp_id_hash = *hash,
                         .user_present = (*flags & flag_up) != 0,
                         .user_verified = (*flags & flag_uv) != 0,
                         .backup_eligible = (*flags & flag_be) != 0,
                         .backed_up = (*flags & flag_bs) != 0,
                         .sign_count = *count};
  if ((*flags & flag_at) != 0) {
    ROWAN_TRY(data.credential, read_credential(cursor));
  }
  if ((*flags & flag_ed) != 0) {
    ROWAN_TRY(data.extensions, cursor.map());
  }
  if (!cursor.at_end()) return not_authenticator_data("bytes behind it");
  return data;
}

}  // namespace rowan::strategies::webauthn
