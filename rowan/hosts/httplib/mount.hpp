#pragma once
// The adapter for cpp-httplib (0.11 and later). The Site answers the paths it knows; everything else goes on to the
// server's own handlers. cpp-httplib has one thread per connection, so work runs on that thread, limited by the same
// Admission as elsewhere (docs/architecture.md#costs-and-pools).
//
// cpp-httplib parses requests leniently and has few time-outs. On the public internet put a proxy in front of it, or
// use hosts/beast.
#include <rowan/hosts/answerer.hpp>

namespace httplib {
class Server;
}

namespace rowan::hosts::httplib {

struct MountOptions {
  std::size_t max_body_bytes = 64 * 1024;
  Logger* logger = nullptr;  // for faults that the Site does not see; null: no log. It must outlive the server
};

/// Call it once for a server, before you add the server's own Post, Put, Patch and Delete handlers and before it
/// listens. It sets the pre-routing handler and starts every Auth that is mounted on the Site by then (mails are sent,
/// revocations arrive), so migrate first. Site and Admission must outlive the server's threads.
void mount(::httplib::Server& server, const Site& site, Admission& admission, MountOptions options = {});
/// The same for functions instead of a Site. It knows no Auth, so call Auth::start() yourself.
void mount(::httplib::Server& server, Answerer answerer, Admission& admission, MountOptions options = {});

}  // namespace rowan::hosts::httplib
