#include <rowan/engine/parts/rate_limit_count.hpp>

namespace rowan {

protection::Count count_of(std::string_view strategy, const RateLimit& limit, const Realm& realm, std::string value) {
  // Letter case must not multiply the attempts.
  if (limit.per == RateLimit::Per::identifier)
    if (const auto address = EmailAddress::parse(value)) value = address->key().text();
  const auto of_strategy = limit.across_strategies ? std::string_view() : strategy;
  return {.scope = limit.name,
          .value = std::string(of_strategy) + "|" + realm.key() + "|" + value,
          .max = limit.max,
          .window = limit.window,
          .over = limit.over,
          .gate = limit.per == RateLimit::Per::client};
}

}  // namespace rowan
