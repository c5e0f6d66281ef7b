#include <algorithm>
#include <mutex>
#include <rowan/engine/web/answering.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/route_table.hpp>
#include <rowan/engine/web/route_tree.hpp>
#include <rowan/engine/web/websocket.hpp>

namespace rowan {

using engine::Arrival;
using engine::Begun;
using engine::PathParams;
using engine::PathPattern;

/// One route: methods, path, and how it begins.
struct Site::Entry {
  std::vector<http::Method> methods{};
  PathPattern path;
  std::function<Begun(const Arrival&, PathParams)> begin{};
  Auth* auth = nullptr;  // whose tenant a request is for; null: of the application's own routes, the first mount's
  bool is_phase = false;
};

struct Site::Matched {
  const Entry* entry = nullptr;
  PathParams params{};
};

struct Site::Tree {
  Auth* auth = nullptr;  // of the mount; null: the application's own routes
  engine::RouteTree routes{};
};

namespace {

// HEAD is answered as GET without its body; of a phase it would do the work and show nothing of it.
bool has_method(const std::vector<http::Method>& methods, http::Method method, bool is_phase) {
  if (method == http::Method::head && !is_phase) method = http::Method::get;
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

}  // namespace

// One line a second, whose id every answer of that second has: being full must not cost more than being refused.
struct Site::Full {
  std::mutex mutex{};
  std::chrono::nanoseconds since{};
  std::string id{};
  std::size_t refused = 0;

