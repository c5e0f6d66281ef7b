#pragma once
// Every option of the file, with what it does: for `rowan config --options`, docs/options.md and the READMEs of rooms.
#include <rowan/base/json.hpp>
#include <string>
#include <string_view>

namespace rowan::cli {

/// The options that belong to no room.
inline constexpr std::string_view whole = "whole";

/// `only`: the name of a room, or `whole`; empty: everything.
std::string options_as_text(std::string_view only = {});
/// Of a room: the table that its README has below `## Options`. Of the whole: docs/options.md.
std::string options_as_markdown(std::string_view only = {});
Json options_as_json(std::string_view only = {});

}  // namespace rowan::cli
