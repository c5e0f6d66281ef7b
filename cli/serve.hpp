#pragma once
// Internal. `rowan serve`.
#include <cli/application.hpp>

namespace rowan::cli {

/// Serves until SIGINT or SIGTERM; answers the exit code. Throws ConfigError when it cannot listen.
int serve(Application& application);

}  // namespace rowan::cli
