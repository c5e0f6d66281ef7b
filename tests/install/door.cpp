// A page answered through cpp-httplib, with the definitions its package was built with.
#include <httplib.h>

#include <cstdio>
#include <rowan/hosts/httplib/mount.hpp>
#include <thread>

int main() {
  rowan::Site site;
  site.get("/hello", [](rowan::Conn& conn) { return conn.json({{"hello", "outside"}}); });
  rowan::Admission admission(rowan::Admission::Limits{});
  httplib::Server server;
  rowan::hosts::httplib::mount(server, site, admission);
  const int port = server.bind_to_any_port("127.0.0.1");
  std::jthread serving([&] { server.listen_after_bind(); });
  const auto answer = httplib::Client("127.0.0.1", port).Get("/hello");
  server.stop();
  if (!answer || answer->body != R"({"hello":"outside"})") return 1;
  std::puts("door: cpp-httplib answers for Rowan");
  return 0;
}
