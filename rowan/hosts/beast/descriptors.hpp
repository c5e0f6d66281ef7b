#pragma once
// Internal. File descriptors: how many connections the process has room for.
#include <cstddef>

namespace rowan::hosts::beast {

struct DescriptorRoom {
  std::size_t connections = 0;  // at most `wanted`, at least 1
  std::size_t limit = 0;        // RLIMIT_NOFILE, after it was raised
};

/// Raises the soft RLIMIT_NOFILE towards the hard one, as far as `wanted` connections need it, and never lowers it. The
/// limit is the process's own, so this is seen by the whole application.
///
/// Kept back for everything that is no connection: what is open now, and 128 for what comes (the database's
/// connections, mail, files, a connection that is being given up).
DescriptorRoom make_room_for_connections(std::size_t wanted);

}  // namespace rowan::hosts::beast
