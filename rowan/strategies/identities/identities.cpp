#include <algorithm>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/ways_in.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/identities/identities.hpp>
#include <rowan/strategies/identities/options.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/notices.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
using strategies::oauth2::Identity;

// What an address names it by: it says neither the provider nor the person.
std::string id_of(const Identity& identity) {
  const auto digest = crypto::sha256(as_bytes(identity.provider + "\n" + identity.uid));
  return to_base64url(std::span(digest).first(16));
}

Result<Presented> list(const PhaseContext& context, const IdentitiesOptions&) {
  ROWAN_TRY(const auto all, context.services.database().read([&](SqlConnection& connection) {
    return strategies::oauth2::identities_of(connection, context.account());
  }));
  std::vector<Json> shown;
  for (const auto& one : all)
    shown.push_back({{"id", id_of(one)},
                     {"provider", one.provider},
                     {"strategy", one.strategy},
                     {"email", one.email},
                     {"created_at", to_rfc3339(one.created_at)},
                     {"last_used_at", to_rfc3339(one.last_used_at)}});
  return Presented{.fields = {{"identities", shown}}};
}

// The name that people know the provider by, for the mail: that of its strategy.
std::string name_of(const Identity& identity) {
  return identity.strategy.empty() ? identity.provider : identity.strategy;
}

Result<SignedIn> remove(const PhaseContext& context, const IdentitiesOptions& options) {
  ROWAN_CHECK(confirm_owner(context, options.recent));
  return SignedIn{
      .method = "identities",
      .apply = [context, id = std::string(context.inputs.text("id"))](Transaction& transaction) -> Result<Applied> {
        ROWAN_TRY(const auto locked, accounts::lock(transaction, context.account()));
        if (!locked) return wrong_credential("the account is gone");
        const auto& owner = locked->user;
        ROWAN_TRY(const auto all, strategies::oauth2::identities_of(transaction.connection(), owner.id));
        const auto found = std::ranges::find(all, id, id_of);
        if (found == all.end()) return Error{.code = ErrorCode::not_found, .reason = "no such identity"};
        ROWAN_CHECK(strategies::oauth2::remove_identity(transaction, owner.id, found->provider, found->uid));
        // Asked once it is gone, so that its own strategy answers for what it has left.
        ROWAN_TRY(const bool has_other, has_other_way_in(transaction.connection(), context, {}, owner));
        if (!has_other) return wrong_field("id", "last_way_in");
        ROWAN_CHECK(
            strategies::oauth2::tell_of_unlink(transaction, context, "identities", name_of(*found), *found, owner));
        return Applied{.account = owner.id, .generation = context.generation(), .end_other_sessions = true};
      },
      .renews = true};
}

Phase list_phase(const std::shared_ptr<const IdentitiesOptions>& options) {
  return {.name = "list",
          .path = "",
          .methods = {http::Method::get},
          .limits = {{.name = "list/account", .per = RateLimit::Per::account, .max = 300, .window = 5min}},
          .who = Who::session,
          .description = "Lists what providers know the account by",
          .run = running(options, list)};
}

Phase remove_phase(const std::shared_ptr<const IdentitiesOptions>& options) {
  return {.name = "remove",
          .path = "/:id",
          .methods = {http::Method::delete_, http::Method::post},
          .cost = Cost::hash,
          .inputs = {{.name = "id", .in_path = true, .max_bytes = 64, .description = "Which one, of the list"},
                     current_password_input()},
          .limits = {{.name = "remove/account", .per = RateLimit::Per::account, .max = 10, .window = 5min}},
          .who = Who::session,
          .done = std::string(sentence("That way to sign in was removed. All other devices were signed out.")),
          .description = "Takes one away; every other session ends. The last way in stays",
          .run = running(options, remove)};
}

}  // namespace

AddOn identities(IdentitiesOptions given) {
  const auto options = std::make_shared<const IdentitiesOptions>(given);
  Strategy part{.name = "identities"};
  part.phases = {list_phase(options), remove_phase(options)};
  part.letters = {strategies::oauth2::unlinked_letter()};
  part.undo = strategies::oauth2::undo_change;
  part.migrations = embedded_migrations("strategies/oauth2");
  part.options = {.options = strategies::identities::options(), .values = *options};
  return {.name = "identities", .parts = {std::move(part)}};
}

}  // namespace rowan
