#include <algorithm>
#include <map>
#include <rowan/base/try.hpp>
#include <rowan/engine/web/answering.hpp>
#include <rowan/engine/web/compose.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/introspection.hpp>
#include <rowan/engine/web/route_table.hpp>
#include <rowan/http/url.hpp>

namespace rowan::engine {

namespace {

constexpr auto reading = http::Method::get;
constexpr auto posting = http::Method::post;

bool in(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_chosen(const Routes::Entry& entry, std::string_view strategy) {
  return (entry.only.empty() || in(entry.only, strategy)) && !in(entry.except, strategy);
}

bool is_of(const Routes::Entry& entry, const SubjectName& subject) {
  return entry.subjects.empty() || std::ranges::find(entry.subjects, subject) != entry.subjects.end();
}

// Whether the forms of a strategy's pages have an address here. What mounts pages alone leaves the phases to another
// call of Site::mount.
bool has_phases(const std::vector<Routes::Entry>& entries, const SubjectName& subject, std::string_view strategy) {
  bool any = false;
  for (const auto& entry : entries) {
    if (entry.kind != Routes::Kind::phases || !entry.controller->takes_cookies() || !is_of(entry, subject)) continue;
    if (is_chosen(entry, strategy)) return true;
    any = true;
  }
  return !any;
}

// Whose page it is: of one subject (PageRoute::subject), or of all.
SubjectName whose(const Routes::Entry& entry) {
  return entry.subjects.empty() ? SubjectName() : entry.subjects.front();
}

struct PageKind {
  Routes::Kind route;
  PageName page;
  std::optional<Panel::Place> place;
  std::string_view description;
};
constexpr PageKind page_kinds[] = {
    {Routes::Kind::sign_in_page, PageName::sign_in, Panel::Place::sign_in, "Page: sign in"},
    {Routes::Kind::register_page, PageName::register_, Panel::Place::register_, "Page: create an account"},
    {Routes::Kind::reset_page, PageName::reset, Panel::Place::reset, "Page: ask for a new password"},
    {Routes::Kind::sign_out, PageName::sign_out, {}, "Page: sign out"},
    {Routes::Kind::account_pages, PageName::account, Panel::Place::account, "Page: the account"},
};
const PageKind* page_kind(Routes::Kind kind) {
  for (const auto& known : page_kinds)
    if (known.route == kind) return &known;
  return nullptr;
}

// Which entry mounts a room's pages, and where.
std::optional<Page::With> room_pages_of(const Routes::Entry& entry) {
  switch (entry.kind) {
    case Routes::Kind::phases:
      return entry.controller->takes_cookies() ? std::optional(Page::With::auth_routes) : std::nullopt;
    case Routes::Kind::reset_page: return Page::With::reset_route;
    case Routes::Kind::confirm_page: return Page::With::confirm_route;
    case Routes::Kind::magic_page: return Page::With::magic_sign_in_route;
    case Routes::Kind::account_pages: return Page::With::account_routes;
    default: return std::nullopt;
  }
}
std::string path_of(const Routes::Entry& entry, const Page& page) {
  switch (entry.kind) {
    case Routes::Kind::confirm_page:
    case Routes::Kind::magic_page: return entry.path;
    case Routes::Kind::account_pages: return entry.path + page.path;
    default: return page.path;
  }
}

// The pages of rooms that `entry` mounts; `entries` are all of its Routes.
template <class Use>
void for_each_page(const Routes::Entry& entry, const std::vector<Routes::Entry>& entries,
                   const std::vector<Subject>& subjects, const Use& use) {
  const auto with = room_pages_of(entry);
  if (!with) return;
  for (const auto& subject : subjects) {
    if (!is_of(entry, subject.name)) continue;
    for (const auto& strategy : subject.strategies) {
      if (!is_chosen(entry, strategy.name) || !has_phases(entries, subject.name, strategy.name)) continue;
      for (const auto& page : strategy.pages)
        if (page.with == *with) use(subject, strategy, page);
    }
  }
}

template <class Use>
void for_each_phase(const Routes::Entry& entry, const std::vector<Subject>& subjects, const Use& use) {
  const bool web = entry.controller->takes_cookies();
  for (const auto& subject : subjects) {
    if (!is_of(entry, subject.name)) continue;
    for (const auto& strategy : subject.strategies) {
      if (!is_chosen(entry, strategy.name)) continue;
      for (const auto& phase : strategy.phases)
        if (web ? phase.web : phase.api)
          use(subject, strategy, phase, entry.path + "/" + subject.name.text() + "/" + strategy.name + phase.path);
    }
  }
}

bool has_panel(const Subject& subject, Panel::Place place) {
  for (const auto& strategy : subject.strategies)
    for (const auto& panel : strategy.panels)
      if (panel.place == place) return true;
  return false;
}

// No link leads to a page that would be empty, such as the register page when no strategy registers.
bool shows_something(const Routes::Entry& entry, const std::vector<Subject>& subjects,
                     const std::optional<Panel::Place>& place) {
  if (!place || *place == Panel::Place::sign_in || *place == Panel::Place::account) return true;
  return std::any_of(subjects.begin(), subjects.end(),
                     [&](const Subject& subject) { return is_of(entry, subject.name) && has_panel(subject, *place); });
}

void add_addresses(Addresses& addresses, const Routes::Entry& entry, const std::vector<Routes::Entry>& entries,
                   const std::vector<Subject>& subjects) {
  const auto& base = addresses.base();
  if (const auto* kind = page_kind(entry.kind); kind != nullptr && shows_something(entry, subjects, kind->place))
    addresses.add_page({.page = kind->page, .subject = whose(entry), .path = base + entry.path});
  for_each_page(entry, entries, subjects, [&](const Subject& subject, const Strategy&, const Page& page) {
    addresses.add_link_page({.declared = page.path, .subject = subject.name, .path = base + path_of(entry, page)});
  });
  if (entry.kind != Routes::Kind::phases) return;
  if (!entry.controller->takes_cookies()) return addresses.add_api_mount(base + entry.path);
  addresses.add_web_mount(base + entry.path, entry.controller);
  for_each_phase(entry, subjects,
                 [&](const Subject& subject, const Strategy& strategy, const Phase& phase, const std::string& path) {
                   addresses.add_phase(
                       {.subject = subject.name, .strategy = strategy.name, .phase = phase.name, .path = base + path});
                 });
}

http::Response asset_response(Auth& auth, const http::Request& request, const PathParams& params) {
  auto& core = engine::core_of(auth);
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
  auto state = start_conn(nullptr, Arrival{request}, nullptr, false);
  state->core = &core;
  return finish(*state, std::move(response));
}

// `prompt=login` (OpenID Connect Core section 3.1.2.1): who is signed in shall sign in once more.
bool may_be_signed_in(Auth& auth, const Arrival& arrival, const SubjectName& subject) {
  const auto state = start_conn(&auth, arrival, nullptr, true);
  if (const auto& sent = state->read_fields(); !sent || sent->find({"prompt"}) == "login") return false;
  return !std::holds_alternative<GuardRefused>(
      auth.authenticate(state->view(), GuardKind::session, state->realm(subject)));
}

// Nullopt: nobody is signed in whose account can be loaded, so the guards would send them here again.
std::optional<Response> lead_on(Auth& auth, Conn& conn, const SubjectName& subject) {
  auto& state = engine::state_of(conn);
  const auto claims = settle(state, GuardKind::session, subject);
  if (!claims || !*claims) return std::nullopt;
  const auto user = auth.load(**claims, state.tenant());
  if (!user || !*user) return std::nullopt;
  return conn.redirect(conn.return_to_or(state.addresses->home()));
}

// The public keys that verify tokens. Whoever keeps it for max-age still knows the next key before that signs.
http::Response key_set_response(Auth& auth, const Arrival& arrival) {
  const auto& keys = engine::core_of(auth).signing_keys;
  http::Response response;
  if (const auto known = keys.known(); known->jwks.empty()) {
    response.status = 503;
    response.headers.add("Retry-After", "1");
  } else {
    response = {.status = 200, .content_type = "application/jwk-set+json", .body = known->jwks};
    response.headers.add("ETag", known->etag);
    response.headers.add("Cache-Control", "public, max-age=" + std::to_string(tokens::key_set_max_age.count()));
    if (arrival.request.headers.single("If-None-Match") == known->etag) {
      response.status = 304;
      response.body.clear();
      response.content_type.clear();
    }
  }
  auto state = start_conn(&auth, arrival, nullptr, false);
  return finish(*state, std::move(response));
}

class Building {
 public:
  explicit Building(const Routes& routes)
      : auth_(&routes.auth()), core_(engine::core_of(*auth_)), entries_(routes.entries()) {
    Addresses addresses(core_.base.path);
    for (const auto& entry : entries_) add_addresses(addresses, entry, entries_, core_.subjects);
    table_.addresses = std::make_shared<const Addresses>(std::move(addresses));
  }

  void add(const Routes::Entry& entry) {
    if (entry.kind == Routes::Kind::phases) add_phases(entry);
    if (const auto* kind = page_kind(entry.kind)) add_page(entry, *kind);
    add_room_pages(entry);
  }

  RouteTable take() { return std::move(table_); }

 private:
  using Answer = std::function<http::Response(const Arrival&, const PathParams&)>;

  MountedRoute& add_route(std::vector<http::Method> methods, const std::string& path, std::string description) {
    table_.routes.push_back(
        {.methods = std::move(methods), .path = PathPattern(path), .description = std::move(description)});
    return table_.routes.back();
  }
  void add_here(const std::string& path, std::string_view description, Answer answer) {
    add_route({reading}, path, std::string(description)).begin =
        [answer = std::move(answer)](const Arrival& arrival, const PathParams& params) -> Begun {
      return answer(arrival, params);
    };
  }
  void add_in_pool(std::vector<http::Method> methods, const std::string& path, std::string_view description,
                   Answer answer, Cost cost = Cost::database) {
    add_route(std::move(methods), path, std::string(description)).begin =
        [auth = auth_, addresses = table_.addresses, answer = std::move(answer), cost](const Arrival& arrival,
                                                                                       PathParams params) -> Begun {
      return blocking(auth, cost, arrival.request, addresses,
                      [answer, arrival, params = std::move(params)] { return answer(arrival, params); });
    };
  }

  void add_phases(const Routes::Entry& entry) {
    for_each_phase(entry, core_.subjects,
                   [&](const Subject& subject, const Strategy& strategy, const Phase& phase, const std::string& path) {
                     auto& route = add_route(phase.methods, path, phase.description);
                     route.subject = &subject;
                     route.strategy = &strategy;
                     route.phase = &phase;
                     route.begin = [target = PhaseTarget{auth_, entry.controller, table_.addresses, &subject, &strategy,
                                                         &phase}](const Arrival& arrival, PathParams params) -> Begun {
                       return blocking(target.auth, target.phase->cost, arrival.request, target.addresses,
                                       [target, arrival, params = std::move(params)] {
                                         return run_phase(target, arrival, params);
                                       });
                     };
                   });
    add_key_set();
    if (entry.controller->takes_cookies()) add_well_known(entry);
    if (entry.controller->takes_cookies())
      add_here(entry.path + "/assets/:hash/:file", "Style, script or icon",
               [auth = auth_](const Arrival& arrival, const PathParams& params) {
                 return asset_response(*auth, arrival.request, params);
               });
    else
      add_sign_out(entry.path + "/sign_out", *entry.controller);
    if (!entry.controller->takes_cookies() && core_.options.tokens.introspection)
      add_in_pool({posting}, entry.path + "/introspect", "Says whether a token is good (RFC 7662)",
                  [auth = auth_](const Arrival& arrival, const PathParams&) { return introspect(*auth, arrival); });
  }

  // One for the application. It is in memory, unless nothing reads the keys in the background.
  void add_key_set() {
    if (!core_.signing_keys.is_used() || std::exchange(has_key_set_, true)) return;
    add_route({reading}, "/.well-known/jwks.json", "The public keys that verify tokens").begin =
        [auth = auth_, addresses = table_.addresses](const Arrival& arrival, PathParams) -> Begun {
      if (engine::core_of(*auth).signing_keys.is_fresh()) return key_set_response(*auth, arrival);
      return blocking(auth, Cost::database, arrival.request, addresses, [auth, arrival] {
        if (const auto read = engine::core_of(*auth).signing_keys.refresh(); !read)
          engine::core_of(*auth).logger.warning("signing_keys_not_read", {{"reason", read.error().reason}});
        return key_set_response(*auth, arrival);
      });
    };
  }

  // One route for all strategies and subjects that declare a document of the same name.
  void add_well_known(const Routes::Entry& entry) {
    std::map<std::string, std::vector<const WellKnown*>> by_name;
    for (const auto& subject : core_.subjects)
      for (const auto& strategy : subject.strategies)
        if (is_of(entry, subject.name) && is_chosen(entry, strategy.name))
          for (const auto& document : strategy.well_known) by_name[document.name].push_back(&document);
    for (const auto& [name, documents] : by_name)
      add_here("/.well-known/" + name, documents.front()->description,
               [auth = auth_, documents](const Arrival& arrival, auto&) {
                 const auto& services = engine::core_of(*auth).services;
                 http::Response response{.status = 404};
                 for (const auto* document : documents) {
                   const auto json = document->document(services, arrival.place.tenant);
                   if (!json) continue;
                   response = {.status = 200, .content_type = "application/json", .body = json->text()};
                   break;
                 }
                 auto state = start_conn(auth, arrival, nullptr, false);
                 return finish(*state, std::move(response));
               });
  }

  void add_page(const Routes::Entry& entry, const PageKind& kind) {
    const auto subject = whose(entry);
    if (kind.page == PageName::sign_out) {
      add_here(entry.path, kind.description,
               [auth = auth_, addresses = table_.addresses](const Arrival& arrival, auto&) {
                 return sign_out_page(*auth, addresses, arrival);
               });
      return add_sign_out(entry.path, *entry.controller);
    }
    if (kind.page == PageName::account) {
      add_in_pool({reading}, entry.path, kind.description,
                  [auth = auth_, addresses = table_.addresses, subject](const Arrival& arrival, auto&) {
                    return account_page(*auth, addresses, arrival, subject);
                  });
      // Where a password manager asks: at the root of the host, whatever base_url's path is (W3C "A Well-Known URL for
      // Changing Passwords").
      return add_here("/.well-known/change-password", "Leads to the account",
                      [to = core_.base.path + entry.path](const Arrival&, auto&) {
                        http::Response response{.status = 302};
                        response.headers.add("Location", to);
                        return response;
                      });
    }
    const bool leads_on = kind.page == PageName::sign_in || kind.page == PageName::register_;
    add_composed(entry.path, kind.description, *kind.place, subject, leads_on ? only_subject(subject) : SubjectName());
  }

  // Whose page it is when it is one subject's.
  SubjectName only_subject(const SubjectName& shown) const {
    if (!shown.empty() || core_.subjects.size() != 1) return shown;
    return core_.subjects.front().name;
  }

  // Where people sign in: who is signed in already is led on, and so is a browser that is remembered. That takes a
  // query, so everyone else is answered here.
  void add_composed(const std::string& path, std::string_view description, Panel::Place place, const SubjectName& shown,
                    const SubjectName& leads_on) {
    add_route({reading}, path, std::string(description)).begin =
        [auth = auth_, addresses = table_.addresses, place, shown, leads_on](const Arrival& arrival, auto&&) -> Begun {
      const auto page = [auth, addresses, place, shown](const Arrival& at, const SubjectName& first_to) {
        Conn conn(start_conn(auth, at, addresses, true));
        auto& state = engine::state_of(conn);
        auto led = first_to.empty() ? std::nullopt : lead_on(*auth, conn, first_to);
        return finish(state, led ? *std::move(led) : compose(state, place, shown));
      };
      if (leads_on.empty() || !may_be_signed_in(*auth, arrival, leads_on)) return page(arrival, {});
      return blocking(auth, Cost::database, arrival.request, addresses,
                      [arrival, leads_on, page] { return page(arrival, leads_on); });
    };
  }

  void add_sign_out(const std::string& path, Controller& controller) {
    add_in_pool({posting, http::Method::delete_}, path, "Signs out",
                [auth = auth_, addresses = table_.addresses, to = &controller](const Arrival& arrival, auto&) {
                  return run_sign_out(*auth, *to, addresses, arrival);
                });
  }

  // One route for all strategies and subjects that share a path.
  void add_room_pages(const Routes::Entry& entry) {
    std::map<std::string, std::vector<PageOf>> by_path;
    for_each_page(
        entry, entries_, core_.subjects, [&](const Subject& subject, const Strategy& strategy, const Page& page) {
          by_path[path_of(entry, page) + (page.has_token ? "/:token" : "")].push_back({&subject, &strategy, &page});
        });
    for (auto& [path, sharing] : by_path) {
      const auto& first = *sharing.front().page;
      add_in_pool(
          {reading}, path, first.description.empty() ? "Page of a mailed link" : first.description,
          [auth = auth_, addresses = table_.addresses, pages = sharing](const Arrival& arrival,
                                                                        const PathParams& params) {
            Conn conn(start_conn(auth, arrival, addresses, true));
            const auto token = params.find("token");
            return finish(engine::state_of(conn),
                          room_page(engine::state_of(conn), pages, token == params.end() ? "" : token->second));
          },
          // Who is signed in may have to be asked for, which blocks.
          first.cost == Cost::none ? Cost::database : first.cost);
    }
  }

  Auth* auth_;
  Core& core_;
  const std::vector<Routes::Entry>& entries_;
  RouteTable table_{};
  bool has_key_set_ = false;
};

}  // namespace

RouteTable make_route_table(const Routes& routes) {
  Building building(routes);
  for (const auto& entry : routes.entries()) building.add(entry);
  return building.take();
}

Addresses standard_addresses(const std::string& base, const std::vector<Subject>& subjects) {
  Controller web;
  using Kind = Routes::Kind;
  std::vector<Routes::Entry> entries;
  for (const auto kind : {Kind::phases, Kind::sign_in_page, Kind::register_page, Kind::reset_page, Kind::confirm_page,
                          Kind::magic_page, Kind::sign_out, Kind::account_pages})
    entries.push_back({.kind = kind, .path = Routes::standard_path(kind), .controller = &web});
  Addresses addresses(base);
  for (const auto& entry : entries) add_addresses(addresses, entry, entries, subjects);
  return addresses;
}

}  // namespace rowan::engine

namespace rowan {

std::string Routes::standard_path(Kind kind) {
  switch (kind) {
    case Kind::phases: return "/auth";
    case Kind::sign_in_page: return "/sign-in";
    case Kind::register_page: return "/register";
    case Kind::reset_page: return "/reset";
    case Kind::confirm_page: return "/confirm_new_user";
    case Kind::magic_page: return "/magic_link";
    case Kind::sign_out: return "/sign-out";
    case Kind::account_pages: return "/account";
  }
  return "/";
}

std::vector<RouteLine> standard_routes(Auth& auth) {
  Controller web;
  ApiController api;
  auto lines = routes(auth).auth_routes(web).auth_routes(api, {.path = "/api/auth"}).lines();
  std::erase_if(lines, [](const RouteLine& line) { return line.phase.empty(); });
  return lines;
}

std::vector<RouteLine> Routes::lines() const {
  std::vector<RouteLine> lines;
  for (const auto& route : engine::make_route_table(*this).routes)
    for (const auto method : route.methods)
      lines.push_back({.method = method,
                       .path = engine::core_of(auth()).base.path + route.path.text(),
                       .subject = route.subject == nullptr ? SubjectName() : route.subject->name,
                       .strategy = route.strategy == nullptr ? "" : route.strategy->name,
                       .phase = route.phase == nullptr ? "" : route.phase->name,
                       .description = route.description,
                       .inputs = route.phase == nullptr ? std::vector<Input>() : route.phase->inputs});
  return lines;
}

}  // namespace rowan
