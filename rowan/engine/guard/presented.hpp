#pragma once
// Not installed. What a request shows besides its cookies. One rule for all guards: a request has one credential; with
// two it has none that counts (RFC 6750 section 2).
#include <rowan/engine/core.hpp>

namespace rowan::engine {

struct Presented {
  enum class Kind : std::uint8_t {
    nothing,
    unreadable,  // another scheme, two of the field, field and parameter at once
    token,       // to be read as a bearer token
    credential   // of `strategy`
  } kind = Kind::nothing;
  std::string_view text{};
  const Strategy* strategy = nullptr;
};

/// No I/O, no allocation, no lock.
Presented presented_by(const Core& core, const http::RequestView& request, const SubjectName& subject);

/// Whether a guard that takes a session, too, goes by what this shows and looks at no cookie.
bool is_by_bearer(const Core& core, const http::RequestView& request, const SubjectName& subject);

}  // namespace rowan::engine
