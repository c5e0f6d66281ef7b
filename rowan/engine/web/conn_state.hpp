#pragma once
// Not installed. What a Conn carries.
#include <rowan/engine/core.hpp>
#include <rowan/engine/phases/complete.hpp>
#include <rowan/engine/phases/sign_in_again.hpp>
#include <rowan/engine/web/addresses.hpp>
#include <rowan/engine/web/guards.hpp>
#include <rowan/http/fields.hpp>

namespace rowan::engine {

/// Which tenant a request is for, and where that tenant lives.
struct Place {
  TenantName tenant{};
  std::shared_ptr<const BaseUrl> base{};  // null: base_url
};
/// What `tenant_of` answers is checked here, and nowhere else made up: `not_found` for a name that Rowan cannot carry,
/// `internal` when `base_url_of` answers no address of this application.
Result<Place> place_of(const Core& core, const http::Request& request);

/// A request that has come in: its tenant is known and good.
struct Arrival {
  const http::Request& request;
  Place place{};
};

/// What this browser keeps to be signed in again, for one subject.
struct KeptHere {
  const Subject* subject = nullptr;
  std::optional<sessions::Kept> kept{};  // nullopt: forgotten
  bool has_changed = false;
};

/// Under what a browser keeps that it signs out elsewhere, too.
inline constexpr std::string_view signed_out_flow = "signed_out";

struct ConnState {
  const http::Request* request = nullptr;
  Auth* auth = nullptr;
  Core* core = nullptr;
  std::shared_ptr<const Addresses> addresses = std::make_shared<const Addresses>();
  bool cookies = true;

  // The request, read.
  std::optional<Result<http::Fields>> fields{};  // of query or body, read when they are first asked for
  std::optional<Params> params{};
  std::map<std::string, std::string, std::less<>> path_params{};
  Place place{};
  std::optional<GuardVerdict> verdict{};  // of the guard in front of this handler
  std::shared_ptr<const User> user{};     // the account that this guard has found in the cache
  bool websocket = false;                 // the request opens one: it comes from a program, which sees no pages
  bool foreign = false;                   // the browser says that another site's page sent this

  // The browser's cookies, and what becomes of them.
  std::optional<sessions::Session> session{};
  sessions::BrowserState browser{};
  bool session_opened = false;
  bool session_full = false;  // no room for one more subject
  std::vector<KeptHere> remembered{};
  std::optional<VerifiedClaims> signed_in_again{};  // by that, in this request
  std::string device{};                             // of the device cookie; empty: none, or none of ours
  bool device_changed = false;                      // to be set, or set again for another two years
  std::string last_used{};  // the strategy by which this browser signed in last, as it says; empty: not known
  bool last_used_changed = false;
  bool session_changed = false, session_ended = false, browser_changed = false;
  SubjectName used_by{};     // the subject whose session was used otherwise and is due: unless the answer is a refusal
  SubjectName reseal_for{};  // the subject whose guard let this request in by a session that should be sealed anew
  std::optional<Error> not_revoked{};  // a token should have died, and the database was away
  SignOutElsewhere elsewhere{};        // of the session that ended
  std::string signed_out_state{};      // what the browser brings back from there

  // The phase being answered, when there is one.
  const Subject* subject = nullptr;
  SubjectName shown_subject{};  // of a page of one subject that is no phase's; empty: of all
  const Strategy* strategy = nullptr;
  const Phase* phase = nullptr;
  std::map<std::string, std::string> typed{};
  bool may_not = false;  // it is for people who are signed in, or half so, and this visitor is not
  const Error* failure = nullptr;
  const Completion* completion = nullptr;
  const Presented* presented = nullptr;
  const Accepted* accepted = nullptr;

  // The answer.
  int status = 0;
  std::string error_id{};  // of an answer of 500 or more: see report_fault
  std::map<std::string, Json, std::less<>> assigns{};

  // Facts of the request, found out when they are asked for: a guard in front of a handler that takes claims asks none.
  /// The language of the answer.
  const std::string& language() const;
  /// The visitor's address, behind trusted proxies.
  const http::IpAddress& client() const;
  /// A path on this site to go to afterwards, or empty: the query's, unless a form or a sign-in that waited says
  /// another.
  const std::string& return_to() const;
  void return_to(std::string path) { return_to_ = std::move(path); }
  /// Why the page that asks for more asks: the query's `need`, unless a form of that page says another. One of the
  /// words of second_factor_page.hpp, or empty.
  const std::string& need() const;
  void need(std::string_view word);

  const TenantName& tenant() const { return place.tenant; }
  Realm realm(const SubjectName& of) const { return {.tenant = place.tenant, .subject = of}; }
  const BaseUrl& base() const { return place.base ? *place.base : core->base; }

