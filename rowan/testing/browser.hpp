#pragma once
// Browser: one visitor of a Site, in process or at a real port, with a cookie jar, forms and redirects. What Capybara
// is to Rack.
//   Browser browser(site, "https://notes.example");
//   browser.get("/sign-in").form("sign_in").fill("user[email]", "ann@notes.example")
//       .fill("user[password]", "…").submit();
//   EXPECT_EQ(browser.location(), "/");
#include <map>
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/engine/web/site.hpp>
#include <rowan/http/message.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowan::testing {

class Browser;

/// A form of the page that the browser shows, for you to fill in. Throws std::runtime_error for a field that the form
/// does not have.
class Form {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Form& fill(std::string_view name, std::string_view value);
  /// Ticks a checkbox.
  Form& tick(std::string_view name);
  /// Chooses the radio button with this value.
  Form& choose(std::string_view name, std::string_view value);
  Browser& submit();
  const std::string& action() const { return action_; }
  bool has(std::string_view name) const;
  /// The current value; empty when the form has no such field.
  std::string value(std::string_view name) const;

 private:
  friend class Browser;
  struct Field {
    std::string name{}, value{};
    bool sent = true;
  };
  explicit Form(Browser& browser) : browser_(&browser) {}
  Browser* browser_;
  std::string action_{}, method_{};
  std::vector<Field> fields_{};
};

/// Belongs to one thread; the Site must outlive it. Work that a host would send to a pool runs at once, on this thread.
/// Cookies are kept by name, as for one host and Path=/. Secure and `__Host-` cookies are sent to any `origin`.
class Browser {
 public:
  using Fields = Form::Fields;

  explicit Browser(const Site& site, std::string origin = "https://rowan.example");
  /// A visitor of a running server: Browser::at("http://127.0.0.1:4000"). Every request is a connection of its own.
  static Browser at(std::string origin) { return Browser(nullptr, std::move(origin)); }

  // Requests. Each follows up to five redirects on this origin and returns *this.
  Browser& get(std::string_view target);
  Browser& head(std::string_view target);
  /// Posts fields, urlencoded, as a page of this origin does. It adds no CSRF token; use form() for that.
  Browser& post(std::string_view target, const Fields& fields);
  /// Posts a body as it is. With an empty `content_type` there is no such header.
  Browser& send(http::Method method, std::string_view target, std::string_view content_type, std::string body);
  /// Sends JSON as a program does: with `Authorization` when there is a bearer, without cookies and Origin. Redirects
  /// are not followed.
  Browser& json(std::string_view method, std::string_view target, const Json& body);
  Browser& json(std::string_view method, std::string_view target);

  /// The form with that id, or whose action contains it; empty: the first. Throws std::runtime_error when there is
  /// none.
  Form form(std::string_view which = {});

  // The answer.
  int status() const { return response_.status; }
  const std::string& body() const { return body_; }
  std::optional<std::string> header(std::string_view name) const;
  const http::Response& response() const { return response_; }
  /// Whether it took a thread of a pool. False: it was made on the event loop, as those of rowan::non_blocking handlers
  /// are. At a real port this is not known: true.
  bool took_a_thread() const { return took_a_thread_; }
  /// Path and query of the page that was answered, after redirects.
  const std::string& location() const { return location_; }
  /// Whether the page's visible text contains these words.
  bool says(std::string_view words) const;
  /// The body as JSON; null when it isn't JSON.
  Json answer() const;

  // The visitor.
  Browser& bearer(std::string token);
  Browser& client(std::string_view address);  // the default is 127.0.0.1
  Browser& follow_redirects(bool follow);
  /// Sets a header for the next request only. It replaces what a browser sends (Origin, Sec-Fetch-Site); nullopt
  /// removes it.
  Browser& with_header(std::string name, std::optional<std::string> value);
  std::map<std::string, std::string>& cookies() { return cookies_; }
  const std::string& origin() const { return origin_; }

 private:
  Browser(const Site* site, std::string origin);
  void navigate(http::Request request);
  void exchange(http::Request request);
  void keep_cookies();
  http::Request request_to(http::Method method, std::string_view target) const;

  const Site* site_;  // null: at a real port
  std::string origin_;
  http::IpAddress client_;
  std::string bearer_{};
  bool follows_ = true;
  std::vector<std::pair<std::string, std::optional<std::string>>> overrides_{};
  std::map<std::string, std::string> cookies_{};
  http::Response response_{};
  bool took_a_thread_ = true;
  std::string body_{}, location_{};
};

}  // namespace rowan::testing
