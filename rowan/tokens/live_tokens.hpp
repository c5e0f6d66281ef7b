#pragma once
// Not installed. The sessions and tokens of one account that work, as far as rows say it
// (docs/architecture.md#sessions).
#include <rowan/tokens/token_rows.hpp>

namespace rowan::tokens {

/// Whose, and what makes them end without a word in their rows.
struct Living {
  AccountId account{};
  Timestamp now{};
  std::chrono::seconds idle{};  // of sessions
  std::int64_t floor = 0;       // Numbers::floor
};

struct LiveToken {
  TokenNumbers numbers{};  // the generations are 0 in a row of the release before
  bool is_bearer = false;
  Methods methods{};
  TokenOrigin origin{};
  Timestamp created_at{}, seen_at{}, expires_at{};
};

/// The one with the number `first`, then those that were used last.
Result<std::vector<LiveToken>> live_tokens_of(SqlConnection& connection, const Living& living, std::int64_t first,
                                              std::int64_t most);

/// Those that have to go so that with the newest `most_live` are left: the ones that were unseen for longest. A
/// thousand at most.
Result<std::vector<TokenEnd>> live_tokens_beyond(SqlConnection& connection, const Living& living, std::int64_t newest,
                                                 std::int64_t most_live);

/// Which tokens of an account are to end.
struct Some {
  bool sessions = true, bearers = true;
  Timestamp before = Timestamp::max();  // made before
};
/// Up to a thousand of them that nobody has ended yet.
Result<std::vector<TokenEnd>> some_tokens_of(SqlConnection& connection, AccountId account, const Some& some,
                                             Timestamp now);

/// The row of this number, if it is of this account. It may have ended.
struct TokenRow {
  TokenEnd end{};
  std::int64_t generation = 0;  // 0: of the release before
};
Result<std::optional<TokenRow>> token_of(SqlConnection& connection, AccountId account, std::int64_t number);

}  // namespace rowan::tokens