  http::RequestView view() const;
  /// The query of a GET or HEAD, the body of anything else; of Rowan's own phases within the default limits, of the
  /// application's routes as much as its host lets in.
  const Result<http::Fields>& read_fields();
  /// `forbidden` when the browser says that another site's page sent this.
  Result<> check_origin();
  /// The same of a request that opens a WebSocket, whatever its method: a page of any site may open one, with our
  /// cookies (RFC 6455 section 10.2). `by_cookie`: then a request without an Origin is refused, too.
  Result<> check_origin_of_websocket(bool by_cookie);
  /// The same before a form's token is checked. What a page with `Referrer-Policy: no-referrer` sends says neither
  /// (`Origin: null`, and no Sec-Fetch-Site in an old browser): then the token alone decides.
  Result<> check_origin_of_form();
  /// The same, and the form's token: field `_csrf_token` or header `X-CSRF-Token` (BRW-09).
  Result<> check_form();
  /// Whether the visitor began this GET on a page of ours, or by typing its address (Phase::begun_here). Browsers from
  /// before Fetch Metadata show it by the form's token.
  bool is_begun_here();
  /// Opens the cookies, once. Claims that have expired or are known to be revoked are left out.
  void open_cookies();
  /// The token for this page's forms; makes a visitor's secret when there is none.
  std::string form_token();
  bool form_token_matches(std::string_view token);
  Visitor visitor();
  /// What binds this browser to earlier requests, by the strategy's name or Phase::flow_name, the newest first.
  std::vector<std::string> flows_of(std::string_view name);
  void keep_flow(std::string_view name, const std::string& flow);
  /// The sign-in that waits here for its second factor: by the cookie, or by field `flow`.
  Result<std::optional<PendingSignIn>> find_pending(const SubjectName& of);
  /// This browser is known from now on.
  void keep_device(std::string_view value);
  /// By which strategy this browser signed in, if it is one of the sign-in page; empty forgets it.
  void keep_last_used(const Subject& of, std::string_view strategy);
  /// A browser is signed in as three subjects at most.
  bool has_room_for(const SubjectName& subject);
  /// The session is `claims`' from now on. Of what the browser kept, values go along with a visitor's first sign-in and
  /// everything stays for the same account; nothing of another account's does.
  bool begin_session(const Claims& claims);
  /// The browser was signed in again by what it keeps, or not. Nullopt: nobody is.
  std::optional<VerifiedClaims> sign_in_by(const Again& again, const Realm& of);
  /// Whether a person goes to a page by this, as far as the browser says.
  bool is_navigation() const;
  /// Null: nothing. Also of another tenant.
  const sessions::Kept* kept_for(const SubjectName& subject);
  void keep_remembered(const Realm& of, const BrowserKeeps& keeps);
  /// Of this subject, or of all.
  void forget_remembered(const SubjectName& subject);
  /// The session of this subject, or of all, is over: its cookies go with this answer. Revokes nothing.
  void forget_session(const SubjectName& subject);
  /// Every cookie that changed goes with this answer. Nothing else of a site writes one.
  void write_cookies(Response& response);

 private:
  const Result<http::Fields>& query() const;
  mutable std::optional<Result<http::Fields>> query_{};
  mutable std::optional<std::string> language_{}, return_to_{}, need_{};
  mutable std::optional<http::IpAddress> client_{};
};

/// Starts a Conn for a request, reading nothing of it yet.
std::unique_ptr<ConnState> start_conn(Auth* auth, const Arrival& arrival, std::shared_ptr<const Addresses> addresses,
                                      bool cookies);
/// Path and query of this request, as its browser sees it, to lead back to. Encoding may make it three times as long:
/// what a page would not take as `return_to` is left out (empty), so that a redirect stays shorter than what a server
/// takes.
std::string own_target(const ConnState& state);
/// Cookies and security headers, as the answer is written.
Response finish(ConnState& state, Response response);
/// Whether a browser that is remembered is signed in by asking: not where nobody has to be.
enum class IfRemembered : std::uint8_t { sign_in, leave };
/// Auth::decide for this request, whose answer carries the cookies when a remembered browser was signed in.
Result<GuardVerdict> decide(ConnState& state, GuardKind kind, const SubjectName& subject,
                            IfRemembered remembered = IfRemembered::sign_in);
/// The claims behind this request, checked; nullopt when there are none. An error when that cannot be known now.
Result<std::optional<VerifiedClaims>> settle(ConnState& state, GuardKind kind, const SubjectName& subject,
                                             IfRemembered remembered = IfRemembered::sign_in);

struct WhoIsHere {
  std::optional<VerifiedClaims> claims{};
  std::optional<PendingSignIn> pending{};
};
/// Behind what is for `who`.
Result<WhoIsHere> who_is_here(ConnState& state, Who who, const SubjectName& subject);

/// A page of Rowan's or the application's, with what every page gets.
Response render_page(ConnState& state, std::string_view name, Json data);
/// The JSON body of a failure (docs/http_contract.md#answers).
Json failure_body(const ConnState& state, const Error& error);
/// The sentence for people.
std::string failure_words(const ConnState& state, const Error& error);

}  // namespace rowan::engine
