#pragma once
// Not installed. Declared inputs out of what was sent (docs/architecture.md#inputs-and-outcomes).
#include <rowan/engine/strategy.hpp>
#include <rowan/http/fields.hpp>

namespace rowan::engine {

/// Missing and wrong fields are reported together as one `invalid_input`. `browser_flow`: of a mount with cookies, what
/// the cookie says (may be empty).
Result<Inputs> read_inputs(const Phase& phase, const http::Fields& fields, std::string_view subject,
                           const std::string* browser_flow = nullptr);
/// What was typed, for the form shown again: everything but secrets.
std::map<std::string, std::string> typed_values(const Phase& phase, const http::Fields& fields,
                                                std::string_view subject);

}  // namespace rowan::engine
