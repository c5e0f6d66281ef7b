#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/browser_name.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/rate_limit_count.hpp>
#include <rowan/engine/spine.hpp>
#include <rowan/pages/words.hpp>
#include <set>

namespace rowan {

namespace {

// Empty when it is not known: the application itself asked.
std::string from_of(const http::IpAddress& address) {
  return address == http::IpAddress() ? std::string() : address.text();
}

// Empty when none was sent. What was sent is never shown itself: it is a stranger's text.
std::string browser_of(const Pages& pages, std::string_view user_agent, std::string_view language) {
  if (user_agent.empty()) return {};
  auto name = browser_name(user_agent);
  return name.empty() ? pages.text(words::unknown_browser, language) : name;
}

}  // namespace

Json who_asked(const Requester& requester, std::string_view language, const std::string& link,
               std::optional<Timestamp> expires) {
  const auto& pages = requester.services.pages();
  return {{"link", link},
          {"expires_at", expires ? pages.moment(*expires, language) : std::string()},
          {"requested_at", pages.moment(requester.services.clock().now(), language)},
          {"requested_from", from_of(requester.visitor.address)},
          {"requested_with", browser_of(pages, requester.visitor.user_agent, language)}};
}

Json who_asked(const Pages& pages, std::string_view language, const tokens::Link& link) {
  return {{"requested_at", pages.moment(link.created_at, language)},
          {"requested_from", link.asked_from},
          {"requested_with", browser_of(pages, link.asked_with, language)}};
}

namespace {

// Of this letter and those that are rendered with it. False when none of the strategies declares it.
bool are_declared(const Requester& requester, const Letter& letter) {
  std::set<std::string, std::less<>> known(names_in_every_letter.begin(), names_in_every_letter.end());
  known.insert({"link", "expires_at"});
  bool found = false;
  for (const auto& strategy : engine_spine(requester.services).strategies_of(requester.realm.subject))
    for (const auto& spec : strategy.letters) {
      if (spec.name != letter.name &&
          std::ranges::find(letter.instead, spec.name, &OtherLetter::name) == letter.instead.end())
        continue;
      found = found || spec.name == letter.name;
      for (const auto& field : spec.fields) known.insert(field.name);
    }
  return found &&
         std::ranges::all_of(letter.data.fields(), [&](const auto& field) { return known.contains(field.first); });
}

Json with_link(const Json& data, const std::string& link) {
  auto fields = data.fields();
  std::erase_if(fields, [](const auto& field) { return field.first == "link"; });
  fields.emplace_back("link", link);
  return Json::object(fields);
}

}  // namespace

Result<> put_letter(Transaction& transaction, const Requester& requester, const Letter& letter, Timestamp useful_until,
                    bool send) {
  const auto& services = requester.services;
  if (engine_spine(services).is_off(letter.name)) return {};
  if (!are_declared(requester, letter))
    return Error{.code = ErrorCode::internal,
                 .reason = "letter " + letter.name + ": not declared, or not with all its data"};
  ROWAN_TRY(auto mail, services.pages().mail(letter.name, letter.data, letter.language));
  for (const auto& other : letter.instead)
    if (other.name != letter.name)
      ROWAN_CHECK(services.pages().mail(other.name, with_link(letter.data, other.link), letter.language));
  mail.to = letter.to;
  mail.kind = letter.name;
  mail.scope = scope_of_mails(requester.realm);
  return engine_spine(services).outbox.put(transaction, mail, useful_until,
                                           send && !requester.muted ? Sending::yes : Sending::withheld);
}

std::string scope_of_mails(const Realm& realm) { return realm.key(); }

std::string letter_language(const Requester& requester, const User* user) {
  return user == nullptr || user->locale.empty() ? requester.visitor.language : user->locale;
}

tokens::NewLink link_for(const Requester& requester, Purpose purpose, const EmailKey& address,
                         std::chrono::seconds lifetime) {
  return {.purpose = purpose,
          .realm = requester.realm,
          .account = {},
          .generation = 0,
          .address_key = address,
          .data = Json({}),
          .lifetime = lifetime,
          .asked_from = from_of(requester.visitor.address),
          .asked_with = requester.visitor.user_agent,
          .withheld = requester.muted};
}

RateLimit mail_limit(std::string input, const std::string& kind, std::int64_t max, std::chrono::seconds window) {
  return {.name = "mail/" + kind,
          .per = RateLimit::Per::identifier,
          .input = std::move(input),
          .max = max,
          .window = window,
          .across_strategies = true,
          .over = protection::OverLimit::mute};
}

Result<bool> count_mail(const PhaseContext& context, const EmailKey& address, const std::string& kind, std::int64_t max,
                        std::chrono::seconds window) {
  if (context.trusted) return false;
  return engine_spine(context.services)
      .limits.attempt({count_of({}, mail_limit({}, kind, max, window), context.realm, std::string(address.text()))});
}

Json joined(const Json& first, const Json& second) {
  auto fields = first.fields();
  for (auto& field : second.fields()) fields.push_back(std::move(field));
  return Json::object(fields);
}

}  // namespace rowan
