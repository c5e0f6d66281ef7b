// A room's README has the routes, fields and pages that the room declares, so that no list of all rooms is kept by
// hand.
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <rowan/engine/parts/room.hpp>
#include <set>
#include <sstream>

#include <tests/all_rooms/readme.hpp>

namespace rowan {
namespace {

void declare(const Room& room, const std::any& options, std::vector<Strategy>& declared) {
  SubjectOptions subject{.name = "user", .strategies = {}, .add_ons = {}};
  room.declare(options, subject);
  std::ranges::move(subject.strategies, std::back_inserter(declared));
  for (auto& add_on : subject.add_ons) std::ranges::move(add_on.parts, std::back_inserter(declared));
}

std::vector<OptionValue> values_of(const Option& option) {
  if (option.kind == Option::Kind::boolean) return {OptionValue(true), OptionValue(false)};
  return {option.choices.begin(), option.choices.end()};
}

// What the room can be: some phases and fields are there with one value of an option only. Each value of each option,
// over the defaults and over everything switched on.
std::vector<Strategy> every_declaration(const Room& room) {
  auto switched_on = room.defaults;
  for (const auto& option : room.options)
    if (option.kind == Option::Kind::boolean) option.set(switched_on, OptionValue(true));
  std::vector<Strategy> declared;
  for (const auto& base : {room.defaults, switched_on}) {
    declare(room, base, declared);
    for (const auto& option : room.options)
      for (const auto& value : values_of(option)) {
        auto options = base;
        option.set(options, value);
        declare(room, options, declared);
      }
  }
  return declared;
}

// "| POST `/S/otp/request` | request |"
std::string begin_of_row(const Strategy& strategy, const Phase& phase) {
  std::string methods;
  for (const auto method : phase.methods) methods += (methods.empty() ? "" : ", ") + std::string(name_of(method));
  return "| " + methods + " `/S/" + strategy.name + phase.path + "` | " + phase.name + " |";
}

// What the row of each route begins with, up to its description: "| POST `/S/otp/request` | request | `email`, `flow`?
// |".
std::vector<std::string> rows_of(const Room& room) {
  std::map<std::string, std::set<std::string>> seen;
  std::map<std::string, std::vector<std::string>> fields;  // in the order in which they are declared
  for (const auto& strategy : every_declaration(room))
    for (const auto& phase : strategy.phases) {
      if (!phase.web && !phase.api) continue;
      const auto begin = begin_of_row(strategy, phase);
      auto& listed = fields[begin];
      for (const auto& input : phase.inputs)
        if (!input.in_path && seen[begin].insert(input.name).second)
          listed.push_back("`" + input.name + "`" + (input.required ? "" : "?"));
    }
  std::vector<std::string> rows;
  for (const auto& [begin, listed] : fields) {
    std::string row = begin + " ";
    for (const auto& field : listed) row += (row.ends_with("| ") ? "" : ", ") + field;
    rows.push_back(row + (listed.empty() ? "|" : " |"));
  }
  return rows;
}

// The lines of the README that say what a route is.
std::vector<std::string> documented_rows(const Readme& readme) {
  std::vector<std::string> rows;
  std::istringstream lines(readme.text);
  for (std::string line; std::getline(lines, line);) {
    const auto first_cell = line.substr(0, line.find(" | "));
    if (line.starts_with("| ") && first_cell.contains("`/S/")) rows.push_back(line);
  }
  return rows;
}

TEST(ReadmesOfRooms, HaveEveryRouteWithItsFieldsAndNoOther) {
  std::size_t routes = 0;
  for (const auto& room : all_rooms()) {
    const auto readme = readme_of(room.name);
    EXPECT_NE(readme.text, "") << readme.path;
    const auto declared = rows_of(room);
    const auto documented = documented_rows(readme);
    routes += declared.size();
    for (const auto& row : declared)
      EXPECT_EQ(std::ranges::count_if(documented, [&](const auto& line) { return line.starts_with(row); }), 1)
          << readme.path << " has this line once, with what the route does at its end:\n"
          << row;
    for (const auto& line : documented)
      EXPECT_TRUE(std::ranges::any_of(declared, [&](const auto& row) { return line.starts_with(row); }))
          << readme.path << " has a line that is no route of the room, or has other fields:\n"
          << line;
  }
  EXPECT_GE(routes, 15U);
}

TEST(ReadmesOfRooms, NameEveryPageWithAnAddress) {
  std::size_t pages = 0;
  for (const auto& room : all_rooms()) {
    const auto readme = readme_of(room.name);
    for (const auto& strategy : every_declaration(room))
      for (const auto& page : strategy.pages) {
        ++pages;
        EXPECT_THAT(readme.text, ::testing::HasSubstr(page.path + (page.has_token ? "/:token" : "") + "`"))
            << readme.path;
      }
  }
  EXPECT_GE(pages, 3U);
}

}  // namespace
}  // namespace rowan
