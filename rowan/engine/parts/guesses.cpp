#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/hooks.hpp>
#include <rowan/engine/parts/guesses.hpp>
#include <rowan/engine/spine.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan {

namespace {

// An address that no account has keeps no series: its rows would stay for as long as a lock does.
constexpr std::chrono::minutes life_of_unknown{15};

// A sign-in that waits lives no longer.
constexpr std::chrono::minutes life_of_flow{15};

struct Counts {
  protection::Count window{}, series{};
};

Counts counts_of(const GuessLimits& limits, const Realm& realm, const std::string& who, bool is_known) {
  const auto value = realm.key() + "|" + who;
  const auto lock = is_known ? limits.lock : std::min<std::chrono::seconds>(limits.lock, life_of_unknown);
  return {.window = {.scope = limits.name + "/window",
                     .value = value,
                     .max = limits.max,
                     .window = limits.window,
                     .over = limits.over},
          .series = {.scope = limits.name + "/series",
                     .value = value,
                     .max = limits.consecutive,
                     .window = lock,
                     .over = protection::OverLimit::lock}};
}

protection::Count of_flow(const GuessLimits& limits, const PhaseContext& context) {
  return {.scope = limits.name + "/flow",
          .value = context.realm.key() + "|" + context.pending->id,
          .max = limits.per_flow,
          .window = life_of_flow,
          .over = protection::OverLimit::wrong_credential};
}

// What is counted together, for hooks: of one secret, and of strangers or of one known browser.
std::string counted_as(const GuessLimits& limits, const Realm& realm, const std::string& who) {
  return limits.name + "|" + realm.key() + "|" + who;
}

Result<> ask_before(const PhaseContext& context, std::string_view counted_as) {
  const auto& spine = engine_spine(context.services);
  if (!spine.limits.is_enabled()) return {};
  for (const auto* hooks : spine.hooks_of(context.realm.subject)) {
    if (!hooks->before_guess) continue;
    ROWAN_TRY(const bool goes_on, hooks->before_guess(context.services, counted_as));
    if (!goes_on) return Error{.code = ErrorCode::authentication_failed, .reason = "locked: a hook refuses guesses"};
  }
  return {};
}

Result<> forget_counted(Transaction& transaction, const Services& services, const SubjectName& subject,
                        std::string_view counted_as) {
  for (const auto* hooks : engine_spine(services).hooks_of(subject))
    if (hooks->on_guesses_forgotten) ROWAN_CHECK(hooks->on_guesses_forgotten(transaction, services, counted_as));
  return {};
}

std::string at_device(AccountId account, std::string_view device) {
  return account.text() + " " + tokens::device_hash(device);
}

}  // namespace

Result<Guess> count_guess(const PhaseContext& context, const GuessLimits& limits, const GuessTarget& target) {
  if (context.trusted) return Guess{};
  const bool is_known = !target.account.is_nil();
  const auto who = !is_known                  ? "address " + target.address_key.text()
                   : target.from_known_device ? at_device(target.account, context.visitor.device)
                                              : target.account.text();
  const auto counts = counts_of(limits, context.realm, who, is_known);
  std::vector<protection::Count> all{counts.window, counts.series};
  Guess guess{.give_back = {counts.window},
              .clear = {counts.series},
              .subject = context.realm.subject,
              .counted_as = counted_as(limits, context.realm, who)};
  if (context.notes != nullptr) context.notes->guessed_at = target.account;
  // What is refused here is not counted: it brings no account nearer to its lock.
  ROWAN_CHECK(ask_before(context, guess.counted_as));
  if (context.pending && limits.per_flow > 0) {
    // Counts go by the order of their names: a flow that is spent costs the account no more guesses.
    all.push_back(of_flow(limits, context));
    guess.give_back.push_back(all.back());
  }
  ROWAN_CHECK(engine_spine(context.services).limits.attempt(all));
  if (context.notes != nullptr) {
    guess.noted = context.notes->guess;
    *guess.noted = guess.counted_as;
  }
  return guess;
}

GuessLimits limits_of_second_factor(std::string name, std::int64_t per_account, std::int64_t per_flow) {
  return {.name = std::move(name),
          .max = per_account,
          .window = std::chrono::minutes(15),
          .consecutive = 100,
          .lock = std::chrono::days(1),
          .per_flow = per_flow};
}

Result<Guess> count_second_factor(const PhaseContext& context, const GuessLimits& limits, AccountId account,
                                  bool from_known_device) {
  const bool is_program_of_account = context.claims && !context.pending && context.visitor.device.empty();
  return count_guess(
      context, limits,
      {.account = account, .address_key = {}, .from_known_device = from_known_device || is_program_of_account});
}

Result<> forgive_guess(Transaction& transaction, const Services& services, const Guess& guess) {
  for (const auto& count : guess.give_back) ROWAN_CHECK(engine_spine(services).limits.forgive(transaction, count));
  for (const auto& count : guess.clear) ROWAN_CHECK(engine_spine(services).limits.clear(transaction, count));
  if (guess.noted) guess.noted->clear();
  return guess.counted_as.empty() ? Result<>() : forget_counted(transaction, services, guess.subject, guess.counted_as);
}

Result<> end_lock(Transaction& transaction, const Services& services, const GuessLimits& limits, const Realm& realm,
                  AccountId account, std::string_view device) {
  const auto clear = [&](const std::string& who) -> Result<> {
    const auto counts = counts_of(limits, realm, who, true);
    ROWAN_CHECK(engine_spine(services).limits.clear(transaction, counts.window));
    ROWAN_CHECK(engine_spine(services).limits.clear(transaction, counts.series));
    return forget_counted(transaction, services, realm.subject, counted_as(limits, realm, who));
  };
  ROWAN_CHECK(clear(account.text()));
  return device.empty() ? Result<>() : clear(at_device(account, device));
}

}  // namespace rowan
