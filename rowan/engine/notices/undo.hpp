#pragma once
// Not installed. The link of a notice: "this was not me" (see put_undo_notice).
#include <rowan/engine/strategy.hpp>

namespace rowan::engine {

/// What every subject with strategies has beside them: the page behind that link. Its name is taken then.
Strategy notices();
inline constexpr std::string_view notices_name = "notices";

}  // namespace rowan::engine
