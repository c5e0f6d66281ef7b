#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/oauth2/notices.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr std::string_view put_on = "put_on", taken_off = "taken_off";

std::vector<LetterField> fields_of_notice() {
  return letter::fields(fields_of_undo_notice(), {letter::text("provider_name", "Forge")});
}

}  // namespace

Result<> tell_of_link(Transaction& transaction, const PhaseContext& context, const std::string& strategy,
                      const std::string& label, const Person& person, const User& owner) {
  return put_undo_notice(transaction, context, "oauth2/linked", owner,
                         {.strategy = strategy,
                          .what = std::string(sentence("Another way to sign in was added to your account.")),
                          .data = {{"change", put_on}, {"provider", person.provider}, {"uid", person.uid}}},
                         {{"provider_name", label}});
}

Result<> tell_of_unlink(Transaction& transaction, const PhaseContext& context, const std::string& strategy,
                        const std::string& label, const Identity& identity, const User& owner) {
  return put_undo_notice(transaction, context, "oauth2/unlinked", owner,
                         {.strategy = strategy,
                          .what = std::string(sentence("A way to sign in was removed from your account.")),
                          .data = {{"change", taken_off},
                                   {"provider", identity.provider},
                                   {"uid", identity.uid},
                                   {"email", identity.email},
                                   {"strategy", identity.strategy}}},
                         {{"provider_name", label}});
}

LetterSpec linked_letter() {
  return {.name = "oauth2/linked",
          .sentence = "A provider was put on the account.",
          .fields = fields_of_notice(),
          .is_notice = true};
}

LetterSpec unlinked_letter() {
  return {.name = "oauth2/unlinked",
          .sentence = "A provider was taken off the account.",
          .fields = fields_of_notice(),
          .is_notice = true};
}

Result<> undo_change(Transaction& transaction, const Services& services, const User& user, const Json& data) {
  const Person person{.provider = text_of(data, "provider"),
                      .uid = text_of(data, "uid"),
                      .email = text_of(data, "email"),
                      .strategy = text_of(data, "strategy")};
  if (text_of(data, "change") == taken_off) {
    ROWAN_CHECK(add_identity(transaction, user.realm, person, user.id, services.clock().now()));
    return {};
  }
  ROWAN_CHECK(remove_identity(transaction, user.id, person.provider, person.uid));
  return {};
}

}  // namespace rowan::strategies::oauth2
