#pragma once
// Not installed. Upkeep: the background work, done by the threads of start() or by run_due_work().
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// Each logs failures and never throws, because a task of a Scheduler must not throw.
void poll_feed(Core& core);
void deliver_mails(Core& core);
/// Tells strategies which of their credentials authenticated requests. `all`: also those that were told within a
/// minute.
void tell_uses(Core& core, bool all = false);
/// Writes down which sessions and tokens were used: one statement, at most once a second. `last`: once more at the end.
void write_seen(Core& core, bool last = false);
/// Strategy::tend of every strategy that has it.
void tend_all(Core& core, bool last = false);
/// Reads the keys that sign tokens, and makes the next when it is time.
void keep_signing_keys(Core& core);
bool has_to_tend(const Core& core);
/// Removes expired rows from every table that grows, once an hour, for at most this long; the next call continues. Does
/// nothing when it is not due.
void expire_when_due(Core& core, std::chrono::nanoseconds at_most);

}  // namespace rowan::engine
