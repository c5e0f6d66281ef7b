#pragma once
// Routes: describes which paths Rowan answers in your application. A value type: each call returns a longer one.
#include <rowan/engine/auth.hpp>
#include <rowan/engine/web/controller.hpp>
#include <string>
#include <vector>

namespace rowan {

struct Mount {
  std::string path = "/auth";
  std::vector<std::string> only{};  // strategy names; empty: all
  std::vector<std::string> except{};
  std::vector<SubjectName> subjects{};  // empty: all
};

struct PageRoute {
  std::string path{};     // empty: the default of that page
  SubjectName subject{};  // the page shows the panels of this subject; empty: of all subjects
};

/// One route, for `rowan routes`, documents and clients.
struct RouteLine {
  http::Method method{};
  std::string path{};               // base_url's path included
  SubjectName subject{};            // empty for pages
  std::string strategy{}, phase{};  // likewise
  std::string description{};
  std::vector<Input> inputs{};
};

/// It refers to your controllers without owning them, so declare them before the server. Paths are below base_url's
/// path.
class [[nodiscard]] Routes {
 public:
  enum class Kind {
    phases,
    sign_in_page,
    register_page,
    reset_page,
    confirm_page,
    magic_page,
    sign_out,
    account_pages
  };
  struct Entry {
    Kind kind{};
    std::string path{};
    Controller* controller = nullptr;
    std::vector<std::string> only{}, except{};
    std::vector<SubjectName> subjects{};
  };

  explicit Routes(Auth& auth) : auth_(&auth) {}
  /// Every phase of every strategy and add-on: /auth/user/password/sign_in …
  Routes auth_routes(Controller& controller, const Mount& mount = {}) const {
    return with({Kind::phases, mount.path, &controller, mount.only, mount.except, mount.subjects});
  }
  Routes sign_in_route(const PageRoute& page = {}) const { return with_page(Kind::sign_in_page, page); }
  Routes register_route(const PageRoute& page = {}) const { return with_page(Kind::register_page, page); }
  /// The page that asks for a reset (/reset) and the page of the mailed link (/password-reset/:token).
  Routes reset_route(const PageRoute& page = {}) const { return with_page(Kind::reset_page, page); }
  Routes confirm_route(const PageRoute& page = {}) const { return with_page(Kind::confirm_page, page); }
  Routes magic_sign_in_route(const PageRoute& page = {}) const { return with_page(Kind::magic_page, page); }
  Routes sign_out_route(Controller& controller, const PageRoute& page = {}) const {
    return with_page(Kind::sign_out, page, &controller);
  }
  Routes account_routes(const PageRoute& page = {}) const { return with_page(Kind::account_pages, page); }

  const std::vector<Entry>& entries() const { return entries_; }
  Auth& auth() const { return *auth_; }
  /// Every route, in the order in which they are matched.
  std::vector<RouteLine> lines() const;
  static std::string standard_path(Kind kind);

 private:
  Routes with(Entry entry) const {
    Routes longer = *this;
    longer.entries_.push_back(std::move(entry));
    return longer;
  }
  Routes with_page(Kind kind, const PageRoute& page, Controller* controller = nullptr) const {
    return with({.kind = kind,
                 .path = page.path.empty() ? standard_path(kind) : page.path,
                 .controller = controller,
                 .subjects = page.subject.empty() ? std::vector<SubjectName>() : std::vector{page.subject}});
  }
  Auth* auth_;
  std::vector<Entry> entries_{};
};

inline Routes routes(Auth& auth) { return Routes(auth); }
/// The routes of an Auth whose application has not said what it mounts.
std::vector<RouteLine> standard_routes(Auth& auth);

}  // namespace rowan
