#include <cli/find_user.hpp>
#include <rowan/base/email_address.hpp>

namespace rowan::cli {

Result<Realm> realm_of(const std::string& tenant, const std::string& subject) {
  const auto of = TenantName::from(tenant);
  const auto kind = SubjectName::from(subject);
  if (!of) return Error{.code = ErrorCode::not_found, .reason = "--tenant: \"" + tenant + "\" is not a valid name"};
  if (!kind) return Error{.code = ErrorCode::not_found, .reason = "--subject: \"" + subject + "\" is not a valid name"};
  return Realm{.tenant = *of, .subject = *kind};
}

Result<UserRecord> find_account(Auth& auth, const AccountChoice& choice) {
  const Error none{.code = ErrorCode::not_found, .reason = "there is no " + choice.subject + " " + choice.account};
  auto id = AccountId::parse(choice.account);
  if (!id) {
    const auto email = EmailAddress::parse(choice.account);
    if (!email) return email.error();
    const auto realm = realm_of(choice.tenant, choice.subject);
    if (!realm) return realm.error();
    const auto user = auth.find_user(*email, *realm);
    if (!user) return user.error();
    if (!*user) return none;
    id = (*user)->id;
  }
  auto record = auth.find_record(*id);
  if (!record) return std::move(record).error();
  if (!*record) return none;
  return **std::move(record);
}

}  // namespace rowan::cli
