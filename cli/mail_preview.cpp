#include <algorithm>
#include <cli/mail_preview.hpp>
#include <set>

namespace rowan::cli {

namespace {

constexpr std::string_view folder = "/mails/", text_ending = ".txt", example_token = "example-of-a-token";

std::string room_of(std::string_view template_name) {
  return std::string(template_name.substr(0, template_name.find('/')));
}

// A room's templates are in one folder, whatever the strategy is called.
std::set<std::string> folders_of(const Strategy& strategy) {
  std::set<std::string> found;
  for (const auto& panel : strategy.panels) found.insert(room_of(panel.template_name));
  for (const auto& page : strategy.token_pages) found.insert(room_of(page.template_name));
  for (const auto& phase : strategy.phases) found.insert(room_of(phase.page));
  return found;
}

template <class Use>
void for_each_strategy(const engine::Core& core, const Use& use) {
  for (const auto& subject : core.subjects)
    for (const auto& strategy : subject.strategies) use(strategy);
}

// Where the room's mails lead to: the page of its links, as it is mounted.
std::string example_link(const engine::Core& core, const std::string& room) {
  std::string link = core.spine.home_url("");
  for (const auto& subject : core.subjects)
    for (const auto& strategy : subject.strategies)
      if (folders_of(strategy).contains(room) && !strategy.token_pages.empty())
        link = core.spine.token_url("", subject.name, strategy.token_pages.front().path, example_token);
  return link;
}

// What the mail's two templates take, without what Pages fills itself.
std::set<std::string> places_in(const Pages& pages, const std::string& name) {
  const auto room = room_of(name);
  std::set<std::string> names;
  for (const auto* ending : {".txt", ".html"})
    for (std::string_view place : pages.places(room + std::string(folder) + name.substr(room.size() + 1) + ending)) {
      if (place.starts_with("has_")) place.remove_prefix(4);
      if (place != "app_name") names.emplace(place);
    }
  return names;
}

Json example_of(const engine::Core& core, const std::string& place, const std::string& link,
                std::string_view language) {
  const auto now = core.clock.now();
  if (place == "link") return link;
  if (place == "code") return "ABCD-EFGH";
  if (place == "expires_at") return core.pages.moment(now + std::chrono::minutes(10), language);
  if (place.ends_with("_at")) return core.pages.moment(now, language);
  if (place.ends_with("email")) return "ada@example.com";
  if (place == "requested_from") return "192.0.2.7";
  if (place == "requested_with") return "Firefox on Linux";
  return "(" + place + ")";
}

}  // namespace

std::vector<std::string> mail_names(const engine::Core& core) {
  std::set<std::string> rooms;
  for_each_strategy(core, [&](const Strategy& strategy) { rooms.merge(folders_of(strategy)); });
  std::vector<std::string> names;
  for (const auto& file : core.pages.names()) {
    const auto at = file.find(folder);
    if (at == file.npos || !file.ends_with(text_ending) || !rooms.contains(file.substr(0, at))) continue;
    const auto start = at + folder.size();
    names.push_back(file.substr(0, at) + "/" + file.substr(start, file.size() - start - text_ending.size()));
  }
  return names;
}

Result<MailMessage> preview_mail(const engine::Core& core, const std::string& name, std::string_view language) {
  const auto names = mail_names(core);
  if (std::ranges::find(names, name) == names.end())
    return Error{.code = ErrorCode::not_found, .reason = "no mail is called \"" + name + "\""};
  const auto room = room_of(name);
  const auto link = example_link(core, room);
  std::vector<std::pair<std::string, Json>> data;
  for (const auto& place : places_in(core.pages, name))
    data.emplace_back(place, example_of(core, place, link, language));
  return core.pages.mail(name, Json::object(data), language);
}

}  // namespace rowan::cli
