#pragma once
// Not installed. The only way from an outcome to a session or a token (docs/architecture.md#completing-a-sign-in).
#include <rowan/engine/core.hpp>
#include <rowan/engine/guard/authenticated_user.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

struct CompletionRequest {
  const Subject& subject;
  Activity activity{};
  Realm realm{};
  Visitor visitor{};
  Proves proves{};                             // of the phase's strategy
  Purpose purpose = tokens::bearer_purpose;    // tokens::session_purpose or bearer_purpose
  std::optional<VerifiedClaims> here{};        // the session or bearer of this request, as the guard accepted it
  std::optional<Claims> replaces{};            // the session this one takes over from: revoked in the same transaction
  std::vector<protection::Count> give_back{};  // attempts that turned out right
  std::vector<protection::Count> clear{};      // series of failures that have ended
  std::string return_to{};
  std::optional<PendingSignIn> pending{};  // the sign-in that this may finish
  bool trust_browser = false;              // with the second factor of a sign-in: not to be asked again in this browser
  std::string remember_device{};           // the browser's device, known for the account from now on; empty: a program
  const PhaseNotes* notes = nullptr;       // of the phase; for events
  std::string browser_keeps{};             // by which this browser is remembered for the subject; empty: it is not
  bool whole_only = false;                 // a sign-in that would have to wait for a second factor is refused
};

struct Completion {
  User user{};
  Claims claims{};
  bool registered = false;
  bool taken_over = false;    // credentials and sessions from before are gone
  bool first_factor = false;  // the account has its first second factor by this
  bool granted = true;        // false: everything is done, without a sign-in
  std::optional<PendingFlow> pending{};
  std::optional<BrowserKeeps> keeps{};  // what the browser keeps from now on to be remembered
  bool is_forgotten = false;            // what it kept is of no use any more
};

/// One transaction: apply, re-check under the row lock, hooks, second factor or token, commit.
Result<Completion> complete(Core& core, const SignedIn& signed_in, const CompletionRequest& request);

/// Gives back what the right credential was counted as, where nothing else comes of it. What fails is logged.
void forgive(Core& core, const SignedIn& signed_in, const CompletionRequest& request);

/// Which locks end when a credential was right.
struct EndLocks {
  std::string_view device{};  // of the browser that is there; empty: none
  Methods except{};           // strategies whose locks stay
  /// Also those of second factors. False after a first factor alone: who has that must not
  /// clear the guesses at the second (THR-02).
  bool second_factors = true;
};
/// The locks of the ways into the account end.
Result<> end_locks(Transaction& transaction, const Core& core, const User& user, const EndLocks& which);

/// Puts into `user` who is signed in by it now: nothing when no session was granted, or not yet.
void prove_user(const Completion& completion, std::optional<AuthenticatedUser>& user);

}  // namespace rowan::engine
