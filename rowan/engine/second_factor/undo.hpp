#pragma once
// Not installed. The link that takes back a change of a factor: "this was not me" (see put_undo_notice).
#include <rowan/engine/strategy.hpp>

namespace rowan::engine {

Phase undo_phase();
Page undo_page();
/// The account is closed: its links go.
Result<> forget_undo_links(Transaction& transaction, const User& user);

}  // namespace rowan::engine
