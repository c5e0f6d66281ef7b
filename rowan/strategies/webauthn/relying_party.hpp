#pragma once
// Not installed. What both ceremonies know before an answer comes in, and how they refuse one.
#include <rowan/base/result.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::strategies::webauthn {

using Bytes = std::span<const std::byte>;

/// We. Origins are compared byte by byte: "https://notes.example", with a port if it is not the default one.
struct RelyingParty {
  std::string id{};                        // "notes.example"
  std::vector<std::string> origins{};      // of our pages
  std::vector<std::string> top_origins{};  // of pages that may show ours in a frame; empty: no page may
};

/// Why a ceremony ends, with the section and the step of WebAuthn Level 3 (editor's draft of July 2026):
/// "7.2 step 12: the origin "https://notes.evil" is not ours". Only the log sees it. The visitor learns from every
/// refusal the same.
inline Error refused(std::string_view step, std::string_view why) {
  return Error{.code = ErrorCode::authentication_failed, .reason = std::string(step) + ": " + std::string(why)};
}

/// What a stranger sent, for the log: quoted, at most 80 characters of printable ASCII.
std::string quoted(std::string_view text);

bool is_same(Bytes a, Bytes b);

}  // namespace rowan::strategies::webauthn
