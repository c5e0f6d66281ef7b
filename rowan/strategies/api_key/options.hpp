#pragma once
// Not installed.
#include <rowan/strategies/api_key/api_key.hpp>

namespace rowan::strategies::api_key {

const std::vector<Option>& options();
/// What bounds cannot say.
std::vector<std::string> problems_of(const ApiKeyOptions& options);

}  // namespace rowan::strategies::api_key
