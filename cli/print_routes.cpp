#include <algorithm>
#include <cli/print_routes.hpp>
#include <rowan/engine/core.hpp>
#include <set>

namespace rowan::cli {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

class Listing {
 public:
  explicit Listing(Auth& auth) : core_(auth.core()) {}

  void add_phases(const std::string& mount, bool web, const Routes::Entry& chosen) {
    for (const auto& subject : core_.subjects)
      for (const auto& strategy : subject.strategies) {
        if ((!chosen.only.empty() && !contains(chosen.only, strategy.name)) || contains(chosen.except, strategy.name))
          continue;
        for (const auto& phase : strategy.phases) {
          if (!(web ? phase.web : phase.api)) continue;
          for (const auto method : phase.methods)
            lines_.push_back({.method = std::string(name_of(method)),
                              .path = core_.base.path + mount + "/" + subject.name + "/" + strategy.name + phase.path,
                              .strategy = strategy.name,
                              .phase = phase.name,
                              .description = phase.description,
                              .inputs = phase.inputs,
                              .subject = subject.name});
        }
      }
  }
  void add(std::string method, const std::string& path, std::string description) {
    lines_.push_back(
        {.method = std::move(method), .path = core_.base.path + path, .description = std::move(description)});
  }
  void add_token_pages(TokenPage::With with, const std::string& chosen) {
    std::set<std::string> seen;  // several may share one
    for (const auto& subject : core_.subjects)
      for (const auto& strategy : subject.strategies)
        for (const auto& page : strategy.token_pages)
          if (page.with == with && seen.insert(page.path).second)
            add("GET", (chosen.empty() ? page.path : chosen) + "/:token", "Page of a mailed link");
  }
  void add_entry(const Routes::Entry& entry) {
    using Kind = Routes::Kind;
    switch (entry.kind) {
      case Kind::phases: {
        const bool web = entry.controller->takes_cookies();
        add_phases(entry.path, web, entry);
        if (web) add_token_pages(TokenPage::With::auth_routes, {});
        if (!web) add_sign_out(entry.path + "/sign_out");
        break;
      }
      case Kind::sign_in_page: add("GET", entry.path, "Page: sign in"); break;
      case Kind::register_page: add("GET", entry.path, "Page: create an account"); break;
      case Kind::reset_page:
        add("GET", entry.path, "Page: ask for a new password");
        add_token_pages(TokenPage::With::reset_route, {});
        break;
      case Kind::sign_out:
        add("GET", entry.path, "Page: sign out");
        add_sign_out(entry.path);
        break;
      case Kind::account_pages: add("GET", entry.path, "Page: the account"); break;
      case Kind::confirm_page: add_token_pages(TokenPage::With::confirm_route, entry.path); break;
      case Kind::magic_page: add_token_pages(TokenPage::With::magic_sign_in_route, entry.path); break;
    }
  }
  std::vector<RouteLine> take() { return std::move(lines_); }

 private:
  void add_sign_out(const std::string& path) {
    add("POST", path, "Signs out");
    add("DELETE", path, "Signs out");
  }
  engine::Core& core_;
  std::vector<RouteLine> lines_{};
};

std::string_view kind_name(Input::Kind kind) {
  switch (kind) {
    case Input::Kind::text: return "text";
    case Input::Kind::email: return "email";
    case Input::Kind::password: return "password";
    case Input::Kind::flag: return "flag";
    case Input::Kind::token: return "token";
    case Input::Kind::integer: return "integer";
    case Input::Kind::json: return "json";
    case Input::Kind::flow: return "flow";
  }
  return "text";
}

std::string field_name(const RouteLine& line, const Input& input) {
  return input.top_level ? input.name : line.subject + "[" + input.name + "]";
}

}  // namespace

std::vector<RouteLine> list_routes(Auth& auth, const Routes* routes) {
  Listing listing(auth);
  if (routes != nullptr) {
    for (const auto& entry : routes->entries()) listing.add_entry(entry);
  } else {
    listing.add_phases("/auth", true, {});
    listing.add_phases("/api/auth", false, {});
  }
  return listing.take();
}

std::string routes_as_text(const std::vector<RouteLine>& lines) {
  std::size_t widest = 0;
  for (const auto& line : lines) widest = std::max(widest, line.path.size());
  std::string text;
  for (const auto& line : lines) {
    text += line.method + std::string(line.method.size() < 8 ? 8 - line.method.size() : 1, ' ') + line.path +
            std::string(widest - line.path.size() + 2, ' ');
    if (line.strategy.empty()) {
      text += line.description;
    } else {
      text += line.strategy + "." + line.phase;
      for (std::size_t i = 0; i < line.inputs.size(); ++i)
        text += (i == 0 ? "  " : ", ") + line.inputs[i].name + (line.inputs[i].required ? "" : "?");
    }
    text += "\n";
  }
  return text;
}

Json routes_as_json(const std::vector<RouteLine>& lines) {
  std::vector<Json> list;
  for (const auto& line : lines) {
    std::vector<Json> fields;
    for (const auto& input : line.inputs)
      fields.push_back({{"name", field_name(line, input)},
                        {"kind", kind_name(input.kind)},
                        {"required", input.required},
                        {"max_bytes", input.max_bytes},
                        {"description", input.description}});
    list.push_back({{"method", line.method},
                    {"path", line.path},
                    {"strategy", line.strategy.empty() ? Json(nullptr) : Json(line.strategy)},
                    {"phase", line.phase.empty() ? Json(nullptr) : Json(line.phase)},
                    {"description", line.description},
                    {"fields", fields}});
  }
  return Json(list);
}

}  // namespace rowan::cli
