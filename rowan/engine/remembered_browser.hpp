#pragma once
// RemembersBrowsers: how a strategy signs a browser in again, by something that the browser has kept
// (docs/architecture.md#remembered-browsers).
#include <functional>
#include <rowan/engine/outcome.hpp>
#include <rowan/engine/phase_context.hpp>
#include <rowan/engine/request_credential.hpp>
#include <rowan/tokens/claims.hpp>
#include <string_view>
#include <variant>

namespace rowan {

/// The session that was made by the same text a moment ago: two tabs asked at once, or an answer was lost.
struct MadeAlready {
  Claims session{};
  BrowserKeeps keeps{};
};

/// Whose browser it is, or what is wrong.
using Recognised = std::variant<SignedIn, MadeAlready, Unidentified>;

/// A value that a strategy declares. The engine keeps a text in a sealed cookie, so nobody can make one up and a
/// made-up one costs no query. One text is used once; complete.cpp makes the session.
struct RemembersBrowsers {
  /// In the transaction of a sign-in that asked to be remembered; `session` is the one it made.
  std::function<Result<BrowserKeeps>(Transaction&, const Services&, const Claims& session, const Visitor&)> remember{};
  /// One query, on a thread of a pool, in no transaction. The SignedIn's `apply` uses the text up and says in
  /// Applied::keeps what the browser keeps from then on; when somebody was quicker it refuses, and this is asked again.
  std::function<Result<Recognised>(const Services&, const Realm&, std::string_view text, const Visitor&)> recognise{};
  /// The session that this browser has now, in the transaction that makes it: after a sign-in by `text`, or when a
  /// session of it was replaced by another of the same account.
  std::function<Result<>(Transaction&, const Services&, std::string_view text, const Claims& session)> goes_on{};
  /// The browser is remembered no more: its owner signs out, or somebody signs in in another way. What came of the text
  /// ends, too: a thief or a slow tab may have used it. Answers for which account it was; nil: for none.
  std::function<Result<AccountId>(Transaction&, const Services&, std::string_view text, const Visitor&)> forget{};
};

}  // namespace rowan
