#include <algorithm>
#include <map>
#include <mutex>
#include <rowan/base/try.hpp>
#include <rowan/engine/compose.hpp>
#include <rowan/engine/dispatch.hpp>
#include <rowan/engine/faults.hpp>
#include <rowan/engine/path_pattern.hpp>
#include <rowan/engine/site.hpp>
#include <rowan/http/media.hpp>
#include <rowan/http/url.hpp>

namespace rowan {

using engine::Arrival;
using engine::Links;
using engine::PathParams;
using engine::PathPattern;

using Begun = std::variant<http::Response, Blocking>;

/// One route: methods, path, and how it begins.
struct Site::Entry {
  std::vector<http::Method> methods{};
  PathPattern path;
  std::function<Begun(const Arrival&, PathParams)> begin{};
  Auth* auth = nullptr;  // whose tenant a request is for
};

namespace {

constexpr auto reading = http::Method::get;
constexpr auto posting = http::Method::post;

// A stray exception is the programmer's or the machine's fault: 500 with an id, the cause in the log.
http::Response exception_answer(Auth* auth, const http::Request& request, const Links* links,
                                const std::string& cause) {
  try {
    if (auth != nullptr) {
      auto state = engine::start_conn(auth, engine::Arrival{request}, nullptr, false);
      const bool api =
          links != nullptr && !links->api_mount.empty() && request.path.starts_with(links->api_mount + "/");
      const Error error{.code = ErrorCode::internal, .reason = "exception: " + cause};
      auto answer = engine::error_answer(
          *state, error, api || http::accepts_json(request.headers.single("Accept").value_or(std::string_view())));
      return engine::finish(*state, std::move(answer));
    }
  } catch (...) {  // then nothing but the plainest answer is left
  }
  const auto id = engine::make_error_id();
  if (auth != nullptr)
    auth->core().logger.error(
        "fault",
        {{"error_id", id}, {"code", "internal"}, {"reason", cause}, {"path", engine::without_tokens(request.path)}});
  return {.status = 500, .content_type = "text/plain; charset=utf-8", .body = "Internal Server Error (" + id + ")\n"};
}

template <class Answer, class Run>
Answer guarded(Auth* auth, const http::Request& request, const Links* links, const Run& run) {
  std::string cause;
  try {
    return run();
  } catch (const std::exception& exception) {
    cause = exception.what();
  } catch (...) {
    cause = "not a std::exception";
  }
  return exception_answer(auth, request, links, cause);
}

Blocking blocking(Auth* auth, Cost cost, const http::Request& request, std::shared_ptr<const Links> links,
                  std::function<http::Response()> run) {
  return {.cost = cost, .run = [auth, &request, links = std::move(links), run = std::move(run)] {
            return guarded<http::Response>(auth, request, links.get(), run);
          }};
}

bool has_method(const std::vector<http::Method>& methods, http::Method method) {
  if (method == http::Method::head) method = reading;
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool is_chosen(const Routes::Entry& entry, std::string_view strategy) {
  const auto in = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), strategy) != names.end();
  };
  return (entry.only.empty() || in(entry.only)) && !in(entry.except);
}

std::shared_ptr<const Links> links_of(const Routes& routes) {
  auto links = std::make_shared<Links>();
  const auto base = routes.auth().core().base.path;
  for (const auto& entry : routes.entries()) {
    using Kind = Routes::Kind;
    switch (entry.kind) {
      case Kind::phases:
        if (entry.controller->takes_cookies()) {
          links->web_mount = base + entry.path;
          links->web = entry.controller;
        } else {
          links->api_mount = base + entry.path;
        }
        break;
      case Kind::sign_in_page: links->sign_in = base + entry.path; break;
      case Kind::register_page: links->register_ = base + entry.path; break;
      case Kind::reset_page: links->reset = base + entry.path; break;
      case Kind::sign_out: links->sign_out = base + entry.path; break;
      case Kind::account_pages: links->account = base + entry.path; break;
      default: break;
    }
  }
  return links;
}

http::Response asset_response(Auth& auth, const http::Request& request, const PathParams& params) {
  auto& core = auth.core();
  const auto asset = core.pages.asset(params.find("hash")->second, params.find("file")->second);
  http::Response response{.status = 404, .content_type = "text/plain; charset=utf-8", .body = "Not Found\n"};
  if (asset) {
    response = {.status = 200,
                .content_type = std::string(asset->content_type),
                .body = {},
                .headers = {},
                .shared_body = asset->bytes};
    response.headers.add("ETag", std::string(asset->etag));
    response.headers.add("Cache-Control", "public, max-age=31536000, immutable");
    if (request.headers.single("If-None-Match") == asset->etag) {
      response.status = 304;
      response.shared_body = {};
      response.content_type.clear();
    }
  }
  auto state = engine::start_conn(nullptr, Arrival{request}, nullptr, false);
  state->core = &core;
  return engine::finish(*state, std::move(response));
}

