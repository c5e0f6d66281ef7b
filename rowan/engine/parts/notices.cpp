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
  auto link = link_for(requester, engine::of_undo, engine::key_of_undo(owner.id), undoing.lifetime);
  link.data = {
      {"account", owner.id.text()}, {"strategy", undoing.strategy}, {"what", undoing.what}, {"data", undoing.data}};
  if (undoing.strategy.empty() || !undoing.restores) link.data = joined(link.data, Json::object({{"only_ends", true}}));
  ROWAN_TRY(const auto token, services.links().issue(transaction, link));
  const auto address = services.token_url(requester.realm, engine::undo_path, token);
  return put_letter(transaction, requester,
                    {.name = letter,
                     .to = owner.email,
                     .language = language,
                     .data = joined(who_asked(requester, language, address, until), more)},
                    until);
}

}  // namespace rowan
