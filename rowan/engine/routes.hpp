#pragma once
// Routes: a description of what Rowan answers in an application. A value; each call answers a longer one.
#include <rowan/engine/auth.hpp>
#include <rowan/engine/controller.hpp>
#include <string>
#include <vector>

namespace rowan {

struct Mount {
  std::string path = "/auth";
  std::vector<std::string> only{};  // strategy names; empty: all
  std::vector<std::string> except{};
};

struct PageRoute {
  std::string path{};  // empty: the default of that page
};

/// Controllers are referred to, not owned: declare them before the server.
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
  };

  explicit Routes(Auth& auth) : auth_(&auth) {}
  /// Every phase of every strategy and add-on: /auth/user/password/sign_in …
  Routes auth_routes(Controller& controller, const Mount& mount = {}) const {
    return with({Kind::phases, mount.path, &controller, mount.only, mount.except});
  }
  Routes sign_in_route(const PageRoute& page = {}) const { return with_page(Kind::sign_in_page, page, "/sign-in"); }
  Routes register_route(const PageRoute& page = {}) const { return with_page(Kind::register_page, page, "/register"); }
  /// Both the request (/reset) and the page of the mailed link (/password-reset/:token).
  Routes reset_route(const PageRoute& page = {}) const { return with_page(Kind::reset_page, page, "/reset"); }
  Routes confirm_route(const PageRoute& page = {}) const {
    return with_page(Kind::confirm_page, page, "/confirm_new_user");
  }
  Routes magic_sign_in_route(const PageRoute& page = {}) const {
    return with_page(Kind::magic_page, page, "/magic_link");
  }
  Routes sign_out_route(Controller& controller, const PageRoute& page = {}) const {
    return with({Kind::sign_out, page.path.empty() ? "/sign-out" : page.path, &controller, {}, {}});
  }
  Routes account_routes(const PageRoute& page = {}) const { return with_page(Kind::account_pages, page, "/account"); }

  const std::vector<Entry>& entries() const { return entries_; }
  Auth& auth() const { return *auth_; }

 private:
  Routes with(Entry entry) const {
    Routes longer = *this;
    longer.entries_.push_back(std::move(entry));
    return longer;
  }
  Routes with_page(Kind kind, const PageRoute& page, const char* path) const {
    return with({kind, page.path.empty() ? path : page.path, nullptr, {}, {}});
  }
  Auth* auth_;
  std::vector<Entry> entries_{};
};

inline Routes routes(Auth& auth) { return Routes(auth); }

}  // namespace rowan
