#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/engine/parts/rate_limit_count.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/engine/phases/phase_call.hpp>

namespace rowan::engine {

namespace {

Realm realm_of(const Asking& asking, const Subject& subject) {
  return {.tenant = asking.tenant, .subject = subject.name};
}

std::vector<protection::Count> counts_of(const PhaseRef& ref, const PhaseContext& context) {
  std::vector<protection::Count> counts;
  for (const auto& limit : ref.phase.limits) {
    std::string value;
    switch (limit.per) {
      case RateLimit::Per::client: value = context.visitor.address.bucket(); break;
      case RateLimit::Per::account:
        value = context.account() == AccountId() ? std::string() : context.account().text();
        break;
      case RateLimit::Per::identifier: value = context.inputs.text(limit.input); break;
    }
    counts.push_back(count_of(ref.strategy.name, limit, context.realm, value));
  }
  return counts;
}

}  // namespace

PhaseContext context_of(const Core& core, const Subject& subject, const Inputs& inputs, const Asking& asking) {
  return {.services = core.services,
          .realm = realm_of(asking, subject),
          .inputs = inputs,
          .visitor = asking.visitor,
          .claims = asking.claims,
          .pending = asking.pending,
          .trusted = asking.trusted,
          .muted = false,
          .return_to = asking.return_to,
          .strategies = subject.strategies,
          .notes = asking.notes};
}

std::string storable_user_agent(std::string_view sent) {
  const auto agent = sent.substr(0, 256);
  return is_storable_text(agent) && !has_control_characters(agent) ? std::string(agent) : std::string();
}

bool may_be_pending(Who who) {
  return who == Who::pending || who == Who::session_or_pending || who == Who::session_or_enrolling;
}

std::optional<PendingSignIn> pending_for(Who who, std::optional<PendingSignIn> pending) {
  if (who == Who::session_or_enrolling && pending && !pending->enrols) pending.reset();
  return pending;
}

bool may_see(Who who, const Asking& asking) {
  switch (who) {
    case Who::anybody: return true;
    case Who::session: return asking.claims.has_value();
    case Who::pending: return asking.pending.has_value();
    case Who::session_or_pending: return asking.claims || asking.pending;
    case Who::session_or_enrolling: return asking.claims || (asking.pending && asking.pending->enrols);
  }
  return false;
}

Result<> leave_out_key(const PhaseRef& ref, std::optional<VerifiedClaims>& claims) {
  if (!claims || !claims->using_api_key()) return {};
  claims.reset();
  if (ref.phase.who != Who::session) return {};
  return Error{.code = ErrorCode::authentication_failed, .reason = "an API key is no session"};
}

Result<> check_who(const PhaseRef& ref, const Asking& asking) {
  if (may_see(ref.phase.who, asking)) return {};
  return Error{.code = ErrorCode::authentication_failed,
               .reason = ref.phase.who == Who::pending ? "no sign-in waits here" : "not signed in"};
}

namespace {

bool may_be_told(Input::Kind kind) {
  return kind == Input::Kind::text || kind == Input::Kind::email || kind == Input::Kind::flag ||
         kind == Input::Kind::integer;
}

// For events. The first address is whom the request is about.
void note_what(const PhaseRef& ref, const Inputs& inputs, PhaseNotes& notes) {
  notes.strategy = ref.strategy.name;
  notes.phase = ref.phase.name;
  for (const auto& input : ref.phase.inputs) {
    if (!may_be_told(input.kind) || !inputs.has(input.name)) continue;
    const auto text = inputs.text(input.name);
    notes.fields.insert_or_assign(input.name, std::string(text));
    if (input.kind != Input::Kind::email || !notes.identity.empty()) continue;
    if (const auto address = EmailAddress::parse(text)) notes.identity = address->key();
  }
}

}  // namespace

Result<PhaseRan> run_counted(Core& core, const PhaseRef& ref, const Inputs& inputs, const Asking& asking) {
  if (asking.notes != nullptr) note_what(ref, inputs, *asking.notes);
  auto context = context_of(core, ref.subject, inputs, asking);
  std::vector<protection::Count> counts;
  if (!asking.trusted) counts = counts_of(ref, context);
  ROWAN_TRY(context.muted, core.limits.attempt(counts));
  ROWAN_TRY(auto outcome, ref.phase.run(context));
  // Whatever refuses it from here on, what was guessed was right.
  if (asking.notes != nullptr) asking.notes->guess->clear();
  return PhaseRan{std::move(outcome), std::move(counts)};
}

namespace {

// What is no longer declared since the sign-in began is answered as what was asked last.
Activity activity_of(const PhaseRef& ref, const PendingSignIn& pending) {
  if (const auto* strategy = ref.subject.find(pending.strategy))
    for (const auto& phase : strategy->phases)
      if (phase.name == pending.phase) return {strategy->name, phase.name};
  return ref.activity();
}

}  // namespace

CompletionRequest completion_request(const PhaseRef& ref, const Asking& asking,
                                     const std::vector<protection::Count>& counts, Purpose purpose) {
  const auto& pending = asking.pending;
  CompletionRequest request{.subject = ref.subject,
                            .activity = pending ? activity_of(ref, *pending) : ref.activity(),
                            .realm = realm_of(asking, ref.subject),
                            .visitor = asking.visitor,
                            .proves = ref.strategy.proves,
                            .purpose = purpose,
                            .here = asking.claims,
                            .replaces = asking.claims,
                            .give_back = {},
                            .clear = {},
                            .return_to = std::string(asking.return_to),
                            .pending = pending,
                            .trust_browser = false,
                            .remember_device = {},
                            .notes = asking.notes};
  for (std::size_t i = 0; i < counts.size(); ++i) switch (ref.phase.limits[i].after_success) {
      case RateLimit::AfterSuccess::kept: break;
      case RateLimit::AfterSuccess::given_back: request.give_back.push_back(counts[i]); break;
      case RateLimit::AfterSuccess::cleared: request.clear.push_back(counts[i]); break;
    }
  return request;
}

Result<Completion> complete_and_tell(Core& core, const PhaseRef& ref, const SignedIn& signed_in,
                                     const CompletionRequest& request) {
  ROWAN_TRY(auto completion, complete(core, signed_in, request));
  const auto account = completion.user.id.text();
  core.logger.info(completion.pending    ? "second_factor_needed"
                   : !completion.granted ? "address_proven"
                                         : "signed_in",
                   {{"account", account}, {"strategy", ref.strategy.name}, {"phase", ref.phase.name}});
  if (completion.taken_over) core.logger.info("account_taken_over", {{"account", account}});
  return completion;
}

namespace {

AuthEvent event_of(const Core& core, const PhaseRef& ref, const Asking& asking, AuthEvent::Kind kind) {
  static const Inputs none;
  auto event = engine::event_of(context_of(core, ref.subject, none, asking), kind);
  event.strategy = ref.strategy.name;
  event.phase = ref.phase.name;
  return event;
}

}  // namespace

void tell_failure(Core& core, const PhaseRef& ref, const Asking& asking, const Error& error, bool counted) {
  const auto from = asking.visitor.address.text();
  if (http_status(error.code) < 500)
    core.logger.info("authentication_failed", {{"strategy", ref.strategy.name},
                                               {"phase", ref.phase.name},
                                               {"code", public_name(error.code)},
                                               {"reason", error.reason},
                                               {"from", from}});
  auto event = event_of(core, ref, asking, AuthEvent::Kind::failed);
  event.code = error.code;
  event.reason = error.reason;
  for (const auto* hooks : core.hooks(ref.subject))
    if (hooks->on_failure)
      if (auto done = hooks->on_failure(core.services, event); !done)
        core.logger.error("hook_failed", {{"reason", done.error().reason}});
  if (counted && error.code != ErrorCode::rate_limited && http_status(error.code) < 500) tell_alone(core, event);
}

void tell_done(Core& core, const PhaseRef& ref, const Asking& asking) {
  if (asking.notes != nullptr && asking.notes->is_told) return;
  tell_alone(core, event_of(core, ref, asking, AuthEvent::Kind::done));
}

std::string_view flow_name_of(const Strategy& strategy, const Phase& phase) {
  return phase.flow_name.empty() ? std::string_view(strategy.name) : std::string_view(phase.flow_name);
}

}  // namespace rowan::engine
