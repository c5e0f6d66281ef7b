#pragma once
// Not installed. What a Conn carries.
#include <rowan/engine/complete.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/engine/guards.hpp>
#include <rowan/engine/links.hpp>

namespace rowan::engine {

struct ConnState {
  const http::Request* request = nullptr;
  Auth* auth = nullptr;
  Core* core = nullptr;
  std::shared_ptr<const Links> links = std::make_shared<const Links>();
  bool cookies = true;

  // The request, read.
  Params params{};
  std::map<std::string, std::string, std::less<>> path_params{};
  std::string language = "en";
  http::IpAddress client{};
  std::string tenant{};
  std::string return_to{};
  std::optional<GuardVerdict> verdict{};  // of the guard in front of this handler

  // The browser's cookies, and what becomes of them.
  std::optional<sessions::Session> session{};
  sessions::BrowserState browser{};
  bool session_opened = false;
  bool session_changed = false, session_ended = false, browser_changed = false;
  std::string reseal{};                // Set-Cookie of a session that goes on
  std::optional<Error> not_revoked{};  // a token should have died, and the database was away

  // The phase being answered, when there is one.
  const Subject* subject = nullptr;
  const Strategy* strategy = nullptr;
  const Phase* phase = nullptr;
  std::map<std::string, std::string> typed{};
  const Error* failure = nullptr;
  const Completion* completion = nullptr;
  const Presented* presented = nullptr;
  const Accepted* accepted = nullptr;

  // The answer.
  int status = 0;
  std::map<std::string, Json, std::less<>> assigns{};

  http::RequestView view() const;
  /// Opens the cookies, once.
  void open_cookies();
  /// The token for this page's forms; makes a visitor's secret when there is none.
  std::string form_token();
  bool form_token_matches(std::string_view token);
  Visitor visitor() const;
  /// What binds this browser to a strategy's earlier request; empty when nothing does.
  std::string flow_of(std::string_view strategy);
  void keep_flow(std::string_view strategy, std::string_view flow);
};

/// Starts a Conn for a request: language, client address, tenant.
std::unique_ptr<ConnState> start_conn(Auth* auth, const http::Request& request, std::shared_ptr<const Links> links,
                                      bool cookies);
/// Cookies and security headers.
Response finish(ConnState& state, Response response);
/// Whether claims are of the tenant this request is for.
bool is_of_tenant(const ConnState& state, const Claims& claims);
/// The claims behind this request, checked; nullopt when there are none. An error when that cannot be known now.
Result<std::optional<Claims>> settle(const ConnState& state, GuardKind kind, std::string_view subject);

/// A page of Rowan's or the application's, with what every page gets.
Response render_page(ConnState& state, std::string_view name, Json data);
/// The JSON body of a failure (CONTRACT "Answers").
Json failure_body(const ConnState& state, const Error& error);
/// The sentence for people.
std::string failure_words(const ConnState& state, const Error& error);

}  // namespace rowan::engine