http::Response account_page(Auth& auth, const std::shared_ptr<const Links>& links, const Arrival& arrival) {
  Conn conn(engine::start_conn(&auth, arrival, links, true));
  auto& state = conn.state();
  const auto user = [&]() -> Result<std::optional<User>> {
    ROWAN_TRY(const auto claims, engine::settle(state, GuardKind::session, "user"));
    return claims ? auth.load(*claims, state.tenant()) : std::optional<User>();
  }();
  // Not to be known now: nobody is sent to sign in again for that.
  if (!user) return engine::finish(state, engine::fault_page(state, user.error()));
  if (!*user)
    return engine::finish(state, conn.redirect(http::with_parameter(links->sign_in, "return_to", links->account)));
  conn.assign("account_email", (*user)->email);
  return engine::finish(state, engine::compose(state, Panel::Place::account));
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
  auto& core = auth->core();
  const auto links = links_of(routes);
  const auto& base = core.base.path;
  const auto add = [&](std::vector<http::Method> methods, const std::string& path,
                       std::function<Begun(const Arrival&, PathParams)> begin) {
    entries_.push_back(
        std::make_shared<const Entry>(Entry{std::move(methods), PathPattern(path), std::move(begin), auth}));
  };
  const auto add_page = [&](const std::string& path, Panel::Place place) {
    add({reading}, path, [auth, links, place](const Arrival& arrival, const PathParams&) -> Begun {
      Conn conn(engine::start_conn(auth, arrival, links, true));
      return engine::finish(conn.state(), engine::compose(conn.state(), place));
    });
  };
  // Pages with a token in their path, one entry for all strategies and subjects that share it. `chosen` replaces the
  // declared path.
  const auto add_token_pages = [&](TokenPage::With with, std::string_view chosen) {
    std::map<std::string, std::vector<engine::TokenPageOf>> by_path;
    for (const auto& subject : core.subjects)
      for (const auto& strategy : subject.strategies)
        for (const auto& page : strategy.token_pages)
          if (page.with == with) by_path[page.path].push_back({&subject, &strategy, &page});
    for (auto& [declared, sharing] : by_path) {
      const std::string path(chosen.empty() ? std::string_view(declared) : chosen);
      core.token_paths.insert_or_assign(declared, path);
      add({reading}, base + path + "/:token",
          [auth, links, pages = std::move(sharing)](const Arrival& arrival, PathParams params) -> Begun {
            return blocking(auth, Cost::database, arrival.request, links,
                            [auth, links, &pages, arrival, params = std::move(params)] {
                              Conn conn(engine::start_conn(auth, arrival, links, true));
                              return engine::finish(
                                  conn.state(), engine::token_page(conn.state(), pages, params.find("token")->second));
                            });
          });
    }
  };
  const auto add_sign_out = [&](const std::string& path, Controller& controller) {
    add({posting, http::Method::delete_}, path,
        [auth, links, to = &controller](const Arrival& arrival, const PathParams&) -> Begun {
          return blocking(auth, Cost::database, arrival.request, links,
                          [auth, links, to, arrival] { return engine::run_sign_out(*auth, *to, links, arrival); });
        });
  };

  for (const auto& entry : routes.entries()) {
    const auto path = base + entry.path;
    switch (entry.kind) {
      case Routes::Kind::phases: {
        const bool web = entry.controller->takes_cookies();
        for (const auto& subject : core.subjects) {
          for (const auto& strategy : subject.strategies) {
            if (!is_chosen(entry, strategy.name)) continue;
            for (const auto& phase : strategy.phases) {
              if (!(web ? phase.web : phase.api)) continue;
              const engine::PhaseTarget target{auth, entry.controller, links, &subject, &strategy, &phase};
              add(phase.methods, path + "/" + subject.name + "/" + strategy.name + phase.path,
                  [target](const Arrival& arrival, PathParams params) -> Begun {
                    return blocking(target.auth, target.phase->cost, arrival.request, target.links,
                                    [target, arrival, params = std::move(params)] {
                                      return engine::run_phase(target, arrival, params);
                                    });
                  });
            }
          }
        }
        if (web) {
          add_token_pages(TokenPage::With::auth_routes, {});
          add({reading}, path + "/assets/:hash/:file", [auth](const Arrival& arrival, PathParams params) -> Begun {
            return asset_response(*auth, arrival.request, params);
          });
        } else {
          add_sign_out(path + "/sign_out", *entry.controller);
        }
        break;
      }
      case Routes::Kind::sign_in_page: add_page(path, Panel::Place::sign_in); break;
      case Routes::Kind::register_page: add_page(path, Panel::Place::register_); break;
      case Routes::Kind::reset_page: {
        add_page(path, Panel::Place::reset);
        add_token_pages(TokenPage::With::reset_route, {});
        break;
      }
      case Routes::Kind::sign_out: {
        add({reading}, path, [auth, links](const Arrival& arrival, const PathParams&) -> Begun {
          Conn conn(engine::start_conn(auth, arrival, links, true));
          return engine::finish(
              conn.state(), engine::render_page(conn.state(), "sign_out.html", {{"sign_out_action", links->sign_out}}));
        });
        add_sign_out(path, *entry.controller);
        break;
      }
      case Routes::Kind::account_pages: {
        add({reading}, path, [auth, links](const Arrival& arrival, const PathParams&) -> Begun {
          return blocking(auth, Cost::database, arrival.request, links,
                          [auth, links, arrival] { return account_page(*auth, links, arrival); });
        });
        add({reading}, base + "/.well-known/change-password", [links](const Arrival&, const PathParams&) -> Begun {
          http::Response response{.status = 302};
          response.headers.add("Location", links->account);
          return response;
        });
        break;
      }
      case Routes::Kind::confirm_page: add_token_pages(TokenPage::With::confirm_route, entry.path); break;
      case Routes::Kind::magic_page: add_token_pages(TokenPage::With::magic_sign_in_route, entry.path); break;
    }
  }
  if (!links_) links_ = links;
  mounts_.push_back(std::move(routes));
}

