#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/tokens/queries.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::tokens {

Result<> insert(Transaction& transaction, const Claims& claims, Purpose purpose, const TokenOrigin& origin,
                Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::insert_token, {{"number", claims.numbers.token},
                                                      {"account", claims.id},
                                                      {"tenant", claims.tenant()},
                                                      {"subject", claims.subject()},
                                                      {"purpose", purpose.view()},
                                                      {"methods", methods_text(claims.methods)},
                                                      {"address", origin.address},
                                                      {"user_agent", origin.user_agent},
                                                      {"now", now},
                                                      {"expires_at", claims.expires_at}}));
  return {};
}

Result<> revoke(Transaction& transaction, Revocation& revocation, const Claims& claims, Timestamp now) {
  const auto number = claims.numbers.token;
  ROWAN_TRY(const auto row, transaction.first(sql::revoke_token, {{"number", number}, {"now", now}}));
  if (!row) {
    ROWAN_TRY(const bool is_said, Revocation::is_published(transaction, number));
    if (is_said) {
      revocation.known_dead(transaction, number);
      return {};
    }
  }
  revocation.revoke(transaction, number,
                    row ? std::max(claims.expires_at, row->time("expires_at")) : claims.expires_at);
  return {};
}

Result<> forget_address(Transaction& transaction, const Realm& realm, const EmailKey& address) {
  const SqlParams of_address{{"tenant", realm.tenant}, {"subject", realm.subject}, {"address_key", address.text()}};
  ROWAN_CHECK(transaction.execute(sql::delete_links_of_address, of_address));
  ROWAN_CHECK(transaction.execute(sql::delete_codes_of_address, of_address));
  return {};
}

Result<> expire(Sweep& sweep) { return sweep.remove(sql::expire_tokens, std::chrono::days(1)); }

std::string methods_text(const Methods& methods) {
  std::string text;
  for (std::size_t i = 0; i < methods.size(); ++i) text += (i == 0 ? "" : " ") + std::string(methods[i]);
  return text;
}

Methods methods_from(std::string_view text) {
  Methods methods;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    methods.add(text.substr(0, blank));
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  return methods;
}

}  // namespace rowan::tokens
