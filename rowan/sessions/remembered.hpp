#pragma once
// Not installed. Remembered: the content of the cookie by which a browser is signed in again.
#include <array>
#include <optional>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/realm.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/sessions/seal.hpp>
#include <string>

namespace rowan::sessions {

/// What a strategy left in the browser for one subject.
struct Kept {
  using Text = InlineText<64>;
  Realm realm{};
  Text text{};
  Timestamp until{};
};

/// A value of fixed size; one entry for each subject.
struct Remembered {
  std::array<Kept, 3> kept{};
  std::size_t count = 0;

  /// Also of another tenant.
  const Kept* find(const SubjectName& subject) const;
  /// Replaces the subject's. Of three others the one that ends first makes room.
  void put(const Kept& one);
  void remove(const SubjectName& subject);
};

std::string seal_remembered(const Seal& seal, const Remembered& remembered);
/// Nullopt when the cookie is none of ours. No allocation.
std::optional<Remembered> open_remembered(const Seal& seal, std::string_view cookie, Timestamp now);

}  // namespace rowan::sessions
