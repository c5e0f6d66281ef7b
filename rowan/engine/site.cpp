#include <algorithm>
#include <map>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/compose.hpp>
#include <rowan/engine/dispatch.hpp>
#include <rowan/engine/path_pattern.hpp>
#include <rowan/engine/site.hpp>
#include <rowan/http/url.hpp>

namespace rowan {

using engine::Links;
using engine::PathParams;
using engine::PathPattern;

using Begun = std::variant<http::Response, Blocking>;

/// One route: methods, path, and how it begins.
struct Site::Entry {
  std::vector<http::Method> methods{};
  PathPattern path;
  std::function<Begun(const http::Request&, PathParams)> begin{};
};

namespace {

constexpr auto reading = http::Method::get;
constexpr auto posting = http::Method::post;

// For the log: what is long enough to be a mailed token is left out (SECURITY LOG-02).
std::string without_tokens(std::string_view path) {
  std::string shown;
  while (!path.empty()) {
    const auto slash = path.find('/', 1);
    const auto segment = path.substr(0, slash);
    shown += segment.size() > 32 ? std::string_view("/…") : segment;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return shown;
}

// A stray exception is the programmer's or the machine's fault: 500 with an id, the cause in the log (STYLE S-9).
http::Response guarded_run(Auth* auth, const http::Request& request, const std::function<http::Response()>& run) {
  std::string cause;
  try {
    return run();
  } catch (const std::exception& exception) {
    cause = exception.what();
  } catch (...) {
    cause = "not a std::exception";
  }
  const auto id = to_hex(system_random().bytes<8>());
  http::Response response{
      .status = 500, .content_type = "text/plain; charset=utf-8", .body = "Internal Server Error (" + id + ")\n"};
  if (auth == nullptr) return response;
  auth->core().logger.error("exception", {{"error_id", id}, {"path", without_tokens(request.path)}, {"cause", cause}});
  try {
    auto state = engine::start_conn(auth, request, nullptr, false);
    state->status = 500;
    return engine::finish(*state, engine::render_page(*state, "error.html", {{"error_id", id}, {"csrf_token", ""}}));
  } catch (...) {
    return response;
  }
}

Blocking blocking(Auth* auth, Cost cost, const http::Request& request, std::function<http::Response()> run) {
  return {.cost = cost, .run = [auth, &request, run = std::move(run)] { return guarded_run(auth, request, run); }};
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
  auto state = engine::start_conn(nullptr, request, nullptr, false);
  state->core = &core;
  return engine::finish(*state, std::move(response));
}

http::Response account_page(Auth& auth, const std::shared_ptr<const Links>& links, const http::Request& request) {
  Conn conn(engine::start_conn(&auth, request, links, true));
  auto& state = conn.state();
  const auto user = [&]() -> Result<std::optional<User>> {
    ROWAN_TRY(const auto claims, engine::settle(state, GuardKind::session, "user"));
    return claims ? auth.load(*claims) : std::optional<User>();
  }();
  if (!user) {  // not to be known now: nobody is sent to sign in again for that
    state.status = 503;
    auto response = engine::render_page(state, "unavailable.html", Json::object({{"csrf_token", ""}}));
    response.headers.set("Retry-After", "1");
    return engine::finish(state, std::move(response));
  }
  if (!*user)
    return engine::finish(state, conn.redirect(http::with_parameter(links->sign_in, "return_to", links->account)));
  conn.assign("account_email", (*user)->email);
  return engine::finish(state, engine::compose(state, Panel::Place::account));
}

}  // namespace

Site::Site() = default;
Site::~Site() = default;

void Site::mount(Routes routes) {
  Auth* auth = &routes.auth();
  auto& core = auth->core();
  const auto links = links_of(routes);
  const auto& base = core.base.path;
  const auto add = [&](std::vector<http::Method> methods, const std::string& path,
                       std::function<Begun(const http::Request&, PathParams)> begin) {
    entries_.push_back(std::make_shared<const Entry>(Entry{std::move(methods), PathPattern(path), std::move(begin)}));
  };
  const auto add_page = [&](const std::string& path, Panel::Place place) {
    add({reading}, path, [auth, links, place](const http::Request& request, const PathParams&) -> Begun {
      return guarded_run(auth, request, [&] {
        Conn conn(engine::start_conn(auth, request, links, true));
        return engine::finish(conn.state(), engine::compose(conn.state(), place));
      });
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
          [auth, links, pages = std::move(sharing)](const http::Request& request, PathParams params) -> Begun {
            return blocking(auth, Cost::database, request, [auth, links, &pages, &request, params = std::move(params)] {
              Conn conn(engine::start_conn(auth, request, links, true));
              return engine::finish(conn.state(),
                                    engine::token_page(conn.state(), pages, params.find("token")->second));
            });
          });
    }
  };
  const auto add_sign_out = [&](const std::string& path, Controller& controller) {
    add({posting, http::Method::delete_}, path,
        [auth, links, to = &controller](const http::Request& request, const PathParams&) -> Begun {
          return blocking(auth, Cost::database, request,
                          [auth, links, to, &request] { return engine::run_sign_out(*auth, *to, links, request); });
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
                  [target](const http::Request& request, PathParams params) -> Begun {
                    return blocking(target.auth, target.phase->cost, request,
                                    [target, &request, params = std::move(params)] {
                                      return engine::run_phase(target, request, params);
                                    });
                  });
            }
          }
        }
        if (web) {
          add_token_pages(TokenPage::With::auth_routes, {});
          add({reading}, path + "/assets/:hash/:file",
              [auth](const http::Request& request, PathParams params) -> Begun {
                return guarded_run(auth, request, [&] { return asset_response(*auth, request, params); });
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
        add({reading}, path, [auth, links](const http::Request& request, const PathParams&) -> Begun {
          return guarded_run(auth, request, [&] {
            Conn conn(engine::start_conn(auth, request, links, true));
            return engine::finish(conn.state(), engine::render_page(conn.state(), "sign_out.html",
                                                                    {{"sign_out_action", links->sign_out}}));
          });
        });
        add_sign_out(path, *entry.controller);
        break;
      }
      case Routes::Kind::account_pages: {
        add({reading}, path, [auth, links](const http::Request& request, const PathParams&) -> Begun {
          return blocking(auth, Cost::database, request,
                          [auth, links, &request] { return account_page(*auth, links, request); });
        });
        add({reading}, base + "/.well-known/change-password",
            [links](const http::Request&, const PathParams&) -> Begun {
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
      Entry{{method},
            PathPattern(path),
            [this, route = std::move(route)](const http::Request& request, PathParams params) -> Begun {
              Auth* of = auth();
              auto state = engine::start_conn(of, request, links_, true);
              state->path_params = std::move(params);
              auto conn = std::make_shared<Conn>(std::move(state));
              std::optional<Where> where;
              auto here = guarded_run(of, request, [&]() -> http::Response {
                auto begun = route.begin(*conn);
                if (auto* answer = std::get_if<Response>(&begun))
                  return engine::finish(conn->state(), std::move(*answer));
                where = std::get<Where>(begun);
                if (*where == Where::here) return engine::finish(conn->state(), route.finish(*conn));
                return {};
              });
              if (where != Where::pool) return here;
              return blocking(of, Cost::database, request,
                              [conn, route] { return engine::finish(conn->state(), route.finish(*conn)); });
            }}));
}

std::variant<http::Response, Blocking> Site::begin(const http::Request& request) const {
  std::string allowed;
  for (const auto& entry : entries_) {
    auto params = entry->path.match(request.path);
    if (!params) continue;
    if (has_method(entry->methods, request.method)) return entry->begin(request, *std::move(params));
    for (const auto method : entry->methods) allowed += (allowed.empty() ? "" : ", ") + std::string(name_of(method));
  }
  return guarded_run(auth(), request, [&]() -> http::Response {
    const bool found = !allowed.empty();
    const Error error{.code = found ? ErrorCode::method_not_allowed : ErrorCode::not_found, .reason = "no route"};
    http::Response response{.status = http_status(error.code),
                            .content_type = "text/plain; charset=utf-8",
                            .body = found ? "Method Not Allowed\n" : "Not Found\n"};
    if (auth() != nullptr) {
      const auto& links = links_;
      auto state = engine::start_conn(auth(), request, links, false);
      state->status = response.status;
      const bool api = !links->api_mount.empty() && request.path.starts_with(links->api_mount + "/");
      if (api)
        response = {.status = response.status,
                    .content_type = "application/json; charset=utf-8",
                    .body = engine::failure_body(*state, error).text()};
      else if (!found)
        response = engine::render_page(*state, "not_found.html", Json::object({{"csrf_token", ""}}));
      response = engine::finish(*state, std::move(response));
    }
    if (found) response.headers.set("Allow", allowed);
    return response;
  });
}

bool Site::knows(const http::Request& request) const {
  const auto below = [&](const std::string& mount) { return !mount.empty() && request.path.starts_with(mount + "/"); };
  if (links_ && (below(links_->web_mount) || below(links_->api_mount))) return true;  // also what is not there: our 404
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& entry) { return entry->path.match(request.path).has_value(); });
}

http::Response Site::overloaded(const http::Request& request) const {
  auto response = guarded_run(auth(), request, [&]() -> http::Response {
    if (auth() == nullptr)
      return {.status = 503, .content_type = "text/plain; charset=utf-8", .body = "Service Unavailable\n"};
    const auto& links = links_;
    auto state = engine::start_conn(auth(), request, links, false);
    state->status = 503;
    const bool page = !links->web_mount.empty() && request.path.starts_with(links->web_mount + "/");
    if (page)
      return engine::finish(*state,
                            engine::render_page(*state, "unavailable.html", Json::object({{"csrf_token", ""}})));
    return engine::finish(
        *state, {.status = 503,
                 .content_type = "application/json; charset=utf-8",
                 .body = engine::failure_body(*state, {.code = ErrorCode::unavailable, .reason = "full"}).text()});
  });
  response.headers.set("Retry-After", "1");
  return response;
}

http::Response Site::handle(const http::Request& request, Admission& admission) const {
  auto begun = begin(request);
  if (auto* response = std::get_if<http::Response>(&begun)) return std::move(*response);
  auto& work = std::get<Blocking>(begun);
  const auto ticket = admission.enter(work.cost);
  return ticket ? work.run() : overloaded(request);
}

}  // namespace rowan
