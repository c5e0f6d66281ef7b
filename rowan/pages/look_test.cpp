// What every page of ours keeps: no inline code (BRW-03), labels, autocomplete (PWD-10), sizes and contrast (DESIGN 9).
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <rowan/pages/embedded_files.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/template_source.hpp>
#include <set>

namespace rowan {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<EmbeddedFile> every_page() {
  std::vector<EmbeddedFile> files;
  const auto add = [&](const EmbeddedFile* begin, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (begin[i].name.ends_with(".html") && begin[i].name.find("mails/") == std::string_view::npos)
        files.push_back(begin[i]);
  };
  add(embedded::template_files, embedded::template_files_count);
  add(embedded::room_template_files, embedded::room_template_files_count);
  return files;
}

std::string_view asset(std::string_view name) {
  for (std::size_t i = 0; i < embedded::asset_files_count; ++i)
    if (embedded::asset_files[i].name == name) return embedded::asset_files[i].bytes;
  return {};
}

std::vector<std::string> tags(std::string_view html, const std::string& name) {
  std::vector<std::string> tags;
  for (auto at = html.find("<" + name + " "); at != std::string_view::npos; at = html.find("<" + name + " ", at + 1))
    tags.emplace_back(html.substr(at, html.find('>', at) - at));
  return tags;
}

std::string attribute(const std::string& tag, const std::string& name) {
  const auto at = tag.find(" " + name + "=\"");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 3;
  return tag.substr(begin, tag.find('"', begin) - begin);
}

// Every form there is, with all that can be shown in it.
std::string every_form() {
  const Pages pages({});
  std::string all;
  constexpr std::pair<const char*, const char*> forms[] = {{"sign_in", "email"},
                                                           {"register", "password"},
                                                           {"reset_request", "email"},
                                                           {"reset", "password"},
                                                           {"change", "current_password"}};
  for (const auto& [name, wrong] : forms) {
    const Json data{
        {"subject", "user"},
        {"strategy", name},
        {"csrf_token", "t"},
        {"confirmation", true},
        {"remember_me", true},
        {"minimum", 15},
        {"account_email", "a@b.example"},
        {"errors", {{"email", "e"}, {"password", "e"}, {"password_confirmation", "e"}, {"current_password", "e"}}},
        {"summary", Json::array({Json{{"field", wrong}, {"text", "e"}}})}};
    all += pages.fragment("password/" + std::string(name) + ".html", data, "en").value();
  }
  return all;
}

TEST(EveryPage, HasNoInlineScriptOrStyle) {  // BRW-03
  for (const auto& page : every_page()) {
    EXPECT_THAT(std::string(page.bytes), Not(HasSubstr(" style="))) << page.name;
    EXPECT_THAT(std::string(page.bytes), Not(HasSubstr("<style"))) << page.name;
    EXPECT_THAT(std::string(page.bytes), Not(testing::ContainsRegex(" on[a-z]+=\""))) << page.name;
    for (const auto& script : tags(page.bytes, "script")) EXPECT_FALSE(attribute(script, "src").empty()) << page.name;
    EXPECT_THAT(std::string(page.bytes), Not(HasSubstr("<script>"))) << page.name;
  }
}

TEST(EveryPage, LoadsNothingFromElsewhere) {  // REC-05
  for (const auto& page : every_page()) EXPECT_THAT(std::string(page.bytes), Not(HasSubstr("//"))) << page.name;
}

TEST(EveryPage, RendersInEveryLanguageWithoutLeftovers) {
  const Pages pages({});
  for (const auto& language : pages.languages())
    for (const auto& name : pages.names()) {
      if (!name.ends_with(".html")) continue;
      const auto page = pages.page(name, {{"subject", "user"}}, language);
      ASSERT_TRUE(page) << name;
      for (const auto* leftover : {"{{", "}}", "[[", "]]"}) EXPECT_THAT(*page, Not(HasSubstr(leftover))) << name;
    }
}

TEST(PasswordFields, SayWhatTheyAreToPasswordManagers) {  // PWD-10
  int current = 0, chosen = 0, names = 0;
  for (const auto& input : tags(every_form(), "input")) {
    if (attribute(input, "type") == "email") {
      EXPECT_EQ(attribute(input, "autocomplete"), "username") << input;
      ++names;
    }
    if (attribute(input, "type") != "password") continue;
    const auto means = attribute(input, "autocomplete");
    EXPECT_TRUE(means == "current-password" || means == "new-password") << input;
    means == "current-password" ? ++current : ++chosen;
    EXPECT_THAT(input, Not(HasSubstr("maxlength"))) << input;
    EXPECT_TRUE(attribute(input, "value").empty()) << input;
  }
  EXPECT_EQ(current, 2);  // signing in, changing
  EXPECT_EQ(chosen, 6);   // registering, resetting, changing: twice each
  EXPECT_EQ(names, 5);
}

TEST(Fields, HaveLabelsAndTheirErrorsBesideThem) {
  const auto forms = every_form();
  std::set<std::string> ids, labelled;
  for (const auto* kind : {"input", "p", "div"})
    for (const auto& tag : tags(forms, kind))
      if (const auto id = attribute(tag, "id"); !id.empty()) {
        EXPECT_TRUE(ids.insert(id).second) << "twice: " << id;
      }
  for (const auto& label : tags(forms, "label")) labelled.insert(attribute(label, "for"));
  for (const auto& input : tags(forms, "input")) {
    const auto id = attribute(input, "id");
    if (id.empty()) continue;
    EXPECT_TRUE(labelled.contains(id)) << input;
    EXPECT_THAT(input, HasSubstr(" aria-invalid=\"true\"")) << input;
    const auto described = attribute(input, "aria-describedby");
    EXPECT_THAT(described, testing::StartsWith(id + "_error")) << input;
    for (std::size_t begin = 0; begin < described.size();) {
      const auto end = std::min(described.find(' ', begin), described.size());
      EXPECT_TRUE(ids.contains(described.substr(begin, end - begin))) << input;
      begin = end + 1;
    }
  }
  for (const auto& link : tags(forms, "a"))
    if (const auto target = attribute(link, "href"); target.starts_with('#')) {
      EXPECT_TRUE(ids.contains(target.substr(1))) << link;
    }
}

TEST(ResetPage, TakesTheTokenOutOfTheAddress) {  // REC-05
  const auto page =
      Pages({})
          .page("password/reset.html", {{"reset_href", "/reset"}, {"reset_token", "1.x"}, {"subject", "user"}}, "en")
          .value();
  EXPECT_THAT(page, HasSubstr("data-address=\"/reset\""));
  EXPECT_THAT(page, HasSubstr("name=\"user[reset_token]\" value=\"1.x\""));
  EXPECT_THAT(std::string(asset("pages/assets/rowan.js")),
              HasSubstr("history.replaceState(null, '', clean.dataset.address)"));
}

TEST(Assets, StaySmall) {
  std::size_t css = 0, js = 0;
  for (std::size_t i = 0; i < embedded::asset_files_count; ++i) {
    const auto& file = embedded::asset_files[i];
    if (file.name.ends_with(".css")) css += file.bytes.size();
    if (file.name.ends_with(".js")) js += file.bytes.size();
  }
  EXPECT_GT(css, 0u);
  EXPECT_LT(css, 15'000u);
  EXPECT_GT(js, 0u);
  EXPECT_LT(js, 10'000u);
}

// WCAG 2.2, "relative luminance" and "contrast ratio".
double luminance(std::string_view color) {
  double sum = 0;
  const double weights[] = {0.2126, 0.7152, 0.0722};
  for (int i = 0; i < 3; ++i) {
    const double part =
        std::stoi(std::string(color.substr(static_cast<std::size_t>(1 + 2 * i), 2)), nullptr, 16) / 255.0;
    sum += weights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(std::string_view a, std::string_view b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

TEST(StyleSheet, HasEnoughContrastInLightAndDark) {
  const auto css = asset("pages/assets/rowan.css");
  const auto dark_begin = css.find("prefers-color-scheme: dark");
  ASSERT_NE(dark_begin, std::string_view::npos);
  for (const auto theme : {css.substr(0, dark_begin), css.substr(dark_begin)}) {
    const auto color = [&](const std::string& name) {
      const auto at = theme.find("--rowan-" + name + ": #");
      EXPECT_NE(at, std::string_view::npos) << name;
      return theme.substr(theme.find('#', at), 7);
    };
    const std::pair<const char*, const char*> texts[] = {{"text", "ground"},        {"text", "card"},
                                                         {"text", "field"},         {"soft", "ground"},
                                                         {"soft", "card"},          {"soft", "field"},
                                                         {"link", "card"},          {"link", "ground"},
                                                         {"on-accent", "accent"},   {"on-accent", "accent-hover"},
                                                         {"error", "card"},         {"card", "error"},
                                                         {"error", "error-ground"}, {"info", "info-ground"}};
    for (const auto& [front, back] : texts)
      EXPECT_GE(contrast(color(front), color(back)), 4.5) << front << " on " << back;
    for (const auto* edge : {"field-line", "accent", "error"})
      for (const auto* back : {"card", "field"})
        EXPECT_GE(contrast(color(edge), color(back)), 3.0) << edge << " on " << back;
  }
}

}  // namespace
}  // namespace rowan
