#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/uuid.hpp>
#include <rowan/base/words.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/webauthn/credentials.hpp>
#include <rowan/strategies/webauthn/queries.hpp>

namespace rowan::strategies::webauthn {

namespace {

std::string_view name_of(AttestationType type) {
  switch (type) {
    case AttestationType::none: return "none";
    case AttestationType::self: return "self";
    case AttestationType::certified: return "certified";
  }
  return "none";
}

Passkey passkey_from(const SqlRow& row) {
  return {.id = row.text("id"),
          .account = row.id<AccountId>("account_id"),
          .credential_id = row.text("credential_id"),
          .public_key = row.text("public_key"),
          .user_handle = row.text("user_handle"),
          .sign_count = static_cast<std::uint32_t>(row.integer("sign_count")),
          .discoverable = row.integer("discoverable") != 0,
          .user_verified = row.integer("user_verified") != 0,
          .backup_eligible = row.integer("backup_eligible") != 0,
          .backed_up = row.integer("backed_up") != 0,
          .certified = row.text("attestation") == "certified",
          .transports = words_of(row.text("transports")),
          .aaguid = row.text("aaguid"),
          .label = row.text("label"),
          .generation = row.integer("generation"),
          .created_at = row.time("created_at"),
          .last_used_at = row.maybe_time("last_used_at")};
}

bool flag(const Json& data, std::string_view name) {
  return data.find(name).value_or(Json(false)).as_boolean().value_or(false);
}
std::int64_t number(const Json& data, std::string_view name) {
  return data.find(name).value_or(Json(0)).as_integer().value_or(0);
}

}  // namespace

Result<std::vector<Passkey>> passkeys_of(SqlConnection& connection, AccountId account) {
  ROWAN_TRY(const auto rows, connection.query(sql::of_account, {{"account", account}}));
  std::vector<Passkey> all;
  for (const auto& row : rows) all.push_back(passkey_from(row));
  return all;
}

Result<std::optional<Passkey>> find_passkey(SqlConnection& connection, const Realm& realm,
                                            std::string_view credential_id) {
  ROWAN_TRY(const auto row,
            connection.first(sql::by_credential_id,
                             {{"tenant", realm.tenant}, {"subject", realm.subject}, {"credential_id", credential_id}}));
  return row ? std::optional(passkey_from(*row)) : std::nullopt;
}

std::string make_user_handle(const Services& services) { return to_base64url(services.random().bytes<32>()); }

Result<std::string> user_handle_of(Transaction& transaction, const Services& services, AccountId account) {
  // Two that make one at once: the second keeps what the first has made.
  ROWAN_CHECK(keep_user_handle(transaction, services, account, make_user_handle(services)));
  ROWAN_TRY(const auto row, transaction.first(sql::user_handle, {{"account", account}}));
  if (!row) return Error{.code = ErrorCode::internal, .reason = "an account without a user handle"};
  return row->text("user_handle");
}

Result<> keep_user_handle(Transaction& transaction, const Services& services, AccountId account,
                          const std::string& handle) {
  ROWAN_CHECK(transaction.execute(sql::insert_user_handle,
                                  {{"account", account}, {"handle", handle}, {"now", services.clock().now()}}));
  return {};
}

Json to_credentials(const Registered& registered, std::string_view user_handle, std::string_view label) {
  return {{"credential_id", to_base64url(registered.credential_id)},
          {"public_key", to_base64url(registered.public_key)},
          {"algorithm", static_cast<std::int64_t>(registered.algorithm)},
          {"sign_count", static_cast<std::int64_t>(registered.sign_count)},
          {"user_verified", registered.user_verified},
          {"backup_eligible", registered.backup_eligible},
          {"backed_up", registered.backed_up},
          {"transports", join(registered.transports, " ")},
          {"discoverable", registered.discoverable.value_or(true)},
          {"aaguid", Uuid{registered.aaguid}.text()},
          {"attestation", static_cast<std::int64_t>(registered.attestation)},
          {"user_handle", user_handle},
          {"label", label}};
}

namespace {

// As it was written above.
std::optional<AttestationType> attestation_type(std::int64_t number) {
  for (const auto type : {AttestationType::none, AttestationType::self, AttestationType::certified})
    if (number == static_cast<std::int64_t>(type)) return type;
  return std::nullopt;
}

}  // namespace

Result<Registered> registered_from(const Json& credentials) {
  const auto id = from_base64url(text_of(credentials, "credential_id"));
  const auto key = from_base64url(text_of(credentials, "public_key"));
  const auto aaguid = Uuid::parse(text_of(credentials, "aaguid"));
  const auto algorithm = crypto::cose_algorithm(number(credentials, "algorithm"));
  const auto attestation = attestation_type(number(credentials, "attestation"));
  if (!id || id->empty() || !key || key->empty() || !aaguid || !algorithm || !attestation)
    return Error{.code = ErrorCode::internal, .reason = "a held registration without its passkey"};
  return Registered{.credential_id = *id,
                    .public_key = *key,
                    .algorithm = *algorithm,
                    .sign_count = static_cast<std::uint32_t>(number(credentials, "sign_count")),
                    .user_verified = flag(credentials, "user_verified"),
                    .backup_eligible = flag(credentials, "backup_eligible"),
                    .backed_up = flag(credentials, "backed_up"),
                    .transports = words_of(text_of(credentials, "transports")),
                    .discoverable = flag(credentials, "discoverable"),
                    .aaguid = aaguid->bytes,
                    .attestation = *attestation};
}

Result<> keep_passkey(Transaction& transaction, const Services& services, const Realm& realm, AccountId account,
                      const Registered& registered, std::string_view label) {
  ROWAN_TRY(const bool is_new,
            transaction.insert_unique(sql::insert, {{"id", Uuid::v7(services.clock(), services.random()).text()},
                                                    {"account", account},
                                                    {"tenant", realm.tenant.view()},
                                                    {"subject", realm.subject.view()},
                                                    {"credential_id", to_base64url(registered.credential_id)},
                                                    {"public_key", to_base64url(registered.public_key)},
                                                    {"algorithm", static_cast<std::int64_t>(registered.algorithm)},
                                                    {"sign_count", registered.sign_count},
                                                    {"transports", join(registered.transports, " ")},
                                                    {"aaguid", Uuid{registered.aaguid}.text()},
                                                    {"discoverable", registered.discoverable.value_or(true) ? 1 : 0},
                                                    {"user_verified", registered.user_verified ? 1 : 0},
                                                    {"backup_eligible", registered.backup_eligible ? 1 : 0},
                                                    {"backed_up", registered.backed_up ? 1 : 0},
                                                    {"attestation", name_of(registered.attestation)},
                                                    {"label", label},
                                                    {"now", services.clock().now()}}));
  if (!is_new) return refused("7.1 step 26", "a credential id that is known already");
  return {};
}

Result<> use_passkey(Transaction& transaction, const Services& services, const Passkey& passkey,
                     const Asserted& asserted, bool must_rise) {
  ROWAN_TRY(const auto used,
            transaction.execute(must_rise ? sql::use_risen : sql::use, {{"id", passkey.id},
                                                                        {"count", asserted.sign_count},
                                                                        {"backed_up", asserted.backed_up ? 1 : 0},
                                                                        {"now", services.clock().now()}}));
  if (used != 1) return refused("7.2 step 24", "the passkey is gone, or its counter rose meanwhile");
  return {};
}

namespace {

constexpr std::array texts_of_row{"id",         "tenant", "subject",     "credential_id", "public_key",
                                  "transports", "aaguid", "attestation", "label"};
constexpr std::array numbers_of_row{"algorithm",     "sign_count",      "discoverable",
                                    "user_verified", "backup_eligible", "backed_up"};

}  // namespace

Result<Json> whole_passkey(Transaction& transaction, AccountId account, std::string_view id) {
  ROWAN_TRY(const auto row, transaction.first(sql::whole, {{"id", id}, {"account", account}}));
  if (!row) return wrong_field("id", "invalid");
  std::vector<std::pair<std::string, Json>> fields;
  for (const auto* name : texts_of_row) fields.emplace_back(name, row->text_or(name, ""));
  for (const auto* name : numbers_of_row) fields.emplace_back(name, row->integer(name));
  return Json::object(fields);
}

Result<> undo(Transaction& transaction, const Services& services, AccountId account, const Json& data) {
  const auto removed = data.find("removed");
  if (!removed) {
    ROWAN_CHECK(transaction.execute(sql::take_back, {{"credential_id", text_of(data, "added")}, {"account", account}}));
    return {};
  }
  const auto text = [&](std::string_view name) { return text_of(*removed, name); };
  const auto number = [&](std::string_view name) {
    const auto value = removed->find(name);
    return value ? value->as_integer().value_or(0) : 0;
  };
  ROWAN_CHECK(transaction.execute(sql::insert, {{"id", text("id")},
                                                {"account", account},
                                                {"tenant", text("tenant")},
                                                {"subject", text("subject")},
                                                {"credential_id", text("credential_id")},
                                                {"public_key", text("public_key")},
                                                {"algorithm", number("algorithm")},
                                                {"sign_count", number("sign_count")},
                                                {"transports", text("transports")},
                                                {"aaguid", text("aaguid")},
                                                {"discoverable", number("discoverable")},
                                                {"user_verified", number("user_verified")},
                                                {"backup_eligible", number("backup_eligible")},
                                                {"backed_up", number("backed_up")},
                                                {"attestation", text("attestation")},
                                                {"label", text("label")},
                                                {"now", services.clock().now()}}));
  return {};
}

Result<> forget(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(sql::forget_challenges, {{"account", account}}));
  ROWAN_CHECK(transaction.execute(sql::forget, {{"account", account}}));
  ROWAN_CHECK(transaction.execute(sql::forget_user_handle, {{"account", account}}));
  return {};
}

}  // namespace rowan::strategies::webauthn
