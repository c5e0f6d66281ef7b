#include <algorithm>
#include <charconv>
#include <rowan/base/email_address.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/engine/phases/read_inputs.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan {

std::string_view Inputs::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

bool Inputs::flag(std::string_view name) const {
  const auto value = text(name);
  return value == "true" || value == "1" || value == "on" || value == "yes";
}

std::optional<std::int64_t> Inputs::integer(std::string_view name) const {
  const auto value = text(name);
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || failed != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

const Json* Inputs::json(std::string_view name) const {
  const auto found = documents_.find(name);
  return found == documents_.end() ? nullptr : &found->second;
}

}  // namespace rowan

namespace rowan::engine {

namespace {

std::optional<std::string_view> sent(const Input& input, const http::Fields& fields, std::string_view subject) {
  if (input.top_level) return fields.find({input.name});
  if (input.kind == Input::Kind::flow)
    if (const auto top = fields.find({input.name})) return top;
  if (const auto nested = fields.find({subject, input.name})) return nested;
  // Tokens may stand at the top as well: {"token":"…"} (docs/http_contract.md#routes).
  return input.kind == Input::Kind::token ? fields.find({input.name}) : std::nullopt;
}

std::optional<std::string_view> in_path(const Input& input,
                                        const std::map<std::string, std::string, std::less<>>& path) {
  const auto found = path.find(input.name);
  return found == path.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

// The one that is named comes first. Another one is not taken for it: nothing is, when the browser no longer has it.
// Another site's page that names none is bound to nothing: leaving the name out must not be better than a wrong one.
std::vector<std::string> meant(const std::vector<std::string>& flows, std::optional<std::string_view> id,
                               bool cross_site) {
  if (!id || id->empty()) return cross_site ? std::vector<std::string>() : flows;
  auto ordered = flows;
  const auto named = std::ranges::find(ordered, *id, &tokens::id_of_flow);
  if (named == ordered.end()) return {};
  std::rotate(ordered.begin(), named, named + 1);
  return ordered;
}

std::optional<std::string> fault_of(const Input& input, std::string_view value) {
  if (input.kind == Input::Kind::email && !EmailAddress::parse(value)) return "invalid";
  if (input.kind == Input::Kind::text && has_control_characters(value)) return "invalid";
  if (input.kind == Input::Kind::integer) {
    Inputs one;
    one.set("n", std::string(value));
    if (!one.integer("n")) return "invalid";
  }
  return std::nullopt;
}

}  // namespace

Result<Inputs> read_inputs(const Phase& phase, const http::Fields& fields, std::string_view subject,
                           const OtherInputs& others) {
  Inputs inputs;
  std::vector<FieldError> wrong;
  for (const auto& input : phase.inputs) {
    if (input.kind == Input::Kind::json) {
      const auto document = input.top_level ? fields.json({input.name}) : fields.json({subject, input.name});
      if (document)
        inputs.set_json(input.name, *document);
      else if (input.required)
        wrong.push_back({.field = input.name, .code = "required"});
      continue;
    }
    if (input.kind == Input::Kind::flow && others.browser_flows != nullptr) {
      inputs.set_flows(input.name, meant(*others.browser_flows, fields.find({input.flow_id}), phase.cross_site));
      continue;
    }
    const auto value =
        input.in_path && others.path != nullptr ? in_path(input, *others.path) : sent(input, fields, subject);
    if (!value || value->empty()) {
      if (input.required) wrong.push_back({.field = input.name, .code = "required"});
      continue;
    }
    if (value->size() > input.max_bytes) {
      wrong.push_back({.field = input.name, .code = "too_long", .limit = static_cast<std::int64_t>(input.max_bytes)});
      continue;
    }
    if (const auto fault = fault_of(input, *value)) {
      wrong.push_back({.field = input.name, .code = *fault});
      continue;
    }
    if (input.kind == Input::Kind::flow)
      inputs.set_flows(input.name, {std::string(*value)});
    else
      inputs.set(input.name, std::string(*value));
  }
  if (!wrong.empty()) return Error{.code = ErrorCode::invalid_input, .reason = "fields", .fields = std::move(wrong)};
  return inputs;
}

std::map<std::string, std::string> typed_values(const Phase& phase, const http::Fields& fields,
                                                std::string_view subject) {
  std::map<std::string, std::string> values;
  for (const auto& input : phase.inputs)
    if (!input.secret() && input.kind != Input::Kind::json && input.kind != Input::Kind::flow)
      if (const auto value = sent(input, fields, subject); value && value->size() <= input.max_bytes)
        values.emplace(input.name, *value);
  return values;
}

}  // namespace rowan::engine
