#pragma once
// The door to cpp-httplib (0.11 and later): what the Site knows is answered by it, everything else goes on to the
// server's own handlers. One thread a connection, so work runs where it is, under the same Admission as everywhere
// (docs/architecture.md#costs-and-pools).
//
// cpp-httplib's own framing is lenient and its time-outs few: in front of strangers put a proxy, or take hosts/beast.
#include <rowan/hosts/answerer.hpp>

namespace httplib {
class Server;
}

namespace rowan::hosts::httplib {

struct MountOptions {
  std::size_t max_body_bytes = 64 * 1024;
  Logger* logger = nullptr;  // of faults the Site does not see; null: silent. Outlives the server
};

/// Call it before the server's own Post, Put, Patch and Delete handlers are added, and before it listens; once for a
/// server. It sets the pre-routing handler, and starts every Auth that is mounted on the Site by then (mails leave,
/// revocations arrive): migrate first. Site and Admission outlive the server's threads.
void mount(::httplib::Server& server, const Site& site, Admission& admission, MountOptions options = {});
/// The same over functions. No Auth is known here: call Auth::start() yourself.
void mount(::httplib::Server& server, Answerer answerer, Admission& admission, MountOptions options = {});

}  // namespace rowan::hosts::httplib
