#pragma once
// Every option of the file, with what it does: for `rowan config --options` and docs/options.md.
#include <rowan/base/json.hpp>
#include <string>

namespace rowan::cli {

std::string options_as_text();
std::string options_as_markdown();
Json options_as_json();

}  // namespace rowan::cli
