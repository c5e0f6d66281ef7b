#pragma once
// Not installed. The rows of remembered browsers, and the one place where one is looked at.
#include <rowan/engine/remembered_browser.hpp>
#include <rowan/strategies/remember_me/remember_me.hpp>

namespace rowan::strategies::remember_me {

/// What a browser keeps: the id of its row, and the step that it may take next: "…22 letters….7".
struct KeptText {
  std::string id{};
  std::int64_t step = 0;
  std::string text() const;
  static std::optional<KeptText> parse(std::string_view text);
};

Result<BrowserKeeps> remember(Transaction& transaction, const Services& services, const Claims& session,
                              const Visitor& visitor, const RememberMeOptions& options);
Result<Recognised> recognise(const Services& services, const Realm& realm, std::string_view text,
                             const Visitor& visitor, const RememberMeOptions& options);
Result<> goes_on(Transaction& transaction, const Services& services, std::string_view text, const Claims& session);
/// Nil: there was none. Its session ends; a text that is too old is a copy, as for recognise().
Result<AccountId> forget(Transaction& transaction, const Services& services, std::string_view text,
                         const Visitor& visitor, const RememberMeOptions& options);
/// A session was ended by itself: the browser that has it does not come back.
Result<> forget_session(Transaction& transaction, std::int64_t session);
Result<> forget_all(Transaction& transaction, AccountId account);

}  // namespace rowan::strategies::remember_me
