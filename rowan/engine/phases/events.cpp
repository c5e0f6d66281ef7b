#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/engine/phases/events.hpp>

namespace rowan::engine {

std::vector<const Hooks*> hooks_of(const Core& core, std::string_view subject) {
  const auto* declared = core.find_subject(subject);
  return declared == nullptr ? std::vector<const Hooks*>{&core.options.hooks} : core.hooks(*declared);
}

Result<> tell(Transaction& transaction, const Core& core, const AuthEvent& event) {
  for (const auto* hooks : hooks_of(core, event.realm.subject))
    if (hears(*hooks, event.kind)) ROWAN_CHECK(hooks->on_event(transaction, core.services, event));
  return {};
}

void tell_alone(Core& core, const AuthEvent& event) {
  const auto all = hooks_of(core, event.realm.subject);
  if (std::ranges::none_of(all, [&](const Hooks* hooks) { return hears(*hooks, event.kind); })) return;
  const auto told = core.spine.database.transact(
      [&](Transaction& transaction) { return tell(transaction, core, event); }, Durability::soon);
  if (!told) core.logger.error("event_not_kept", {{"phase", event.phase}, {"reason", told.error().reason}});
}

AuthEvent act_on(const User& user, std::string_view act, std::string_view by) {
  return {.kind = AuthEvent::Kind::administered,
          .strategy = std::string(by),
          .phase = std::string(act),
          .realm = user.realm,
          .account = user.id,
          .code = {},
          .registered = false,
          .reason = {},
          .from = {},
          .user_agent = {},
          .methods = {},
          .language = {}};
}

}  // namespace rowan::engine
