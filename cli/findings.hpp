#pragma once
// Internal. What the commands that look for something wrong have found.
#include <rowan/engine/strategy.hpp>
#include <vector>

namespace rowan::cli {

/// A line each, or JSON. The exit code: 1 when something is wrong.
int print_findings(const std::vector<Finding>& findings, bool json);

}  // namespace rowan::cli
