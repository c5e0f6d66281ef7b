// A chat over WebSockets: who is signed in hears what the others say, until their session ends on any node.
//   ROWAN_SECRET=… example_live DATABASE PORT [BASE-URL]
#include <charconv>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>
#include <set>

namespace {

class AuthController : public rowan::Controller {
  rowan::Response success(rowan::Conn& conn, const rowan::Activity& activity, rowan::MaybeUser user,
                          rowan::MaybeToken token) override {
    if (!user) return Controller::success(conn, activity, user, token);
    conn.store_in_session(user);
    return conn.redirect(conn.return_to_or("/"));
  }
};

// [room]
// Everyone who is connected to this process.
class Room {
 public:
  void join(const rowan::WebSocket& visitor) {
    const std::lock_guard lock(mutex_);
    visitors_.insert(visitor);
  }
  void leave(const rowan::WebSocket& visitor) {
    const std::lock_guard lock(mutex_);
    visitors_.erase(visitor);
  }
  void say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    for (const auto& visitor : visitors_) visitor.send(text);  // false: is closing, and leaves by itself
  }

 private:
  std::mutex mutex_{};
  std::set<rowan::WebSocket> visitors_{};
};
// [/room]

// [live]
// server.websocket("/live", rowan::session_or_bearer(auth, chat_in(room)));
auto chat_in(Room& room) {
  return [&room](rowan::Conn& conn, const rowan::User& user) {
    return conn.websocket({
        .on_open = [&room](const rowan::WebSocket& socket) { room.join(socket); },
        .on_message = [&room, name = user.email](const rowan::WebSocket&,
                                                 std::string_view text) { room.say(name + ": " + std::string(text)); },
        .on_close = [&room](const rowan::WebSocket& socket, std::uint16_t) { room.leave(socket); },
    });
  };
}
// [/live]

constexpr std::string_view page = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Live</title><script src="/live.js" defer></script></head>
<body><h1>Live</h1><p id="state">connecting</p><ol id="said"></ol>
<form id="say"><label>Say <input name="text" autocomplete="off"></label><button>Send</button></form>
<p><a href="/sign-out">Sign out</a></p></body></html>
)html";

constexpr std::string_view script = R"js(const state = document.getElementById('state');
const said = document.getElementById('said');
let socket;
function connect() {
  socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/live`);
  socket.onopen = () => { state.textContent = 'connected'; };
  socket.onmessage = (event) => {
    const line = document.createElement('li');
    line.textContent = event.data;
    said.append(line);
  };
  socket.onclose = (event) => {
    state.textContent = `closed ${event.code}`;
    if (event.code === 4401) return; // signed out: the page would lead to /sign-in now
    setTimeout(connect, 1000 + Math.random() * 4000);
  };
}
document.getElementById('say').onsubmit = (event) => {
  event.preventDefault();
  socket.send(event.target.elements.text.value);
  event.target.reset();
};
connect();
)js";

int serve(const char* database_url, unsigned short port, std::string base_url) {
  const auto logger = rowan::make_stderr_logger();
  const auto database = rowan::open_database(database_url);
  const auto mailer = rowan::open_mailer("mailbox");
  rowan::Auth auth({
      .base_url = base_url,
      .database = *database,
      .mailer = *mailer,
      .secret = rowan::Secret::from_env("ROWAN_SECRET"),
      .strategies = {rowan::password()},
      .allow_insecure_cookies_for_development = true,
      .logger = logger.get(),
  });
  if (const auto migrated = auth.migrate(); !migrated) throw rowan::ConfigError("database: " + migrated.error().reason);
  AuthController web;  // outlive the server: declare them before it
  rowan::ApiController api;
  Room room;

  rowan::hosts::beast::Server server({.port = port, .logger = logger.get()});
  server.mount(rowan::routes(auth)
                   .auth_routes(web)
                   .auth_routes(api, {.path = "/api/auth"})
                   .sign_in_route()
                   .register_route()
                   .sign_out_route(web));
  server.get("/", rowan::signed_in(auth, [](rowan::Conn&, const rowan::User&) {
               return rowan::Response{.content_type = "text/html; charset=utf-8", .body = std::string(page)};
             }));
  server.get("/live.js", rowan::non_blocking([](rowan::Conn&) {
               return rowan::Response{.content_type = "text/javascript; charset=utf-8", .body = std::string(script)};
             }));
  server.websocket("/live", rowan::session_or_bearer(auth, chat_in(room)));
  return server.run();
}

}  // namespace

int main(int argc, char** argv) {
  unsigned short port = 0;
  if (argc < 3 || argc > 4 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), port).ec != std::errc{} ||
      port == 0) {
    std::fprintf(stderr, "usage: ROWAN_SECRET=... %s DATABASE-URL PORT [BASE-URL]\n", argv[0]);
    return 2;
  }
  try {
    return serve(argv[1], port, argc == 4 ? argv[3] : "http://localhost:" + std::to_string(port));
  } catch (const rowan::ConfigError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
