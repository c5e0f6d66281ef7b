#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/engine/spine.hpp>

namespace rowan {

bool hears(const Hooks& hooks, AuthEvent::Kind kind) {
  return hooks.on_event && (hooks.events.empty() || std::ranges::find(hooks.events, kind) != hooks.events.end());
}

Result<> tell_done(Transaction& transaction, const PhaseContext& context) {
  if (context.notes == nullptr) return {};
  ROWAN_CHECK(engine_spine(context.services).tell(transaction, engine::event_of(context, AuthEvent::Kind::done)));
  context.notes->is_told = true;
  return {};
}

Result<> tell_ended(Transaction& transaction, const PhaseContext& context, std::vector<std::int64_t> numbers) {
  auto event = engine::event_of(context, AuthEvent::Kind::signed_out);
  event.ended = std::move(numbers);
  ROWAN_CHECK(engine_spine(context.services).tell(transaction, event));
  if (context.notes != nullptr) context.notes->is_told = true;
  return {};
}

Result<> tell(Transaction& transaction, const Services& services, const AuthEvent& event) {
  return engine_spine(services).tell(transaction, event);
}

AuthEvent engine::event_of(const PhaseContext& context, AuthEvent::Kind kind) {
  static const PhaseNotes nothing;
  const auto& notes = context.notes != nullptr ? *context.notes : nothing;
  const auto account = context.account();
  return {.kind = kind,
          .strategy = notes.strategy,
          .phase = notes.phase,
          .realm = context.realm,
          .account = account.is_nil() ? notes.guessed_at : account,
          .code = {},
          .registered = false,
          .reason = {},
          .from = context.visitor.address,
          .user_agent = context.visitor.user_agent,
          .methods = {},
          .language = context.visitor.language,
          .identity = notes.identity,
          .fields = notes.fields,
          .guess = *notes.guess};
}

}  // namespace rowan
