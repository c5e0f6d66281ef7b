// Section 8.4: an Android key attestation. The key description is an extension of the certificate, in the schema of
// the Android documentation ("Key and ID attestation").
#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/crypto/der.hpp>
#include <rowan/strategies/webauthn/attestation_parts.hpp>

namespace rowan::strategies::webauthn {

namespace {

using crypto::DerItem;
using crypto::DerReader;

constexpr const char* oid_key_description = "1.3.6.1.4.1.11129.2.1.17";
// AuthorizationList: the numbers of its members, each in an explicit tag.
constexpr std::uint32_t member_purpose = 1, member_all_applications = 600, member_origin = 702;
constexpr std::byte purpose_sign{2}, origin_generated{0};

bool is_integer(const DerItem& item, std::byte value) {
  return item.is(DerItem::integer) && item.content.size() == 1 && item.content[0] == value;
}

struct Authorizations {
  bool all_applications = false, wrong_origin = false, origin = false, wrong_purpose = false, purpose = false;
};

/// What one list says; nullopt when it cannot be read.
std::optional<Authorizations> read_list(Bytes content) {
  Authorizations list;
  DerReader members(content);
  while (!members.at_end()) {
    const auto member = members.next();
    if (!member || !member->is_context()) return std::nullopt;
    if (member->number == member_all_applications) list.all_applications = true;
    if (member->number != member_purpose && member->number != member_origin) continue;
    DerReader inside(member->content);
    const auto value = inside.next();
    if (!value || !inside.at_end()) return std::nullopt;
    if (member->number == member_origin) {
      list.origin = true;
      list.wrong_origin = !is_integer(*value, origin_generated);
      continue;
    }
    if (!value->is(DerItem::set)) return std::nullopt;
    list.purpose = true;
    list.wrong_purpose = true;  // until "sign" is among them
    DerReader purposes(value->content);
    while (!purposes.at_end()) {
      const auto purpose = purposes.next();
      if (!purpose) return std::nullopt;
      if (is_integer(*purpose, purpose_sign)) list.wrong_purpose = false;
    }
  }
  return list;
}

}  // namespace

Result<> check_android_key_description(Bytes extension, Bytes client_data_hash) {
  const auto unreadable = wrong_statement("a key description that cannot be read");
  DerReader outer(extension);
  const auto description = outer.next();
  if (!description || !description->is(DerItem::sequence) || !outer.at_end()) return unreadable;
  // attestationVersion, attestationSecurityLevel, keyMintVersion, keyMintSecurityLevel, attestationChallenge,
  // uniqueId, softwareEnforced, hardwareEnforced
  DerReader fields(description->content);
  std::array<std::optional<DerItem>, 8> field{};
  for (auto& one : field) {
    one = fields.next();
    if (!one) return unreadable;
  }
  if (!field[4]->is(DerItem::octets) || !is_same(field[4]->content, client_data_hash))
    return wrong_statement("the challenge does not fit");
  if (!field[6]->is(DerItem::sequence) || !field[7]->is(DerItem::sequence)) return unreadable;
  const auto software = read_list(field[6]->content), hardware = read_list(field[7]->content);
  if (!software || !hardware) return unreadable;
  if (software->all_applications || hardware->all_applications) return wrong_statement("a key for all applications");
  // Both lists together: which keystore made the key, the root of its certificates decides.
  if (!(software->origin || hardware->origin) || software->wrong_origin || hardware->wrong_origin)
    return wrong_statement("a key that was not made there");
  if (!(software->purpose || hardware->purpose) || software->wrong_purpose || hardware->wrong_purpose)
    return wrong_statement("a key that is not for signing");
  return {};
}

Result<Attestation> verify_android_key(const AttestationInputs& inputs) {
  const auto signature = bytes_of(inputs.statement, "sig");
  if (!has_only(inputs.statement, {"alg", "sig", "x5c"}) || signature.empty())
    return wrong_statement("not the members of its format");
  const auto algorithm = algorithm_of(inputs.statement);
  if (!algorithm) return Attestation{};
  ROWAN_TRY(auto path, certificates_of(inputs.statement));
  const auto& certificate = path.front();
  if (!certificate.key().verify(*algorithm, signature, signed_bytes_of(inputs)))
    return wrong_statement("the signature does not fit");
  if (!certificate.key().equals(inputs.key.key())) return wrong_statement("a certificate for another key");
  const auto description = certificate.extension(oid_key_description);
  if (!description) return wrong_statement("there is no key description");
  ROWAN_CHECK(check_android_key_description(description->value, inputs.client_data_hash));
  return Attestation{.type = AttestationType::certified, .path = std::move(path)};
}

}  // namespace rowan::strategies::webauthn
