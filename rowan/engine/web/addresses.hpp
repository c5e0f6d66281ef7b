#pragma once
// Addresses: the paths of everything that an application has mounted. Pages, mails, redirects and `rowan routes` look
// them up here, so no link leads to a page that is not mounted.
#include <memory>
#include <mutex>
#include <rowan/base/realm.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/services.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

class Controller;

/// Paths from the root of the host, base_url's path included: "/id/sign-in". An empty path means: not mounted. A value
/// type; thread-safe to read.
class Addresses {
 public:
  struct PageEntry {
    PageName page{};
    SubjectName subject{};  // empty: for every subject
    std::string path{};
  };
  struct LinkEntry {
    std::string declared{};  // Page::path of the room: "/password-reset"
    SubjectName subject{};
    std::string path{};
  };
  struct PhaseEntry {
    SubjectName subject{};
    std::string strategy{}, phase{}, path{};
  };

  Addresses() = default;
  explicit Addresses(std::string base) : base_(std::move(base)) {}

  /// The home page: base_url itself.
  std::string home() const { return base_ + "/"; }
  /// base_url's path: "" or "/id".
  const std::string& base() const { return base_; }
  /// The page of this subject, else the one that all subjects share. Without a subject: the first that was mounted.
  std::string_view page(PageName which, const SubjectName& subject = {}) const;
  /// The subject whose panels the page at page() shows; empty: the panels of every subject.
  SubjectName shown_on(PageName which, const SubjectName& subject) const;
  /// The page that opens mailed links, by the path that its room declares. Append "/" and the token.
  std::string_view link_page(std::string_view declared, const SubjectName& subject) const;
  /// The path to which the form of a phase is sent.
  std::string_view phase(const SubjectName& subject, const Activity& activity) const;
  /// The first web mount; assets, and forms with cookies, are below it.
  const std::string& web_mount() const { return web_mounts_.empty() ? none_ : web_mounts_.front(); }

  /// The controller of that mount; null: there is none.
  Controller* web_controller() const { return web_controller_; }

  /// The path without base_url's path, as routes match it. A proxy may have removed that part already.
  std::string_view below_base(std::string_view path) const { return below(base_, path); }
  static std::string_view below(std::string_view base, std::string_view path);
  /// The path as the visitor's browser sees it.
  std::string as_seen_outside(std::string_view path) const;
  /// Whether the path of a request is below an API mount (JSON) or a web mount (pages).
  bool is_api(std::string_view path) const;
  bool is_web(std::string_view path) const;

  // To make one.
  void add_page(PageEntry entry) { pages_.push_back(std::move(entry)); }
  void add_link_page(LinkEntry entry) { links_.push_back(std::move(entry)); }
  void add_phase(PhaseEntry entry) { phases_.push_back(std::move(entry)); }
  void add_web_mount(std::string path, Controller* controller = nullptr) {
    if (web_mounts_.empty()) web_controller_ = controller;
    web_mounts_.push_back(std::move(path));
  }
  void add_api_mount(std::string path) { api_mounts_.push_back(std::move(path)); }
  /// Appends; the entries that are already here come first.
  void add(const Addresses& more);

 private:
  const PageEntry* find(PageName which, const SubjectName& subject) const;

  static inline const std::string none_{};
  std::string base_{};
  std::vector<PageEntry> pages_{};
  std::vector<LinkEntry> links_{};
  std::vector<PhaseEntry> phases_{};
  std::vector<std::string> web_mounts_{}, api_mounts_{};
  Controller* web_controller_ = nullptr;
};

/// The addresses of an Auth: of everything that was mounted. Until something is mounted they are those of the standard
/// routes, for a program that sends mails without serving. Thread-safe.
class AddressBook {
 public:
  explicit AddressBook(Addresses standard) : current_(std::make_shared<const Addresses>(std::move(standard))) {}
  std::shared_ptr<const Addresses> get() const;
  void add(const Addresses& mounted);

 private:
  mutable std::mutex mutex_{};
  bool mounted_ = false;
  std::shared_ptr<const Addresses> current_;
};

}  // namespace rowan
