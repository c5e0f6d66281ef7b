#pragma once
// Not installed. Every misconfiguration at once, at start-up.
#include <rowan/engine/auth.hpp>

namespace rowan::engine {

/// Throws one ConfigError that lists all problems, each with its option's name and a fix.
void check_options(const AuthOptions& options);

}  // namespace rowan::engine
