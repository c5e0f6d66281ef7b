#include <algorithm>
#include <charconv>
#include <rowan/base/try.hpp>
#include <rowan/tokens/queries.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::tokens {

Result<> insert(Transaction& transaction, const Claims& claims, Purpose purpose, const TokenOrigin& origin,
                Timestamp now) {
  return insert(transaction, claims, std::string(purpose.view()), origin, now);
}

Result<> insert(Transaction& transaction, const Claims& claims, const std::string& purpose, const TokenOrigin& origin,
                Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::insert_token, {{"number", claims.numbers.token},
                                                      {"account", claims.id},
                                                      {"tenant", claims.tenant()},
                                                      {"subject", claims.subject()},
                                                      {"purpose", purpose},
                                                      {"methods", methods_text(claims.methods)},
                                                      {"address", origin.address},
                                                      {"user_agent", origin.user_agent},
                                                      {"now", now},
                                                      {"expires_at", claims.expires_at},
                                                      {"generation", claims.numbers.account_generation},
                                                      {"tenant_generation", claims.numbers.tenant_generation}}));
  return {};
}

Result<bool> revoke(Transaction& transaction, Revocation& revocation, const TokenEnd& end, Timestamp now) {
  ROWAN_TRY(const auto row, transaction.first(sql::revoke_token, {{"number", end.number}, {"now", now}}));
  if (!row) {
    ROWAN_TRY(const bool is_said, Revocation::is_published(transaction, end.number));
    if (is_said) {
      revocation.known_dead(transaction, end.number);
      return false;
    }
  }
  revocation.revoke(transaction, end.number, row ? std::max(end.expires_at, row->time("expires_at")) : end.expires_at);
  return true;
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
  for (const auto& shown : methods) {
    text += text.empty() ? "" : " ";
    text += shown.name.view();
    text += ":" + std::to_string(shown.proves.bits()) + ":" + std::to_string(to_microseconds(shown.at));
  }
  return text;
}

namespace {

// "1:1790000000000000"; anything else proves nothing.
void read_evidence(std::string_view text, Proves& proves, Timestamp& at) {
  std::uint8_t bits = 0;
  std::int64_t time = 0;
  const auto* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, bits);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':') return;
  const auto second = std::from_chars(first.ptr + 1, end, time);
  if (second.ec != std::errc{} || second.ptr != end) return;
  proves = Proves::from_bits(bits);
  at = from_microseconds(time);
}

}  // namespace

Methods methods_from(std::string_view text) {
  Methods methods;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto one = text.substr(0, blank);
    const auto colon = one.find(':');
    Proves proves;
    Timestamp at;
    if (colon != std::string_view::npos) read_evidence(one.substr(colon + 1), proves, at);
    methods.add(one.substr(0, colon), proves, at);
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  return methods;
}

}  // namespace rowan::tokens
