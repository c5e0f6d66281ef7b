#include <rowan/base/try.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/totp/authenticators.hpp>
#include <rowan/strategies/totp/queries.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan::strategies::totp {

namespace {

struct Looked {
  std::vector<Authenticator> authenticators{};
  bool is_known = false;
};

Result<Looked> look_up(const PhaseContext& context, AccountId account) {
  return context.services.database().read([&](SqlConnection& connection) -> Result<Looked> {
    Looked looked;
    ROWAN_TRY(looked.authenticators, authenticators_of(connection, account));
    ROWAN_TRY(looked.is_known,
              tokens::knows_device(connection, account, context.visitor.device, context.services.clock().now()));
    return looked;
  });
}

std::optional<RightCode> find_right(const Services& services, AccountId account,
                                    const std::vector<Authenticator>& authenticators, std::string_view code) {
  std::optional<RightCode> right;
  for (const auto& one : authenticators) {
    const auto opened = services.open_at_rest(seed_purpose, row_of(account, one.id), one.sealed);
    if (!opened) {
      // Changed by hand, or its master secret is gone. The account's other authenticators work on.
      services.logger().error("totp_seed_does_not_open", {{"account", account.text()}, {"authenticator", one.id}});
      continue;
    }
    const auto seed = opened->secret.expose();
    const auto step = step_of(code, seed, services.clock().now(), one.last_step, one.shape);
    if (!step || right) continue;
    right = RightCode{.id = one.id, .step = *step, .sealed = one.sealed};
    if (opened->outdated) right->sealed_again = services.seal_at_rest(seed_purpose, row_of(account, one.id), seed);
  }
  return right;
}

}  // namespace

std::string row_of(AccountId account, std::string_view id) { return account.text() + "|" + std::string(id); }

Result<std::vector<Authenticator>> authenticators_of(SqlConnection& connection, AccountId account) {
  ROWAN_TRY(const auto rows, connection.query(sql::of_account, {{"account", account}}));
  std::vector<Authenticator> all;
  for (const auto& row : rows) {
    const auto algorithm = algorithm_of(row.text("algorithm"));
    if (!algorithm) continue;  // of a later release, which ran beside this one
    all.push_back({.id = row.text("id"),
                   .label = row.text("label"),
                   .sealed = row.text("secret"),
                   .shape = {.algorithm = *algorithm,
                             .digits = row.integer("digits"),
                             .period = std::chrono::seconds(row.integer("period"))},
                   .last_step = row.integer("last_step"),
                   .created_at = row.time("created_at"),
                   .used_at = row.maybe_time("used_at")});
  }
  return all;
}

GuessLimits limits_of_guesses(const TotpOptions& options) {
  return limits_of_second_factor(options.name + "/code", options.attempts_per_account, options.attempts_per_flow);
}

Result<RightCode> look_at_code(const PhaseContext& context, const TotpOptions& options, AccountId account) {
  ROWAN_TRY(const auto looked, look_up(context, account));
  if (looked.authenticators.empty()) return wrong_credential("no authenticator");
  const auto code = normalised(context.inputs.text("code"));
  // It cannot be right, so it counts against the client alone (THR-04).
  if (code.empty()) return wrong_credential("not a code");
  ROWAN_TRY(auto guess, count_second_factor(context, limits_of_guesses(options), account, looked.is_known));
  auto right = find_right(context.services, account, looked.authenticators, code);
  if (!right) return wrong_credential("wrong, expired or used code");
  right->guess = std::move(guess);
  return *std::move(right);
}

Result<> use_code(Transaction& transaction, const Services& services, AccountId account, const RightCode& right) {
  ROWAN_TRY(const auto used,
            transaction.execute(
                sql::use_step,
                {{"id", right.id}, {"account", account}, {"step", right.step}, {"now", services.clock().now()}}));
  if (used != 1) return wrong_credential("the code was used meanwhile, or its authenticator removed");
  if (!right.sealed_again.empty())
    ROWAN_CHECK(transaction.execute(sql::seal_again,
                                    {{"id", right.id}, {"secret", right.sealed_again}, {"old", right.sealed}}));
  return {};
}

Result<std::string> add(Transaction& transaction, const Services& services, const NewAuthenticator& added,
                        std::string_view seed) {
  const auto id = Uuid::v7(services.clock(), services.random()).text();
  ROWAN_CHECK(transaction.execute(sql::insert,
                                  {{"id", id},
                                   {"account", added.account},
                                   {"label", added.label},
                                   {"secret", services.seal_at_rest(seed_purpose, row_of(added.account, id), seed)},
                                   {"algorithm", name_of(added.shape.algorithm)},
                                   {"digits", added.shape.digits},
                                   {"period", added.shape.period.count()},
                                   {"step", added.step},
                                   {"now", services.clock().now()}}));
  return id;
}

Json row_of_removed(const Authenticator& authenticator) {
  return {{"id", authenticator.id},
          {"label", authenticator.label},
          {"secret", authenticator.sealed},
          {"algorithm", name_of(authenticator.shape.algorithm)},
          {"digits", authenticator.shape.digits},
          {"period", authenticator.shape.period.count()}};
}

namespace {

Result<> restore(Transaction& transaction, const Services& services, AccountId account, const Json& row) {
  const auto number = [&](std::string_view name) {
    const auto value = row.find(name);
    return value ? value->as_integer().value_or(0) : 0;
  };
  const auto period = number("period");
  if (period <= 0) return wrong_credential("a link to undo without its authenticator");
  const auto now = services.clock().now();
  ROWAN_CHECK(transaction.execute(sql::restore, {{"id", text_of(row, "id")},
                                                 {"account", account},
                                                 {"label", text_of(row, "label")},
                                                 {"secret", text_of(row, "secret")},
                                                 {"algorithm", text_of(row, "algorithm")},
                                                 {"digits", number("digits")},
                                                 {"period", period},
                                                 // Codes up to now may have been used before it was removed.
                                                 {"step", to_seconds(now) / period},
                                                 {"now", now}}));
  return {};
}

}  // namespace

Result<> undo(Transaction& transaction, const Services& services, AccountId account, const Json& data) {
  if (const auto removed = data.find("removed")) return restore(transaction, services, account, *removed);
  ROWAN_CHECK(transaction.execute(sql::remove, {{"id", text_of(data, "added")}, {"account", account}}));
  return {};
}

Result<> forget(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(sql::forget, {{"account", account}}));
  ROWAN_CHECK(transaction.execute(sql::forget_setups, {{"account", account}}));
  return {};
}

}  // namespace rowan::strategies::totp
