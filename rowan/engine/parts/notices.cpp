#include <rowan/base/try.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/undo_links.hpp>
#include <rowan/engine/spine.hpp>

namespace rowan {

Result<> put_notice(Transaction& transaction, const Requester& requester, const std::string& letter, const User& owner,
                    const Json& more) {
  if (owner.email.empty()) return {};
  const auto language = letter_language(requester, &owner);
  const auto link = requester.services.page_url(requester.realm, PageName::reset);
  return put_letter(transaction, requester,
                    {.name = letter,
                     .to = owner.email,
                     .language = language,
                     .data = joined(who_asked(requester, language, link), more)},
                    requester.services.clock().now() + std::chrono::days(2));
}

std::vector<LetterField> fields_of_undo_notice() { return letter::link_until(engine::undo_path); }

Result<> put_undo_notice(Transaction& transaction, const Requester& requester, const std::string& letter,
                         const User& owner, const Undoing& undoing, const Json& more) {
  const auto& services = requester.services;
  if (owner.email.empty() || engine_spine(services).is_off(letter)) return {};
  const auto until = services.clock().now() + undoing.lifetime;
  const auto language = letter_language(requester, &owner);
  const auto put = [&](const std::string& address) {
    return put_letter(transaction, requester,
                      {.name = letter,
                       .to = owner.email,
                       .language = language,
                       .data = joined(who_asked(requester, language, address, until), more)},
                      until);
  };
  // An application without a web mount has no such page.
  if (engine_spine(services).addresses.get()->link_page(engine::undo_path, requester.realm.subject).empty())
    return put({});
  auto link = link_for(requester, engine::of_undo, engine::key_of_undo(owner.id), undoing.lifetime);
  link.data = {
      {"account", owner.id.text()}, {"strategy", undoing.strategy}, {"what", undoing.what}, {"data", undoing.data}};
  ROWAN_TRY(const auto token, services.links().issue(transaction, link));
  return put(services.token_url(requester.realm, engine::undo_path, token));
}

}  // namespace rowan
