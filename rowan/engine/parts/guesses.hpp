#pragma once
// Guesses at a secret of an account (its password, its mailed codes): every place that asks for it counts here, so that
// two places give no more guesses than one (THR-01, THR-02). Browsers that signed in to the account before
// have a count of their own: a stranger's guesses do not lock them out (THR-04).
#include <chrono>
#include <rowan/base/email_address.hpp>
#include <rowan/engine/phase_context.hpp>
#include <rowan/protection/limit.hpp>

namespace rowan {

/// How many guesses at one secret are looked at. Declared by the room that keeps the secret, as Strategy::guesses.
struct GuessLimits {
  std::string name{};                                          // "password/secret"
  std::int64_t max = 10;                                       // within `window`; a right one is given back
  std::chrono::seconds window{300};                            //
  protection::OverLimit over = protection::OverLimit::refuse;  // what more than `max` are answered
  std::int64_t consecutive = 100;                              // wrong ones in a row: then none is looked at
  std::chrono::seconds lock = std::chrono::days(365);          // for so long, or until another way in is used
  /// Of a second factor: wrong ones after which one sign-in that waits can no longer be finished, besides what the
  /// account has over all of them (MFA-07). 0: no count of its own.
  std::int64_t per_flow = 0;
};

/// Whose secret is guessed at. Looked up for every address, before the guess is counted.
struct GuessTarget {
  AccountId account{};     // nil: no account has this address
  EmailKey address_key{};  // counts where there is no account; for at most a quarter of an hour
  bool from_known_device = false;
};

/// What was counted for one guess.
struct Guess {
  std::vector<protection::Count> give_back{}, clear{};
  SubjectName subject{};
  std::string counted_as{};              // for Hooks::before_guess
  std::shared_ptr<std::string> noted{};  // PhaseNotes::guess
};

/// Counts one guess, in a transaction of its own, before anything is compared. An error is to be answered without
/// looking at the guess: `rate_limited`, or `authentication_failed` for a lock, which must cost what a look costs.
/// Trusted callers are not counted.
Result<Guess> count_guess(const PhaseContext& context, const GuessLimits& limits, const GuessTarget& target);
/// Of codes that are a second factor, whichever they are (MFA-07).
GuessLimits limits_of_second_factor(std::string name, std::int64_t per_account, std::int64_t per_flow);
/// count_guess for such a code. Programs have no cookie: one with a session of the account has shown more than a
/// stranger, who could otherwise use up its guesses. All of them share one count, because none can make itself another.
Result<Guess> count_second_factor(const PhaseContext& context, const GuessLimits& limits, AccountId account,
                                  bool from_known_device);
/// The guess was right: it is given back and the series of wrong ones ends, in the caller's transaction.
Result<> forgive_guess(Transaction& transaction, const Services& services, const Guess& guess);
/// The account was signed in to in another way: what strangers and this device have guessed at it is forgotten.
Result<> end_lock(Transaction& transaction, const Services& services, const GuessLimits& limits, const Realm& realm,
                  AccountId account, std::string_view device);

}  // namespace rowan
