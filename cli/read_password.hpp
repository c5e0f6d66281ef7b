#pragma once
// Internal. Reads a password from the user of the command, never from its arguments, which every user of the machine
// can see.
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>

namespace rowan::cli {

/// `from_input`: the first line of standard input. Otherwise it asks twice on the terminal, without echo.
/// `invalid_input` with a fix when there is no terminal, the password is empty, or the two entries differ.
Result<Secret> read_password(bool from_input);

/// One line of standard input. `what` names it in the error when there is none.
Result<Secret> read_secret_line(const std::string& what);

}  // namespace rowan::cli
