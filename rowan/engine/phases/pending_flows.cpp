#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

namespace {

constexpr Sql insert_flow{R"sql(
  INSERT INTO rowan_flows (id, kind, tenant, subject, account_id, generation, strategy, phase, methods,
      remember_me, return_to, data, created_at, expires_at)
  VALUES (:id, :kind, :tenant, :subject, :account, :generation, :strategy, :phase, :methods,
      :remember_me, :return_to, :data, :now, :expires_at)
)sql"};

constexpr Sql look_at_flow{R"sql(
  SELECT kind, account_id, generation, strategy, phase, methods, remember_me, return_to, data, expires_at
  FROM rowan_flows
  WHERE id = :id AND kind IN ('second_factor', 'enrolment') AND tenant = :tenant AND subject = :subject
    AND consumed_at IS NULL AND expires_at > :now
)sql"};

constexpr Sql use_flow{R"sql(
  UPDATE rowan_flows
  SET consumed_at = :now
  WHERE id = :id AND consumed_at IS NULL AND expires_at > :now
)sql"};

constexpr std::chrono::minutes lifetime{10};

}  // namespace

Result<std::string> open_pending(Transaction& transaction, Core& core, const Realm& realm,
                                 const PendingSignIn& waiting) {
  auto flow = to_base64url(core.random.bytes<32>());
  const auto now = core.clock.now();
  ROWAN_CHECK(transaction.execute(insert_flow, {{"id", tokens::hash_of_flow(flow)},
                                                {"kind", waiting.enrols ? "enrolment" : "second_factor"},
                                                {"tenant", realm.tenant},
                                                {"subject", realm.subject},
                                                {"account", waiting.account},
                                                {"generation", waiting.generation},
                                                {"strategy", waiting.strategy},
                                                {"phase", waiting.phase},
                                                {"methods", tokens::methods_text(waiting.methods)},
                                                {"remember_me", waiting.remember_me ? 1 : 0},
                                                {"return_to", waiting.return_to},
                                                {"data", waiting.origin.text()},
                                                {"now", now},
                                                {"expires_at", now + lifetime}}));
  return flow;
}

Result<std::optional<PendingSignIn>> find_pending(Core& core, std::string_view flow, const Realm& realm) {
  if (flow.empty()) return std::nullopt;
  auto id = tokens::hash_of_flow(flow);
  ROWAN_TRY(const auto row, core.spine.database.read([&](SqlConnection& connection) {
    return connection.first(
        look_at_flow, {{"id", id}, {"tenant", realm.tenant}, {"subject", realm.subject}, {"now", core.clock.now()}});
  }));
  if (!row) return std::nullopt;
  ROWAN_TRY(auto origin, Json::parse(row->text("data")));
  return PendingSignIn{.id = std::move(id),
                       .account = row->id<AccountId>("account_id"),
                       .generation = row->integer("generation"),
                       .methods = tokens::methods_from(row->text("methods")),
                       .strategy = row->text("strategy"),
                       .phase = row->text("phase"),
                       .remember_me = row->integer("remember_me") != 0,
                       .return_to = row->text("return_to"),
                       .expires_at = row->time("expires_at"),
                       .enrols = row->text("kind") == "enrolment",
                       .origin = std::move(origin)};
}

Result<bool> use_pending(Transaction& transaction, const PendingSignIn& waiting, Timestamp now) {
  ROWAN_TRY(const auto rows, transaction.execute(use_flow, {{"id", waiting.id}, {"now", now}}));
  return rows == 1;
}

}  // namespace rowan::engine
