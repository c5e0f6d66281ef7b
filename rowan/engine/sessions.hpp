#pragma once
// Sessions and bearer tokens of accounts as their owners and administrators see them (Auth::sessions).
#include <cstdint>
#include <optional>
#include <rowan/base/timestamp.hpp>
#include <rowan/tokens/methods.hpp>
#include <string>
#include <vector>

namespace rowan {

/// A session or bearer token that works.
struct SessionRecord {
  std::string id{};        // opaque; of a bearer token, its `jti`
  bool is_bearer = false;  // false: the session of a browser
  Methods methods{};       // by which it was signed in
  // Where it was signed in from.
  std::string address{};
  std::string user_agent{};  // as it was sent: a stranger's text
  std::string browser{};     // "Firefox on Windows", a guess; empty when it names none that we know
  Timestamp created_at{};
  Timestamp seen_at{};  // when it was last used, to within some minutes
  Timestamp expires_at{};
};

/// Which sessions and tokens of an account are meant. All conditions must hold; without any, all are.
struct RevokeWhich {
  enum class Purpose : std::uint8_t { session, bearer };
  std::vector<Purpose> purposes{};    // empty: every purpose
  std::vector<Purpose> except{};      // but not these
  std::optional<Timestamp> before{};  // made before
};

}  // namespace rowan
