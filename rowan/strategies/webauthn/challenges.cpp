#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/uuid.hpp>
#include <rowan/strategies/webauthn/challenges.hpp>
#include <rowan/strategies/webauthn/queries.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan::strategies::webauthn {

namespace {

std::string_view name_of(Ceremony ceremony) {
  switch (ceremony) {
    case Ceremony::register_: return "register";
    case Ceremony::sign_in: return "sign_in";
    case Ceremony::verify: return "verify";
    case Ceremony::add: return "add";
  }
  return {};
}

// A sign-in that waits is a flow already: whoever sends it back is bound by it.
std::string bound_to(const PendingSignIn& pending) { return "pending|" + pending.id; }

// What this browser or program may answer, the newest first.
std::vector<std::string> bindings_of(const PhaseContext& context) {
  if (context.pending) return {bound_to(*context.pending)};
  std::vector<std::string> bindings;
  for (const auto& flow : context.inputs.flows()) bindings.push_back(tokens::hash_of_flow(flow));
  return bindings;
}

}  // namespace

std::vector<std::byte> Challenge::bytes() const { return from_base64url(text).value_or(std::vector<std::byte>()); }

Binding new_binding(const PhaseContext& context) {
  // Programs are answered the flow they sent, and send it again.
  if (context.pending) return {.flow = std::string(context.inputs.text("flow")), .bound = bound_to(*context.pending)};
  Binding binding{.flow = to_base64url(context.services.random().bytes<32>())};
  binding.bound = tokens::hash_of_flow(binding.flow);
  return binding;
}

Result<std::string> put_challenge(Transaction& transaction, const PhaseContext& context, const WebauthnOptions& options,
                                  const Binding& binding, const NewChallenge& made) {
  const auto& services = context.services;
  const auto now = services.clock().now();
  auto challenge = to_base64url(services.random().bytes<32>());
  ROWAN_CHECK(transaction.execute(
      sql::insert_challenge,
      {{"id", Uuid::v7(services.clock(), services.random()).text()},
       {"flow", binding.bound},
       {"ceremony", name_of(made.ceremony)},
       {"tenant", context.tenant()},
       {"subject", context.subject()},
       {"account", made.account.is_nil() ? std::optional<AccountId>() : std::optional(made.account)},
       {"generation", made.generation},
       {"challenge", challenge},
       {"data", made.data.text()},
       {"now", now},
       {"expires_at", now + options.timeout}}));
  return challenge;
}

Result<std::optional<Challenge>> find_challenge(const PhaseContext& context, Ceremony ceremony, AccountId account,
                                                std::int64_t generation, Bytes client_data) {
  ROWAN_TRY(const auto waiting,
            context.services.database().read([&](SqlConnection& connection) -> Result<std::vector<Challenge>> {
              std::vector<Challenge> all;
              for (const auto& bound : bindings_of(context)) {
                ROWAN_TRY(const auto rows,
                          connection.query(sql::challenges, {{"flow", bound},
                                                             {"ceremony", name_of(ceremony)},
                                                             {"tenant", context.tenant()},
                                                             {"subject", context.subject()},
                                                             {"now", context.services.clock().now()}}));
                for (const auto& row : rows)
                  all.push_back({.id = row.text("id"),
                                 .text = row.text("challenge"),
                                 .account = row.id<AccountId>("account_id"),
                                 .generation = row.integer("generation"),
                                 .data = Json::parse(row.text("data")).value_or(Json({}))});
              }
              return all;
            }));
  std::optional<Challenge> found;
  const auto said = read_client_data(client_data);
  for (const auto& one : waiting) {
    if (one.account != account || (!account.is_nil() && one.generation != generation)) continue;
    if (!found) found = one;
    if (said && has_challenge(*said, one.bytes())) return one;
  }
  return found;
}

Result<bool> use_challenge(Transaction& transaction, const Services& services, const Challenge& challenge) {
  ROWAN_TRY(const auto used,
            transaction.execute(sql::use_challenge, {{"id", challenge.id}, {"now", services.clock().now()}}));
  return used == 1;
}

void spend_challenge(const Services& services, const Challenge& challenge) {
  const auto spent = services.database().transact(
      [&](Transaction& transaction) { return use_challenge(transaction, services, challenge); }, Durability::soon);
  // It lives no longer than its time, and what it was answered with proves nothing.
  if (!spent) services.logger().warning("challenge_not_spent", {{"reason", spent.error().reason}});
}

Result<> sweep_challenges(Sweep& sweep) { return sweep.remove(sql::expire_challenges, std::chrono::microseconds(0)); }

}  // namespace rowan::strategies::webauthn
