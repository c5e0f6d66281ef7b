#pragma once
// Site: everything that one server answers, independent of the host. A host converts its request, asks the Site what
// answering costs, and runs the work in the pool of that cost (docs/architecture.md#costs-and-pools).
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <rowan/engine/web/guards.hpp>
#include <rowan/engine/web/routes.hpp>
#include <rowan/http/message.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rowan {

class Addresses;  // engine/web/addresses.hpp

/// Work that may block: run it in the pool of its class.
struct Blocking {
  Cost cost = Cost::database;
  std::function<http::Response()> run{};  // call it once; it never throws
};

/// Counters shared by hosts with pools and hosts with a thread per connection. Thread-safe, lock-free.
class Admission {
 public:
  struct Limits {
    unsigned database = 64, hash = 64, outgoing = 64;  // running and waiting together
  };
  explicit Admission(Limits limits) : limits_(limits) {}
  class Ticket {  // gives its place back on destruction
   public:
    Ticket() = default;
    explicit Ticket(std::atomic<unsigned>* count) : count_(count) {}
    Ticket(Ticket&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(count_, other.count_);
      return *this;
    }
    ~Ticket() {
      if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
    }
    explicit operator bool() const { return count_ != nullptr; }

   private:
    std::atomic<unsigned>* count_ = nullptr;
  };
  /// Empty when the class is full. Never waits.
  Ticket enter(Cost cost);

 private:
  Limits limits_;
  std::atomic<unsigned> running_[4]{};
};

/// Mounts and your own routes. Add all of them before serving; the Site must not change afterwards, and must outlive
/// the server's threads. Then it is thread-safe to use.
class Site {
 public:
  Site();
  ~Site();
  void mount(Routes routes);
  const std::vector<Routes>& mounts() const { return mounts_; }
  /// The addresses of the first mount; null before there is one.
  std::shared_ptr<const Addresses> addresses() const { return addresses_; }
  /// `path` is below base_url's path: with base_url https://notes.example/app, "/notes" answers /app/notes, and also
  /// /notes, for proxies that remove /app. Segments can be parameters: "/notes/:id" → conn.path_param("id"). HEAD is
  /// answered like GET, without the body.
  void route(http::Method method, std::string_view path, Route route);
  void get(std::string_view path, Route r) { route(http::Method::get, path, std::move(r)); }
  void post(std::string_view path, Route r) { route(http::Method::post, path, std::move(r)); }
  void put(std::string_view path, Route r) { route(http::Method::put, path, std::move(r)); }
  void delete_(std::string_view path, Route r) { route(http::Method::delete_, path, std::move(r)); }

  /// A WebSocket: the handler answers with conn.websocket(…), or refuses as any other does. A request that opens none
  /// gets 426, one with a broken handshake 400, and one that a page of another site sends 403, before the handler runs.
  /// Guards mean what they do elsewhere, but never lead to a page. Hosts without WebSockets answer 501.
  void websocket(std::string_view path, Route route);

  /// The whole answer, or the work to run in a pool. Never blocks and never throws. The request must stay alive and
  /// must not move until the answer is made.
  std::variant<http::Response, Blocking> begin(const http::Request& request) const;
  /// Whether this Site answers the path, with any method; for hosts that share their server with other handlers.
  bool knows(const http::Request& request) const;
  /// 503 with Retry-After, as HTML or JSON like the rest of the mount. For a cost class that is full.
  http::Response overloaded(const http::Request& request) const;
  /// Does begin, admission and run in one call, for hosts with a thread per connection. Never waits for a place.
  http::Response handle(const http::Request& request, Admission& admission) const;

 private:
  struct Entry;
  struct Matched;
  struct Tree;
  struct Full;
  std::variant<http::Response, Blocking> dispatch(const http::Request& request) const;
  http::Response no_place(const http::Request& request, const Error& error) const;
  bool is_api(const http::Request& request) const;
  Auth* auth() const { return mounts_.empty() ? nullptr : &mounts_.front().auth(); }
  std::vector<Routes> mounts_{};
  void add(Entry entry);
  void add_own(http::Method method, std::string_view path, Route route, bool websocket);
  std::vector<Matched> find(std::string_view path) const;
  std::shared_ptr<const Addresses> addresses_{};  // of the first mount
  std::vector<std::shared_ptr<const Entry>> entries_{};
  std::vector<std::unique_ptr<Tree>> trees_{};  // one for each base path, and one for the application's own routes
  std::unique_ptr<Full> full_;
};

}  // namespace rowan
