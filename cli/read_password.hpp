#pragma once
// Internal. A password from whoever runs the command, never from its arguments: those are seen by every user of the
// machine.
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>

namespace rowan::cli {

/// `from_input`: the first line of standard input. Else asked twice on the terminal, without echo. `invalid_input` with
/// a way out when there is no terminal, nothing was said, or the two differ.
Result<Secret> read_password(bool from_input);

/// One line of standard input: `what` it is says the error when there is none.
Result<Secret> read_secret_line(const std::string& what);

}  // namespace rowan::cli