void Site::route(http::Method method, std::string_view path, Route route) {
  entries_.push_back(std::make_shared<const Entry>(
      Entry{.methods = {method},
            .path = PathPattern(path),
            .begin = [this, route = std::move(route)](const Arrival& arrival, PathParams params) -> Begun {
              Auth* of = auth();
              auto state = engine::start_conn(of, arrival, links_, true);
              state->path_params = std::move(params);
              auto conn = std::make_shared<Conn>(std::move(state));
              auto begun = route.begin(*conn);
              if (auto* answer = std::get_if<Response>(&begun))
                return engine::finish(conn->state(), std::move(*answer));
              if (std::get<Where>(begun) == Where::here) return engine::finish(conn->state(), route.finish(*conn));
              return blocking(of, Cost::database, arrival.request, links_,
                              [conn, route] { return engine::finish(conn->state(), route.finish(*conn)); });
            }}));
}

std::variant<http::Response, Blocking> Site::begin(const http::Request& request) const {
  return guarded<Begun>(auth(), request, links_.get(), [&] { return dispatch(request); });
}

std::variant<http::Response, Blocking> Site::dispatch(const http::Request& request) const {
  std::string allowed;
  for (const auto& entry : entries_) {
    auto params = entry->path.match(request.path);
    if (!params) continue;
    if (has_method(entry->methods, request.method)) {
      Auth* of = entry->auth != nullptr ? entry->auth : auth();
      Arrival arrival{request};
      if (of != nullptr) {
        auto place = engine::place_of(of->core(), request);
        if (!place) return no_place(request, place.error());
        arrival.place = *std::move(place);
      }
      return entry->begin(arrival, *std::move(params));
    }
    for (const auto method : entry->methods) allowed += (allowed.empty() ? "" : ", ") + std::string(name_of(method));
  }
  const bool found = !allowed.empty();
  const Error error{.code = found ? ErrorCode::method_not_allowed : ErrorCode::not_found, .reason = "no route"};
  http::Response response{.status = http_status(error.code),
                          .content_type = "text/plain; charset=utf-8",
                          .body = found ? "Method Not Allowed\n" : "Not Found\n"};
  if (auth() != nullptr) {
    auto state = engine::start_conn(auth(), Arrival{request}, links_, false);
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
  auto state = engine::start_conn(auth(), Arrival{request}, links_, false);
  if (engine::is_fault(error)) return engine::finish(*state, engine::error_answer(*state, error, is_api(request)));
  state->status = http_status(error.code);
  auto response = is_api(request) ? http::Response{.status = state->status,
                                                   .content_type = "application/json; charset=utf-8",
                                                   .body = engine::failure_body(*state, error).text()}
                                  : engine::render_page(*state, "not_found.html", Json::object({{"csrf_token", ""}}));
  return engine::finish(*state, std::move(response));
}

bool Site::is_api(const http::Request& request) const {
  return links_ && !links_->api_mount.empty() && request.path.starts_with(links_->api_mount + "/");
}

bool Site::knows(const http::Request& request) const {
  const auto below = [&](const std::string& mount) { return !mount.empty() && request.path.starts_with(mount + "/"); };
  if (links_ && (below(links_->web_mount) || below(links_->api_mount))) return true;  // also what is not there: our 404
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& entry) { return entry->path.match(request.path).has_value(); });
}

http::Response Site::overloaded(const http::Request& request) const {
  return guarded<http::Response>(auth(), request, links_.get(), [&]() -> http::Response {
    if (auth() == nullptr) {
      http::Response response{
          .status = 503, .content_type = "text/plain; charset=utf-8", .body = "Service Unavailable\n"};
      response.headers.set("Retry-After", "1");
      return response;
    }
    auto state = engine::start_conn(auth(), Arrival{request}, links_, false);
    state->error_id = full_->report(auth()->core());
    const Error error{.code = ErrorCode::unavailable, .reason = "a pool is full"};
    const bool page = !links_->web_mount.empty() && request.path.starts_with(links_->web_mount + "/");
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
