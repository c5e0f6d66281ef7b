#pragma once
// Not installed. The links of notices: issued by parts/notices, used by notices/undo.
#include <rowan/base/email_address.hpp>
#include <rowan/base/purpose.hpp>
#include <rowan/base/strong_id.hpp>

namespace rowan::engine {

inline constexpr Purpose of_undo = "undo_factor";
/// Page::path of their page.
inline constexpr std::string_view undo_path = "/undo";

/// Belongs to no account's links on purpose: who did it must not be able to end the link by doing something else.
inline EmailKey key_of_undo(AccountId account) { return EmailKey("factors of " + account.text()); }

}  // namespace rowan::engine
