#include <rowan/base/utf8.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/webauthn/inputs.hpp>

namespace rowan::strategies::webauthn {

namespace {

// A statement with certificates takes up to some ten thousand characters.
constexpr std::size_t most_credential_bytes = 32 * 1024, longest_label = 50;

Input member(std::string name, std::string description) {
  return {.name = std::move(name),
          .kind = Input::Kind::json,
          .required = false,
          .max_bytes = most_credential_bytes,
          .description = std::move(description)};
}

}  // namespace

std::vector<Input> credential_inputs() {
  return {member("credential", "What navigator.credentials answered: its toJSON(), or the text of that"),
          member("id", "Instead of `credential`: its members. The credential's id"),
          member("rawId", "The same id"),
          member("type", "public-key"),
          member("response", "What the authenticator answered"),
          member("clientExtensionResults", "What the browser says of extensions")};
}

Result<std::string> credential_text(const PhaseContext& context) {
  if (const auto* whole = context.inputs.json("credential")) {
    const auto text = whole->as_text();
    if (!text) return whole->text();
    if (!text->empty()) return std::string(*text);
  }
  if (context.inputs.json("response") == nullptr) return wrong_field("credential", "required");
  std::vector<std::pair<std::string, Json>> members;
  for (const auto* name : {"id", "rawId", "type", "response", "clientExtensionResults"})
    if (const auto* value = context.inputs.json(name)) members.emplace_back(name, *value);
  return Json::object(members).text();
}

Input label_input() {
  return {.name = "label", .required = false, .max_bytes = 200, .description = "The owner's name for it"};
}

Result<std::string> label_of(const PhaseContext& context) {
  auto text = context.inputs.text("label");
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::string();
  text = text.substr(begin, text.find_last_not_of(' ') - begin + 1);
  if (count_code_points(text) <= longest_label) return std::string(text);
  return Error{.code = ErrorCode::invalid_input,
               .reason = "label: too_long",
               .fields = {{.field = "label", .code = "too_long", .limit = longest_label}}};
}

}  // namespace rowan::strategies::webauthn
