#pragma once
// The state cookie: flash, pending flow, what the application put there, and a visitor's form secret. Last write wins,
// so nothing that matters lives here.
#include <map>
#include <optional>
#include <rowan/sessions/session.hpp>

namespace rowan::sessions {

struct BrowserState {
  std::int64_t bound_to = 0;  // the session's token number; 0 for a visitor. Of another session: ignored
  FormSecret form_secret{};   // of a visitor's forms
  bool has_form_secret = false;
  std::string flash_kind{}, flash_text{};
  std::string flow{};
  std::map<std::string, std::string, std::less<>> values{};  // put_session
};

/// Nullopt when it is over 2 KiB.
std::optional<std::string> seal_state(const Seal& seal, const BrowserState& state);
std::optional<BrowserState> open_state(const Seal& seal, std::string_view cookie);

}  // namespace rowan::sessions
