#pragma once
// Not installed. Declared inputs out of what was sent (docs/architecture.md#inputs-and-outcomes).
#include <rowan/engine/strategy.hpp>
#include <rowan/http/fields.hpp>

namespace rowan::engine {

/// Where inputs come from beside the fields.
struct OtherInputs {
  const std::vector<std::string>* browser_flows = nullptr;  // of a mount with cookies: what it keeps, the newest first
  const std::map<std::string, std::string, std::less<>>* path = nullptr;  // null: inputs of the path are fields too
};

/// Missing and wrong fields are reported together as one `invalid_input`.
Result<Inputs> read_inputs(const Phase& phase, const http::Fields& fields, std::string_view subject,
                           const OtherInputs& others = {});
/// What was typed, for the form shown again: everything but secrets.
std::map<std::string, std::string> typed_values(const Phase& phase, const http::Fields& fields,
                                                std::string_view subject);

}  // namespace rowan::engine
