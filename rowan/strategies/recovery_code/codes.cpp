#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/recovery_code/codes.hpp>
#include <rowan/strategies/recovery_code/queries.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan::strategies::recovery_code {

namespace {

struct Looked {
  std::vector<std::string> unused{};
  bool is_known = false;
};

Result<Looked> look_up(const PhaseContext& context, AccountId account) {
  return context.services.database().read([&](SqlConnection& connection) -> Result<Looked> {
    Looked looked;
    ROWAN_TRY(const auto rows, connection.query(sql::unused, {{"account", account}}));
    for (const auto& row : rows) looked.unused.push_back(row.text("hash"));
    ROWAN_TRY(looked.is_known,
              tokens::knows_device(connection, account, context.visitor.device, context.services.clock().now()));
    return looked;
  });
}

std::string find_right(AccountId account, const std::vector<std::string>& unused,
                       const std::vector<std::string>& readings) {
  std::string right;
  for (const auto& reading : readings) {
    const auto hash = hash_of(account, reading);
    for (const auto& one : unused)
      if (crypto::equal_in_constant_time(as_bytes(one), as_bytes(hash))) right = one;
  }
  return right;
}

}  // namespace

Result<Codes> codes_of(SqlConnection& connection, AccountId account) {
  ROWAN_TRY(const auto row, connection.first(sql::of_account, {{"account", account}}));
  if (!row) return Codes{};
  const auto made = row->integer("made");
  return Codes{.made = made,
               .left = made - row->integer("used"),
               .created_at = row->maybe_time("created_at"),
               .used_at = row->maybe_time("used_at")};
}

GuessLimits limits_of_guesses(const RecoveryCodeOptions& options) {
  return limits_of_second_factor(options.name + "/code", options.attempts_per_account, options.attempts_per_flow);
}

Result<RightCode> look_at_code(const PhaseContext& context, const RecoveryCodeOptions& options, AccountId account) {
  ROWAN_TRY(const auto looked, look_up(context, account));
  if (looked.unused.empty()) return wrong_credential("no recovery code is left");
  const auto readings = readings_of(options.code, context.inputs.text("code"));
  // It cannot be right, so it counts against the client alone (THR-04).
  if (readings.empty()) return wrong_credential("not a recovery code");
  ROWAN_TRY(auto guess, count_second_factor(context, limits_of_guesses(options), account, looked.is_known));
  auto right = find_right(account, looked.unused, readings);
  if (right.empty()) return wrong_credential("wrong or used recovery code");
  return RightCode{.hash = std::move(right), .guess = std::move(guess)};
}

Result<std::int64_t> use_code(Transaction& transaction, const Services& services, AccountId account,
                              const RightCode& right) {
  ROWAN_TRY(
      const auto used,
      transaction.execute(sql::use, {{"hash", right.hash}, {"account", account}, {"now", services.clock().now()}}));
  if (used != 1) return wrong_credential("the code was used meanwhile, or its set replaced");
  ROWAN_TRY(const auto codes, codes_of(transaction.connection(), account));
  return codes.left;
}

Result<std::vector<std::string>> replace(Transaction& transaction, const Services& services, AccountId account,
                                         const RecoveryCodeOptions& options) {
  ROWAN_CHECK(forget(transaction, account));
  const auto set = Uuid::v7(services.clock(), services.random()).text();
  std::vector<std::string> shown;
  while (std::ssize(shown) < options.codes) {
    const auto code = make_code(options.code, services.random());
    ROWAN_CHECK(transaction.execute(
        sql::insert,
        {{"hash", hash_of(account, code)}, {"account", account}, {"set", set}, {"now", services.clock().now()}}));
    shown.push_back(in_fours(code));
  }
  return shown;
}

Result<> forget(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(sql::forget, {{"account", account}}));
  return {};
}

}  // namespace rowan::strategies::recovery_code
