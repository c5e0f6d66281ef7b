#pragma once
// Not installed. The room that oauth2 and oidc are: its phases, panels and letters around an IdentitySource.
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/person.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>

namespace rowan::strategies::oauth2 {

struct Room {
  std::string name{}, label{}, icon{};
  ResponseMode response_mode = ResponseMode::query;
  bool name_in_answer = false;
  ProviderAccounts accounts{};
  ProviderLimits limits{};
  std::shared_ptr<IdentitySource> source{};
  /// Whose the rows are of sign-ins that wait, where one strategy has many providers; empty: `name`.
  std::string waits_as{};
  std::string confirm_page = "oauth2/confirm.html";  // where a mailed code is entered
  const std::string& waiting_name() const { return waits_as.empty() ? name : waits_as; }
};

/// What the options of every kind of provider say alike.
template <class Options>
Room room_of(Options options, std::shared_ptr<IdentitySource> source) {
  return {.name = std::move(options.name),
          .label = std::move(options.label),
          .icon = std::move(options.icon),
          .response_mode = options.request.response_mode,
          .name_in_answer = options.request.name_in_answer,
          .accounts = std::move(options.accounts),
          .limits = options.limits,
          .source = std::move(source)};
}

Strategy strategy_of(Room room);

}  // namespace rowan::strategies::oauth2
