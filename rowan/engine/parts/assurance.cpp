#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/assurance.hpp>

namespace rowan::engine {

namespace {

// One name for each strategy.
std::vector<std::string> in_order(std::vector<const Factor*> factors) {
  const auto last_used = [](const Factor& factor) { return factor.last_used_at.value_or(Timestamp()); };
  std::ranges::stable_sort(factors, [&](const Factor* a, const Factor* b) {
    const bool a_is_backup = a->use == Factor::Use::backup, b_is_backup = b->use == Factor::Use::backup;
    if (a_is_backup != b_is_backup) return b_is_backup;
    return last_used(*a) > last_used(*b);
  });
  std::vector<std::string> names;
  for (const auto* factor : factors)
    if (std::ranges::find(names, factor->strategy) == names.end()) names.push_back(factor->strategy);
  return names;
}

template <class Fits>
std::vector<const Factor*> those(const std::vector<Factor>& factors, const Fits& fits) {
  std::vector<const Factor*> found;
  for (const auto& factor : factors)
    if (fits(factor)) found.push_back(&factor);
  return found;
}

}  // namespace

Result<std::vector<Factor>> find_factors(const Core& core, const Subject& subject, SqlConnection& connection,
                                         AccountId account) {
  std::vector<Factor> all;
  for (const auto* hooks : core.hooks(subject)) {
    if (!hooks->factors) continue;
    ROWAN_TRY(auto some, hooks->factors(connection, core.services, account));
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

std::vector<std::string> factors_to_ask(const std::vector<Factor>& factors, const Methods& shown) {
  const auto kinds = shown.proves().kinds();
  if (kinds >= 2) return {};
  auto asked = those(factors, [&](const Factor& factor) {
    return factor.use == Factor::Use::second && (shown.proves() | factor.proves).kinds() > kinds;
  });
  if (asked.empty())
    asked = those(factors, [&](const Factor& factor) {
      return factor.use == Factor::Use::second && !shown.contains(factor.strategy);
    });
  if (asked.empty()) return {};
  std::ranges::copy(those(factors, [](const Factor& factor) { return factor.use == Factor::Use::backup; }),
                    std::back_inserter(asked));
  return in_order(std::move(asked));
}

std::vector<std::string> factors_to_step_up(const std::vector<Factor>& factors, const Methods& shown,
                                            const Assurance& needed) {
  const auto now = Timestamp::max();
  return in_order(those(factors, [&](const Factor& factor) {
    auto then = shown;
    then.put(factor.strategy, factor.proves, now);
    return is_enough(then, needed, now);
  }));
}

bool asks_after_others(const Strategy& strategy) {
  return strategy.hooks.factors && std::ranges::any_of(strategy.phases, [](const Phase& phase) {
           return phase.who == Who::pending || phase.who == Who::session_or_pending;
         });
}

std::vector<std::string> enrolling_strategies(const Subject& subject) {
  std::vector<std::string> names;
  for (const auto& strategy : subject.strategies)
    if (std::ranges::any_of(strategy.phases, [](const Phase& phase) { return phase.who == Who::session_or_enrolling; }))
      names.push_back(strategy.name);
  return names;
}

bool must_enrol(const Core& core, const User& user, Timestamp now) {
  const auto& policy = core.options.second_factor;
  if (!policy.required || !policy.required(user)) return false;
  return now >= std::max(policy.since, user.created_at) + policy.grace;
}

}  // namespace rowan::engine
