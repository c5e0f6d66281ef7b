#pragma once
// Not installed. What a phase needs and does however it was called: over HTTP (dispatch.cpp) or as a function
// (action.cpp).
#include <rowan/engine/phases/complete.hpp>

namespace rowan::engine {

/// What a page or a phase is asked with.
struct Asking {
  TenantName tenant{};
  Visitor visitor{};
  std::optional<VerifiedClaims> claims{};  // of who is signed in, as the guard accepts them
  std::optional<PendingSignIn> pending{};  // the sign-in that waits here for its second factor
  bool trusted = false;
  std::string_view return_to{};
  PhaseNotes* notes = nullptr;  // of a phase
};

/// The only place where a PhaseContext is filled in. All that is given must outlive it.
PhaseContext context_of(const Core& core, const Subject& subject, const Inputs& inputs, const Asking& asking);

/// At most 256 bytes, and none that a page or a row could not hold; empty otherwise.
std::string storable_user_agent(std::string_view sent);

/// A declared phase.
struct PhaseRef {
  const Subject& subject;
  const Strategy& strategy;
  const Phase& phase;
  Activity activity() const { return {strategy.name, phase.name}; }
};

bool may_be_pending(Who who);
/// A phase or page that sets a factor up sees only a sign-in that has to do so.
std::optional<PendingSignIn> pending_for(Who who, std::optional<PendingSignIn> pending);
/// Whether who asks is one of those.
bool may_see(Who who, const Asking& asking);
/// An API key is no session: nobody is signed in by it. A phase for people who are signed in refuses it.
Result<> leave_out_key(const PhaseRef& ref, std::optional<VerifiedClaims>& claims);
/// The refusal of a phase that who asks may not run.
Result<> check_who(const PhaseRef& ref, const Asking& asking);

struct PhaseRan {
  Outcome outcome;
  std::vector<protection::Count> counts{};  // the attempts that were counted for it, in the order of its limits
};
/// Counts the attempt, unless the caller is trusted, and runs the phase.
Result<PhaseRan> run_counted(Core& core, const PhaseRef& ref, const Inputs& inputs, const Asking& asking);

/// What complete() is asked for a phase that returned SignedIn. A sign-in that waited goes on as it began: the
/// activity and the way back are its own.
CompletionRequest completion_request(const PhaseRef& ref, const Asking& asking,
                                     const std::vector<protection::Count>& counts, Purpose purpose);
/// complete(), and a line in the log.
Result<Completion> complete_and_tell(Core& core, const PhaseRef& ref, const SignedIn& signed_in,
                                     const CompletionRequest& request);

/// The phase failed: a line in the log, unless it is a fault of ours, which the caller reports; and every hook
/// that hears of failures.
/// `counted`: an attempt was counted for it. Only then has on_event a transaction for it, which a stranger could
/// otherwise cause without a limit.
void tell_failure(Core& core, const PhaseRef& ref, const Asking& asking, const Error& error, bool counted);

/// The phase succeeded without a sign-in.
void tell_done(Core& core, const PhaseRef& ref, const Asking& asking);

/// What a phase's flow is kept under in a browser.
std::string_view flow_name_of(const Strategy& strategy, const Phase& phase);

}  // namespace rowan::engine
