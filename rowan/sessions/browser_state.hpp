#pragma once
// Not installed. The state cookie: flash, pending flow, what the application put there, and a visitor's form secret.
// Last write wins, so nothing that matters lives here.
#include <map>
#include <optional>
#include <rowan/sessions/session.hpp>

namespace rowan::sessions {

struct BrowserState {
  // Whose it is: the session's token number and its account; 0 and nil for a visitor. Of another session: ignored.
  std::int64_t bound_to = 0;
  AccountId account{};
  FormSecret form_secret{};  // of a visitor's forms
  bool has_form_secret = false;
  std::string flash_kind{}, flash_text{};
  std::string flow{};
  std::map<std::string, std::string, std::less<>> values{};  // put_session
};

/// The most bytes that it holds.
inline constexpr std::size_t max_state_bytes = 2048;
/// The bytes that it needs; more than max_state_bytes cannot be sealed.
std::size_t size_of(const BrowserState& state);
/// Nullopt when it is over max_state_bytes.
std::optional<std::string> seal_state(const Seal& seal, const BrowserState& state);
std::optional<BrowserState> open_state(const Seal& seal, std::string_view cookie);

}  // namespace rowan::sessions
