#include <rowan/base/try.hpp>
#include <rowan/engine/phases/token_content.hpp>
#include <rowan/tokens/extra_claims.hpp>

namespace rowan::engine {

Result<std::string> extra_claims_of(const Core& core, const User& user, const Json& more) {
  const auto& options = core.options.tokens;
  return tokens::extra_claims_text(
      std::vector{options.claims, options.claims_of ? options.claims_of(user) : Json({}), more});
}

Result<std::string> bearer_token_of(const Core& core, const Completion& completion) {
  auto extra = extra_claims_of(core, completion.user);
  // What claims_of answered is the application's mistake, and no input of a client's.
  if (!extra) return Error{.code = ErrorCode::internal, .reason = "tokens." + extra.error().reason};
  return core.bearers.issue(completion.claims, core.clock.now(), {.extra = *std::move(extra)});
}

}  // namespace rowan::engine
