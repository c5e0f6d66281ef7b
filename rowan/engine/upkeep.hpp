#pragma once
// Not installed. Upkeep: what is done beside the requests, by threads of start() or by run_due_work().
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// Each logs what fails and never throws: a task of a Scheduler must not.
void poll_feed(Core& core);
void deliver_mails(Core& core);
/// Removes what has expired from every table that grows, once an hour; for at most this long, and what is left then is
/// next time's. Does nothing when it is not due.
void expire_when_due(Core& core, std::chrono::nanoseconds at_most);

}  // namespace rowan::engine
