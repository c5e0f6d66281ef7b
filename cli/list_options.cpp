#include <cli/list_options.hpp>
#include <cli/rooms.hpp>
#include <cli/settings.hpp>

namespace rowan::cli {

namespace {

struct Line {
  std::string path{}, takes{}, standard{}, bounds{}, sentence{};
};
struct Section {
  std::string name{}, sentence{};
  std::vector<Line> lines{};
};

std::string value_text(Option::Kind kind, std::int64_t number) {
  return kind == Option::Kind::duration ? duration_text(std::chrono::seconds(number)) : std::to_string(number);
}

std::string bounds_of(const Option& option) {
  const auto& [least, most, because] = option.bounds;
  if (least && most) return value_text(option.kind, *least) + " to " + value_text(option.kind, *most);
  if (least) return "at least " + value_text(option.kind, *least);
  if (most) return "at most " + value_text(option.kind, *most);
  return {};
}

std::string takes(Option::Kind kind, const std::vector<std::string>& choices) {
  switch (kind) {
    case Option::Kind::text: return "text";
    case Option::Kind::boolean: return "true or false";
    case Option::Kind::list: return "list";
    case Option::Kind::number: return "number";
    case Option::Kind::duration: return "time";
    case Option::Kind::choice: break;
  }
  std::string words;
  for (const auto& one : choices) words += (words.empty() ? "" : ", ") + one;
  return words;
}

Section section_of_the_whole() {
  Section section;
  for (const auto& setting : settings_of_the_whole())
    section.lines.push_back({.path = setting.path,
                             .takes = takes(setting.kind, setting.choices),
                             .standard = setting.standard,
                             .bounds = {},
                             .sentence = setting.sentence});
  return section;
}

Section section_of_room(const Room& room) {
  Section section{.name = room.name, .sentence = room.sentence, .lines = {}};
  for (const auto& option : room.options)
    section.lines.push_back({.path = room.name + "." + option.name,
                             .takes = takes(option.kind, option.choices),
                             .standard = as_toml(option.get(room.defaults)),
                             .bounds = bounds_of(option),
                             .sentence = option.sentence});
  return section;
}

std::vector<Section> sections(std::string_view only) {
  std::vector<Section> all;
  if (only.empty() || only == whole) all.push_back(section_of_the_whole());
  for (const auto* rooms : {&all_rooms(), &all_providers()})
    for (const auto& room : *rooms)
      if (only.empty() || only == room.name) all.push_back(section_of_room(room));
  return all;
}

std::string table_of(const Section& section) {
  if (section.lines.empty()) return {};
  std::string text = "| option | takes | default | what it does |\n|---|---|---|---|\n";
  for (const auto& line : section.lines)
    text += "| `" + line.path + "` | " + line.takes + (line.bounds.empty() ? "" : ", " + line.bounds) + " | " +
            (line.standard.empty() ? "" : "`" + line.standard + "`") + " | " + line.sentence + " |\n";
  return text;
}

}  // namespace

std::string options_as_text(std::string_view only) {
  std::string text;
  for (const auto& section : sections(only)) {
    if (!section.name.empty()) text += (text.empty() ? "[" : "\n[") + section.name + "]  " + section.sentence + "\n";
    for (const auto& line : section.lines) {
      text += line.path + (line.standard.empty() ? "" : " = " + line.standard) + "\n    " + line.sentence + " (" +
              line.takes + (line.bounds.empty() ? "" : ", " + line.bounds) + ")\n";
    }
  }
  return text;
}

std::string options_as_markdown(std::string_view only) {
  std::string text;
  for (const auto& section : sections(only)) {
    if (section.name.empty())
      text +=
          "# Options of the file\n\n`rowan config --options` prints every option of the version you run. A section "
          "switches its strategy or add-on on, for users; `[subjects.NAME.password]` does so for another kind of "
          "account. An environment variable comes before the file: `ROWAN_PASSWORD__MINIMUM_LENGTH=12`.\n\n"
          "## The whole\n\n";
    else if (only.empty())
      text += "\n## [" + section.name + "]\n\n" + section.sentence + "\n\n";
    text += table_of(section);
  }
  if (only == whole)
    text +=
        "\n## Rooms\n\nThe options of a strategy or add-on are in the README of its folder, below *Options*: "
        "[strategies](../rowan/strategies), [add-ons](../rowan/add_ons).\n";
  return text;
}

Json options_as_json(std::string_view only) {
  std::vector<Json> all;
  for (const auto& section : sections(only))
    for (const auto& line : section.lines)
      all.push_back({{"option", line.path},
                     {"takes", line.takes},
                     {"default", line.standard},
                     {"bounds", line.bounds},
                     {"description", line.sentence}});
  return Json(all);
}

}  // namespace rowan::cli
