#pragma once
// What phases are made of, so that each strategy says only what is its own.
#include <algorithm>
#include <rowan/engine/strategy.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan {

inline Input email_input(std::string description) {
  return {.name = "email", .kind = Input::Kind::email, .max_bytes = 320, .description = std::move(description)};
}

/// What binds a phase to the request before it. Not required: who comes without one is told nothing more.
inline Input flow_input(bool required) {
  return {.name = "flow",
          .kind = Input::Kind::flow,
          .required = required,
          .max_bytes = 64,
          .description = "What the request answered"};
}

inline Input token_input(std::string name, std::string description, std::size_t max_bytes = 256) {
  return {.name = std::move(name),
          .kind = Input::Kind::token,
          .max_bytes = max_bytes,
          .description = std::move(description)};
}

inline Input remember_me_input() {
  return {.name = "remember_me",
          .kind = Input::Kind::flag,
          .required = false,
          .max_bytes = 8,
          .description = "Stay signed in on this device"};
}

/// Attempts of one client in five minutes.
inline RateLimit per_client(const std::string& phase, std::int64_t max) {
  return {.name = phase + "/client", .per = RateLimit::Per::client, .max = max, .window = std::chrono::minutes(5)};
}

/// Phase::run of an action that takes the room's options: `action(context, *options)` answers any kind of outcome.
template <class Options, class Action>
auto running(std::shared_ptr<const Options> options, Action action) {
  return [options = std::move(options), action](const PhaseContext& context) -> Result<Outcome> {
    auto outcome = action(context, *options);
    if (!outcome) return std::move(outcome).error();
    return Outcome(*std::move(outcome));
  };
}

/// One public answer; the reason is for the log.
inline Error wrong_credential(std::string reason) {
  return {.code = ErrorCode::authentication_failed, .reason = std::move(reason)};
}

/// `invalid_input` for one field.
inline Error wrong_field(std::string field, std::string code) {
  return {.code = ErrorCode::invalid_input,
          .reason = field + ": " + code,
          .fields = {{.field = std::move(field), .code = std::move(code)}}};
}

/// Whether this visitor caused the mailed link: in this browser, whichever of its tabs it was.
inline bool caused(const PhaseContext& context, const tokens::Link& link) {
  const auto& flows = context.inputs.flows();
  return std::ranges::any_of(flows, [&](const std::string& flow) { return link.is_of_flow(flow); });
}

/// A member's text; empty when there is none.
inline std::string text_of(const Json& data, std::string_view name) {
  const auto value = data.find(name);
  return std::string(value ? value->as_text().value_or("") : "");
}

}  // namespace rowan
