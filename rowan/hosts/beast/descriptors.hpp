#pragma once
// Internal. File descriptors: how many connections the process has room for.
#include <cstddef>

namespace rowan::hosts::beast {

struct DescriptorRoom {
  std::size_t connections = 0;  // at most `wanted`, at least 1
  std::size_t limit = 0;        // RLIMIT_NOFILE, after it was raised
};

/// Raises the soft RLIMIT_NOFILE towards the hard one when `wanted` connections need it, and 1,024 further; never
/// lowers it. The limit is the process's own, so this is seen by the whole application.
///
/// Reserved for everything that is not a connection: what is open now, and 128 for what comes (mail, files, connections
/// that are being given up). What the database needs is part of `wanted`.
DescriptorRoom make_room_for_connections(std::size_t wanted);

}  // namespace rowan::hosts::beast