  std::string report(engine::Core& core) {
    const auto now = core.clock.elapsed();
    const std::lock_guard lock(mutex);
    ++refused;
    if (id.empty() || now - since >= std::chrono::seconds(1)) {
      since = now;
      id = engine::make_error_id();
      core.logger.error(
          "fault",
          {{"error_id", id}, {"code", "unavailable"}, {"reason", "a pool is full"}, {"refused_so_far", refused}});
    }
    return id;
  }
};

Site::Site() : full_(std::make_unique<Full>()) {}
Site::~Site() = default;

void Site::mount(Routes routes) {
  Auth* auth = &routes.auth();
  auto table = engine::make_route_table(routes);
  for (auto& route : table.routes)
    add({.methods = std::move(route.methods),
         .path = std::move(route.path),
         .begin = std::move(route.begin),
         .auth = auth,
         .is_phase = route.phase != nullptr});
  engine::core_of(*auth).addresses.add(*table.addresses);
  if (!addresses_) addresses_ = table.addresses;
  mounts_.push_back(std::move(routes));
}

void Site::add(Entry entry) {
  auto tree = std::ranges::find(trees_, entry.auth, &Tree::auth);
  if (tree == trees_.end()) tree = trees_.insert(tree, std::make_unique<Tree>(Tree{.auth = entry.auth}));
  (*tree)->routes.add(entry.path.text(), entries_.size());
  entries_.push_back(std::make_shared<const Entry>(std::move(entry)));
}

void Site::route(http::Method method, std::string_view path, Route route) {
  add_own(method, path, std::move(route), false);
}

void Site::websocket(std::string_view path, Route route) { add_own(http::Method::get, path, std::move(route), true); }

void Site::add_own(http::Method method, std::string_view path, Route route, bool websocket) {
  add({.methods = {method},
       .path = PathPattern(path),
       .begin = [this, route = std::move(route), websocket](const Arrival& arrival, PathParams params) -> Begun {
         Auth* of = auth();
         auto state = engine::start_conn(of, arrival, addresses_, true);
         state->path_params = std::move(params);
         state->websocket = websocket;
         auto conn = std::make_shared<Conn>(std::move(state));
         if (websocket)
           if (auto refused = engine::refuse_handshake(*conn, route.checks_origin()))
             return engine::finish(engine::state_of(*conn), *std::move(refused));
         auto begun = route.begin(*conn);
         if (auto* answer = std::get_if<Response>(&begun))
           return engine::finish(engine::state_of(*conn), std::move(*answer));
         if (std::get<Where>(begun) == Where::here) return engine::finish(engine::state_of(*conn), route.finish(*conn));
         return engine::blocking(of, Cost::database, arrival.request, addresses_, [conn, route] {
           return engine::answer_with_cookies(engine::state_of(*conn), [&] { return route.finish(*conn); });
         });
       }});
}

// In the order they were added, whatever their method.
std::vector<Site::Matched> Site::find(std::string_view path) const {
  boost::container::small_vector<std::pair<std::size_t, std::string_view>, 8> candidates;
  engine::FoundRoutes found;
  const auto look = [&](const engine::RouteTree& tree, std::string_view as) {
    found.clear();
    tree.find(as, found);
    for (const auto index : found) candidates.emplace_back(index, as);
  };
  for (const auto& tree : trees_) {
    const auto inner = tree->auth != nullptr ? Addresses::below(engine::core_of(*tree->auth).base.path, path)
                       : addresses_          ? addresses_->below_base(path)
                                             : path;
    look(tree->routes, inner);
    // A proxy may have taken base_url's path away: then the path matches as it is.
    if (inner.size() != path.size()) look(tree->routes, path);
  }
  std::ranges::stable_sort(candidates, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<Matched> matched;
  for (const auto& [index, as] : candidates) {
    const auto* entry = entries_[index].get();
    if (!matched.empty() && matched.back().entry == entry) continue;
    if (auto params = entry->path.match(as)) matched.push_back({.entry = entry, .params = *std::move(params)});
  }
  return matched;
}

std::variant<http::Response, Blocking> Site::begin(const http::Request& request) const {
  return engine::guarded<Begun>(auth(), request, addresses_, [&] { return dispatch(request); });
}

std::variant<http::Response, Blocking> Site::dispatch(const http::Request& request) const {
  std::string allowed;
  for (auto& [entry, params] : find(request.path)) {
    if (has_method(entry->methods, request.method, entry->is_phase)) {
      Auth* of = entry->auth != nullptr ? entry->auth : auth();
      Arrival arrival{request};
      if (of != nullptr) {
        auto place = engine::place_of(engine::core_of(*of), request);
        if (!place) return no_place(request, place.error());
        arrival.place = *std::move(place);
      }
      return entry->begin(arrival, std::move(params));
    }
    for (const auto method : entry->methods) allowed += (allowed.empty() ? "" : ", ") + std::string(name_of(method));
  }
  const bool found = !allowed.empty();
  const Error error{.code = found ? ErrorCode::method_not_allowed : ErrorCode::not_found, .reason = "no route"};
  http::Response response{.status = http_status(error.code),
                          .content_type = "text/plain; charset=utf-8",
                          .body = found ? "Method Not Allowed\n" : "Not Found\n"};
  if (auth() != nullptr) {
    auto state = engine::start_conn(auth(), Arrival{request}, addresses_, false);
    state->status = response.status;
    if (is_api(request))
      response = {.status = response.status,
                  .content_type = "application/json; charset=utf-8",
                  .body = engine::failure_body(*state, error).text()};
    else if (!found)
      response = engine::render_page(*state, "not_found.html", Json::object({{"csrf_token", ""}}));
    response = engine::finish(*state, std::move(response));
  }
  if (found) response.headers.set("Allow", allowed);
  return response;
}

// A tenant that cannot be: nothing is at this address. Or one whose own address is wrong, which is a fault.
http::Response Site::no_place(const http::Request& request, const Error& error) const {
  auto state = engine::start_conn(auth(), Arrival{request}, addresses_, false);
  if (engine::is_fault(error)) return engine::finish(*state, engine::error_answer(*state, error, is_api(request)));
  state->status = http_status(error.code);
  auto response = is_api(request) ? http::Response{.status = state->status,
                                                   .content_type = "application/json; charset=utf-8",
                                                   .body = engine::failure_body(*state, error).text()}
                                  : engine::render_page(*state, "not_found.html", Json::object({{"csrf_token", ""}}));
  return engine::finish(*state, std::move(response));
}

bool Site::is_api(const http::Request& request) const { return addresses_ && addresses_->is_api(request.path); }

bool Site::knows(const http::Request& request) const {
  // Below a mount also what is not there is ours: our 404.
  if (addresses_ && (addresses_->is_web(request.path) || addresses_->is_api(request.path))) return true;
  return !find(request.path).empty();
}

http::Response Site::overloaded(const http::Request& request) const {
  return engine::guarded<http::Response>(auth(), request, addresses_, [&]() -> http::Response {
    if (auth() == nullptr) {
      http::Response response{
          .status = 503, .content_type = "text/plain; charset=utf-8", .body = "Service Unavailable\n"};
      response.headers.set("Retry-After", "1");
      return response;
    }
    auto state = engine::start_conn(auth(), Arrival{request}, addresses_, false);
    state->error_id = full_->report(engine::core_of(*auth()));
    const Error error{.code = ErrorCode::unavailable, .reason = "a pool is full"};
    const bool page = addresses_->is_web(request.path);
    return engine::finish(*state, page ? engine::fault_page(*state, error) : engine::fault_json(*state, error));
  });
}

http::Response Site::handle(const http::Request& request, Admission& admission) const {
  auto begun = begin(request);
  if (auto* response = std::get_if<http::Response>(&begun)) return std::move(*response);
  auto& work = std::get<Blocking>(begun);
  const auto ticket = admission.enter(work.cost);
  return ticket ? work.run() : overloaded(request);
}

}  // namespace rowan
