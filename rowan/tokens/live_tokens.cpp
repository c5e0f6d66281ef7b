#include <rowan/base/try.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/live_tokens.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {

// Rows say later than cookies do when a session was seen: none that works is taken for idle.
constexpr std::chrono::minutes written_late{1};

LiveToken live_token_from(const SqlRow& row) {
  return {.numbers = {.token = row.integer("number"),
                      .account_generation = row.integer("generation"),
                      .tenant_generation = row.integer("tenant_generation")},
          .is_bearer = row.text("purpose") != session_purpose.view(),
          .methods = methods_from(row.text("methods")),
          .origin = {.address = row.text("address"), .user_agent = row.text("user_agent")},
          .created_at = row.time("created_at"),
          .seen_at = row.time("seen_at"),
          .expires_at = row.time("expires_at")};
}

std::vector<TokenEnd> ends_in(const std::vector<SqlRow>& rows) {
  std::vector<TokenEnd> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back({.number = row.integer("number"), .expires_at = row.time("expires_at")});
  return all;
}

}  // namespace

Result<std::vector<LiveToken>> live_tokens_of(SqlConnection& connection, const Living& living, std::int64_t first,
                                              std::int64_t most) {
  ROWAN_TRY(const auto rows, connection.query(sql::list_live, {{"account", living.account},
                                                               {"now", living.now},
                                                               {"floor", living.floor},
                                                               {"idle_since", living.now - living.idle - written_late},
                                                               {"first", first},
                                                               {"most", most}}));
  std::vector<LiveToken> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(live_token_from(row));
  return all;
}

Result<std::vector<TokenEnd>> live_tokens_beyond(SqlConnection& connection, const Living& living, std::int64_t newest,
                                                 std::int64_t most_live) {
  ROWAN_TRY(const auto rows,
            connection.query(sql::live_beyond, {{"account", living.account},
                                                {"now", living.now},
                                                {"floor", living.floor},
                                                {"idle_since", living.now - living.idle - written_late},
                                                {"newest", newest},
                                                {"most", most_rows_marked},
                                                {"kept", most_live - 1}}));
  return ends_in(rows);
}

Result<std::vector<TokenEnd>> some_tokens_of(SqlConnection& connection, AccountId account, const Some& some,
                                             Timestamp now) {
  ROWAN_TRY(const auto rows, connection.query(sql::some_of_account, {{"account", account},
                                                                     {"now", now},
                                                                     {"before", some.before},
                                                                     {"sessions", some.sessions ? 1 : 0},
                                                                     {"bearers", some.bearers ? 1 : 0},
                                                                     {"most", most_rows_marked}}));
  return ends_in(rows);
}

Result<std::optional<TokenRow>> token_of(SqlConnection& connection, AccountId account, std::int64_t number) {
  ROWAN_TRY(const auto row, connection.first(sql::token_of_account, {{"number", number}, {"account", account}}));
  if (!row) return std::nullopt;
  return TokenRow{.end = {.number = number, .expires_at = row->time("expires_at")},
                  .generation = row->integer("generation")};
}

}  // namespace rowan::tokens
