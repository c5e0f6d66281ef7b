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

std::vector<Section> sections() {
  std::vector<Section> all{{.name = "", .sentence = "The whole.", .lines = {}}};
  for (const auto& setting : settings_of_the_whole())
    all.front().lines.push_back({.path = setting.path,
                                 .takes = takes(setting.kind, setting.choices),
                                 .standard = setting.standard,
                                 .bounds = {},
                                 .sentence = setting.sentence});
  for (const auto& room : all_rooms()) {
    Section section{.name = room.name, .sentence = room.sentence, .lines = {}};
    for (const auto& option : room.options)
      section.lines.push_back({.path = room.name + "." + option.name,
                               .takes = takes(option.kind, option.choices),
                               .standard = as_toml(option.get(room.defaults)),
                               .bounds = bounds_of(option),
                               .sentence = option.sentence});
    all.push_back(std::move(section));
  }
  return all;
}

}  // namespace

std::string options_as_text() {
  std::string text;
  for (const auto& section : sections()) {
    if (!section.name.empty()) text += "\n[" + section.name + "]  " + section.sentence + "\n";
    for (const auto& line : section.lines) {
      text += line.path + (line.standard.empty() ? "" : " = " + line.standard) + "\n    " + line.sentence + " (" +
              line.takes + (line.bounds.empty() ? "" : ", " + line.bounds) + ")\n";
    }
  }
  return text;
}

std::string options_as_markdown() {
  std::string text =
      "# Options of the file\n\n`rowan config --options` prints the same for the version you run. A section switches "
      "its "
      "strategy or add-on on, for users; `[subjects.NAME.password]` does so for another kind of account. An "
      "environment "
      "variable comes before the file: `ROWAN_PASSWORD__MINIMUM_LENGTH=12`.\n";
  for (const auto& section : sections()) {
    text += section.name.empty() ? "\n## The whole\n" : "\n## [" + section.name + "]\n\n" + section.sentence + "\n";
    text += "\n| option | takes | default | what it does |\n|---|---|---|---|\n";
    for (const auto& line : section.lines)
      text += "| `" + line.path + "` | " + line.takes + (line.bounds.empty() ? "" : ", " + line.bounds) + " | " +
              (line.standard.empty() ? "" : "`" + line.standard + "`") + " | " + line.sentence + " |\n";
  }
  return text;
}

Json options_as_json() {
  std::vector<Json> all;
  for (const auto& section : sections())
    for (const auto& line : section.lines)
      all.push_back({{"option", line.path},
                     {"takes", line.takes},
                     {"default", line.standard},
                     {"bounds", line.bounds},
                     {"description", line.sentence}});
  return Json(all);
}

}  // namespace rowan::cli
