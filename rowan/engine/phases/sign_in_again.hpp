#pragma once
// Not installed. Browsers that are remembered are signed in again, by the way every sign-in goes: complete()
// (docs/architecture.md#remembered-browsers).
#include <rowan/engine/core.hpp>

namespace rowan::engine {

struct Again {
  std::optional<VerifiedClaims> claims{};  // nullopt: nobody is signed in by it
  std::optional<BrowserKeeps> keeps{};     // from now on
  bool is_forgotten = false;               // what the browser keeps will never be of use again
  std::string device{};                    // by which the browser is known from now on; empty: as before
};
/// Signs the browser in again, by the way every sign-in goes: complete(). Where that would have to wait for a second
/// factor, nobody is signed in and the browser is forgotten: the sign-in that is needed now begins anew. An error when
/// it cannot be known now.
Result<Again> sign_in_again(Core& core, const sessions::Kept& kept, const Realm& realm, const Visitor& visitor);

/// The secret of the forms of that session: every tab that is signed in again at once gets the same.
sessions::FormSecret form_secret_of(const Core& core, const Claims& session);

}  // namespace rowan::engine
