#include <algorithm>
#include <cli/print_routes.hpp>

namespace rowan::cli {

namespace {

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
  return input.top_level ? input.name : line.subject.text() + "[" + input.name + "]";
}

}  // namespace

std::string routes_as_text(const std::vector<RouteLine>& lines) {
  std::size_t widest = 0;
  for (const auto& line : lines) widest = std::max(widest, line.path.size());
  std::string text;
  for (const auto& line : lines) {
    text += std::string(name_of(line.method)) +
            std::string(std::max<std::size_t>(8 - std::min<std::size_t>(name_of(line.method).size(), 8), 1), ' ') +
            line.path + std::string(widest - line.path.size() + 2, ' ');
    if (line.phase.empty()) {
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
    list.push_back({{"method", name_of(line.method)},
                    {"path", line.path},
                    {"strategy", line.strategy.empty() ? Json(nullptr) : Json(line.strategy)},
                    {"phase", line.phase.empty() ? Json(nullptr) : Json(line.phase)},
                    {"description", line.description},
                    {"fields", fields}});
  }
  return Json(list);
}

}  // namespace rowan::cli
