#include <rowan/accounts/accounts.hpp>
#include <rowan/add_ons/sign_in_notices/failures.hpp>
#include <rowan/add_ons/sign_in_notices/options.hpp>
#include <rowan/add_ons/sign_in_notices/queries.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/pages.hpp>

namespace rowan {

namespace {

namespace room = add_ons::sign_in_notices;
using Options = std::shared_ptr<const SignInNoticesOptions>;

constexpr std::string_view new_browser = "sign_in_notices/new_browser";
constexpr std::string_view after_failures = "sign_in_notices/after_failures";

Result<> tell_owner(Transaction& transaction, const Services& services, const AuthEvent& event, const User& owner,
                    std::int64_t failures) {
  ROWAN_TRY(const bool may_be, room::may_be_told(transaction, services, owner));
  if (!may_be) return {};
  const Visitor visitor{.address = event.from, .user_agent = event.user_agent, .language = event.language};
  const Requester requester(services, event.realm, visitor);
  if (failures > 0)
    return put_undo_notice(transaction, requester, std::string(after_failures), owner,
                           {.what = std::string(sentence("Someone signed in to your account after failed attempts."))},
                           {{"failures", failures}});
  return put_undo_notice(
      transaction, requester, std::string(new_browser), owner,
      {.what = std::string(sentence("Your account was signed in to with a browser that it does not know."))});
}

Result<> hear_of_sign_in(Transaction& transaction, const Services& services, const AuthEvent& event,
                         const SignInNoticesOptions& options) {
  ROWAN_TRY(const auto account, accounts::find(transaction.connection(), event.account));
  if (!account) return {};
  const auto& owner = account->user;
  std::int64_t failures = 0;
  // A session that goes on shows nothing: it says nothing of whose the failures were.
  if (!event.goes_on) {
    ROWAN_TRY(failures, room::take_failures(transaction, services, owner));
  }
  if (failures >= options.failures) return tell_owner(transaction, services, event, owner, failures);
  const bool has_settled = owner.created_at + options.settling_in <= services.clock().now();
  if (event.new_device && !event.registered && has_settled) return tell_owner(transaction, services, event, owner, 0);
  return {};
}

}  // namespace

AddOn sign_in_notices(SignInNoticesOptions given) {
  const auto options = std::make_shared<const SignInNoticesOptions>(given);
  Strategy part{.name = "sign_in_notices"};
  part.letters = {{.name = std::string(new_browser),
                   .sentence = "Somebody signed in from a browser from which nobody had.",
                   .fields = fields_of_undo_notice(),
                   .is_notice = true},
                  {.name = std::string(after_failures),
                   .sentence = "Somebody signed in after many failed attempts.",
                   .fields = letter::fields(fields_of_undo_notice(), {letter::text("failures", "12")}),
                   .is_notice = true}};
  part.migrations = embedded_migrations("add_ons/sign_in_notices");
  part.hooks.events = {AuthEvent::Kind::signed_in, AuthEvent::Kind::failed};
  part.hooks.on_event = [options](Transaction& transaction, const Services& services, const AuthEvent& event) {
    return event.kind == AuthEvent::Kind::failed ? room::count_failure(transaction, services, event, *options)
                                                 : hear_of_sign_in(transaction, services, event, *options);
  };
  part.hooks.on_close = [](Transaction& transaction, const Services& services, const User& user) {
    return room::forget_failures(transaction, services, user);
  };
  part.expire = [](const Services&, Sweep& sweep) { return sweep.remove(room::sql::expire, std::chrono::seconds(0)); };
  part.options = {.options = room::options(), .values = *options};
  return {.name = "sign_in_notices", .parts = {std::move(part)}};
}

}  // namespace rowan
