#pragma once
// Not installed. Kept: the content of a cookie by which a browser is signed in again.
#include <optional>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/realm.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/sessions/seal.hpp>
#include <string>

namespace rowan::sessions {

/// What a strategy left in the browser for one subject. A value of fixed size.
struct Kept {
  using Text = InlineText<64>;
  Realm realm{};
  Text text{};
  Timestamp until{};
};

std::string seal_kept(const Seal& seal, const Kept& kept);
/// Nullopt when the cookie is none of ours. No allocation.
std::optional<Kept> open_kept(const Seal& seal, std::string_view cookie, Timestamp now);

}  // namespace rowan::sessions
