#include <rowan/add_ons/sign_in_notices/failures.hpp>
#include <rowan/add_ons/sign_in_notices/queries.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>

namespace rowan::add_ons::sign_in_notices {

namespace {

constexpr Purpose of_attempts = "failed attempts";
constexpr std::int64_t mails_an_hour = 5;

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

Result<std::int64_t> count(Transaction& transaction, const Services& services, const std::string& key,
                           std::chrono::seconds window) {
  const auto now = services.clock().now();
  ROWAN_TRY(const auto row,
            transaction.first(sql::count, {{"attempted", key}, {"now", now}, {"ends_at", now + window}}));
  return row ? row->integer("failures") : 1;
}

}  // namespace

Result<> count_failure(Transaction& transaction, const Services& services, const AuthEvent& event,
                       const SignInNoticesOptions& options) {
  if (event.code != ErrorCode::authentication_failed) return {};
  std::string whose;
  if (!event.identity.empty())
    whose = of_address(event.identity);
  else if (!event.account.is_nil())
    whose = of_account(event.account);
  if (whose.empty()) return {};
  ROWAN_CHECK(count(transaction, services, keys_of(services, event.realm, whose).front(), options.window));
  return {};
}

Result<bool> may_be_told(Transaction& transaction, const Services& services, const User& user) {
  const auto key = keys_of(services, user.realm, "told " + user.id.text()).front();
  ROWAN_TRY(const auto times, count(transaction, services, key, std::chrono::hours(1)));
  return times <= mails_an_hour;
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
