#pragma once
// Not installed. Session: the content of the session cookie: who is signed in, for up to three subjects at once, and
// the secret of the forms.
#include <array>
#include <optional>
#include <rowan/sessions/seal.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>

namespace rowan::sessions {

using FormSecret = std::array<std::byte, 16>;

/// A value of fixed size.
struct Session {
  std::array<Claims, 3> claims{};
  std::size_t count = 0;
  FormSecret form_secret{};
  Timestamp seen{};  // when it was last sealed

  const Claims* find(const SubjectName& subject) const;
  /// Replaces the subject's claims; false when three others are signed in already.
  bool put(const Claims& who);
  void remove(const SubjectName& subject);
};

/// Three subjects with the longest names and the most methods there can be: every session fits.
inline constexpr std::size_t max_claims_bytes = 16 + (2 + 31) + (2 + 63) + 4 * 8 + 1 + 4 * (2 + 23 + 1 + 8);
inline constexpr std::size_t max_session_bytes = sizeof(FormSecret) + 8 + 1 + 3 * max_claims_bytes;
/// A session of one subject is filled up to this. AES-GCM opens eight blocks at once in half the time that it takes for
/// seven one after another, and the length of the cookie tells less about who is in it.
inline constexpr std::size_t least_session_bytes = 128;

std::string seal_session(const Seal& seal, const Session& session);
std::optional<Session> open_session(const Seal& seal, std::string_view cookie);

/// What a guard asks a session: one subject's claims, and nothing else is copied.
struct SubjectSession {
  bool is_signed_in = false;  // this subject; else the claims are empty
  Claims claims{};
  Timestamp seen{};
};
/// Nullopt when the cookie is none of ours. `now`: the guard has asked the clock already.
std::optional<SubjectSession> open_session_of(const Seal& seal, std::string_view cookie, const SubjectName& subject,
                                              Timestamp now);

}  // namespace rowan::sessions
