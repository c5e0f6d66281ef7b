#include <rowan/add_ons/sign_in_notices/failures.hpp>
#include <rowan/add_ons/sign_in_notices/queries.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>

namespace rowan::add_ons::sign_in_notices {

namespace {

constexpr Purpose of_attempts = "failed attempts";

// The rows name neither addresses nor accounts: a table of who is attacked is of use to nobody else.
std::vector<std::string> keys_of(const Services& services, const Realm& realm, std::string_view whose) {
  return services.keyed_hashes(of_attempts, realm.key() + "\n" + std::string(whose));
}

std::string of_account(AccountId account) { return "account " + account.text(); }
std::string of_address(const EmailKey& address) { return "address " + std::string(address.text()); }

// An attempt names an address, or is made by who has shown a first factor.
std::vector<std::string> attempted_by(const Services& services, const User& user) {
  auto keys = keys_of(services, user.realm, of_account(user.id));
  if (const auto address = EmailAddress::parse(user.email)) {
    auto more = keys_of(services, user.realm, of_address(address->key()));
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

}  // namespace

Result<> count_failure(Transaction& transaction, const Services& services, const AuthEvent& event,
                       const SignInNoticesOptions& options) {
  if (event.code != ErrorCode::authentication_failed && event.code != ErrorCode::rate_limited) return {};
  std::string whose;
  if (!event.identity.empty())
    whose = of_address(event.identity);
  else if (!event.account.is_nil())
    whose = of_account(event.account);
  if (whose.empty()) return {};
  const auto now = services.clock().now();
  ROWAN_CHECK(transaction.execute(sql::count, {{"attempted", keys_of(services, event.realm, whose).front()},
                                               {"now", now},
                                               {"ends_at", now + options.window}}));
  return {};
}

Result<std::int64_t> take_failures(Transaction& transaction, const Services& services, const User& user) {
  const auto now = services.clock().now();
  std::int64_t failures = 0;
  for (const auto& key : attempted_by(services, user)) {
    ROWAN_TRY(const auto row, transaction.first(sql::take, {{"attempted", key}}));
    if (row && row->time("ends_at") > now) failures += row->integer("failures");
  }
  return failures;
}

Result<> forget_failures(Transaction& transaction, const Services& services, const User& user) {
  ROWAN_CHECK(take_failures(transaction, services, user));
  return {};
}

}  // namespace rowan::add_ons::sign_in_notices
