// What every page of ours keeps: no inline code, labels, autocomplete, sizes and contrast
// (docs/architecture.md#look).
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <rowan/pages/embedded_files.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/template_source.hpp>
#include <set>

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<EmbeddedFile> every_page() {
  std::vector<EmbeddedFile> files;
  for (std::size_t i = 0; i < embedded::template_files_count; ++i) {
    const auto& file = embedded::template_files[i];
    if (file.name.ends_with(".html") && file.name.find("mails/") == std::string_view::npos) files.push_back(file);
  }
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
  struct Form {
    const char *name, *wrong;
  };
  constexpr Form forms[] = {{"password/sign_in", "email"},
                            {"password/register", "password"},
                            {"password/reset_request", "email"},
                            {"password/reset", "password"},
                            {"password/change", "current_password"},
                            {"magic_link/request", "email"},
                            {"magic_link/requested_with_code", "code"},
                            {"magic_link/sign_in", ""},
                            {"otp/request", "email"},
                            {"otp/enter_code", "otp"},
                            {"totp/setup", "code"},
                            {"totp/second_factor", "code"},
                            {"totp/start", "current_password"},
                            {"totp/remove", "code"},
                            {"recovery_code/second_factor", "code"},
                            {"recovery_code/make", ""},
                            {"oauth2/confirm", "code"},
                            {"oauth2/link", "current_password"},
                            {"oauth2/unlink", "current_password"},
                            {"api_key/account", "name"},
                            {"confirmation/confirm", ""},
                            {"confirmation/resend", "email"},
                            {"confirmation/change_email", "email"},
                            {"dynamic_oidc/confirm", "code"},
                            {"dynamic_oidc/find", "email"}};
  for (const auto& [name, wrong] : forms) {
    std::string strategy(name);
    std::ranges::replace(strategy, '/', '_');
    const Json data{{"subject", "user"},
                    {"strategy", strategy},
                    {"csrf_token", "t"},
                    {"confirmation", true},
                    {"may_remember", true},
                    {"minimum", 15},
                    {"secret", "ABC"},
                    {"needs_code", true},
                    {"can_make", true},
                    {"can_link", true},
                    {"is_linked", true},
                    {"can_create", true},
                    {"made", "10"},
                    {"authenticators", Json::array({Json{{"id", "1"}, {"label", "Phone"}}})},
                    {"account_email", "a@b.example"},
                    {"here", true},
                    {"confirms", true},
                    {"values", {{"email", "typed@b.example"}}},
                    {"errors",
                     {{"email", "e"},
                      {"password", "e"},
                      {"password_confirmation", "e"},
                      {"current_password", "e"},
                      {"code", "e"},
                      {"label", "e"},
                      {"name", "e"},
                      {"expires_at", "e"},
                      {"otp", "e"}}},
                    {"summary", Json::array({Json{{"field", wrong}, {"text", "e"}}})}};
    all += pages.fragment(std::string(name) + ".html", data, "en").value();
  }
  return all;
}

std::size_t count_of(std::string_view html, std::string_view what) {
  std::size_t count = 0;
  for (auto at = html.find(what); at != std::string_view::npos; at = html.find(what, at + 1)) ++count;
  return count;
}

TEST(EveryPage, HasNoInlineScriptOrStyle) {  // BRW-03
  for (const auto& page : every_page()) {
    EXPECT_THAT(std::string(page.bytes), Not(HasSubstr(" style="))) << page.name;
    EXPECT_THAT(std::string(page.bytes), Not(HasSubstr("<style"))) << page.name;
    EXPECT_THAT(std::string(page.bytes), Not(::testing::ContainsRegex(" on[a-z]+=\""))) << page.name;
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

// A page has a title, a panel has none.
TEST(EveryPage, HasExactlyOneHeading) {
  const Pages pages({});
  for (const auto& name : pages.names()) {
    if (!name.ends_with(".html") || name.find("mails/") != std::string::npos) continue;
    const auto source = std::string(*pages.source(name));
    const bool is_page = source.find("[[title \"") != std::string::npos || name == "message.html";
    const auto kinds = name == "confirmation/confirm.html"
                           ? std::vector<std::string>{"confirms", "registers", "changes", "reverts"}
                           : std::vector<std::string>{"sign_out_action"};
    for (const auto& kind : kinds)
      EXPECT_EQ(count_of(pages.fragment(name, Json::object({{kind, true}}), "en").value(), "<h1"), is_page ? 1u : 0u)
          << name << " " << kind;
  }
}

TEST(PasswordFields, HaveAutocompleteForPasswordManagers) {  // PWD-10
  int current = 0, chosen = 0, names = 0, addresses = 0;
  for (const auto& input : tags(every_form(), "input")) {
    if (attribute(input, "type") == "email") {
      const auto means = attribute(input, "autocomplete");
      EXPECT_TRUE(means == "username" || means == "email") << input;
      means == "username" ? ++names : ++addresses;
    }
    if (attribute(input, "type") != "password") continue;
    const auto means = attribute(input, "autocomplete");
    EXPECT_TRUE(means == "current-password" || means == "new-password") << input;
    means == "current-password" ? ++current : ++chosen;
    EXPECT_THAT(input, Not(HasSubstr("maxlength"))) << input;
    EXPECT_TRUE(attribute(input, "value").empty()) << input;
  }
  EXPECT_EQ(current, 5);  // signing in, changing the password, changing the address, two for a provider
  EXPECT_EQ(chosen, 6);   // registering, resetting, changing: twice each
  EXPECT_EQ(names, 10);
  EXPECT_EQ(addresses, 1);  // the new one: no user name yet
}

TEST(CodeFields, HaveAutocompleteForPhones) {
  int codes = 0;
  for (const auto& input : tags(every_form(), "input")) {
    if (attribute(input, "autocomplete") != "one-time-code") continue;
    ++codes;
    EXPECT_EQ(attribute(input, "type"), "text") << input;
    // Mailed codes have letters, those of an authenticator app have digits only.
    const bool has_letters = attribute(input, "autocapitalize") == "characters";
    EXPECT_EQ(attribute(input, "autocapitalize"), has_letters ? "characters" : "none") << input;
    EXPECT_EQ(attribute(input, "inputmode"), has_letters ? "text" : "numeric") << input;
    EXPECT_EQ(attribute(input, "spellcheck"), "false") << input;
    EXPECT_THAT(input, Not(HasSubstr("maxlength"))) << input;  // blanks and dashes are welcome
    EXPECT_THAT(input, Not(HasSubstr(" value="))) << input;
  }
  EXPECT_EQ(codes, 6);
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
    if (attribute(input, "type") == "checkbox") continue;  // it cannot be wrong
    EXPECT_THAT(input, HasSubstr(" aria-invalid=\"true\"")) << input;
    const auto described = attribute(input, "aria-describedby");
    EXPECT_THAT(described, ::testing::StartsWith(id + "_error")) << input;
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

TEST(TokenPages, TakeTheTokenOutOfTheAddress) {  // REC-05
  const Pages pages({});
  struct TokenPage {
    const char *name, *field, *shown_instead;
  };
  constexpr TokenPage token_pages[] = {{"password/reset", "reset_token", "/reset"},
                                       {"magic_link/sign_in", "token", "/sign-in"},
                                       {"confirmation/confirm", "confirm", "/sign-in"}};
  for (const auto& [name, field, shown_instead] : token_pages) {
    const auto page = pages
                          .page(std::string(name) + ".html",
                                {{"reset_href", "/reset"},
                                 {"sign_in_href", "/sign-in"},
                                 {"subject", "user"},
                                 {"here", true},
                                 {"confirms", true},
                                 {field, "1.x"}},
                                "en")
                          .value();
    EXPECT_THAT(page, HasSubstr("data-address=\"" + std::string(shown_instead) + "\"")) << name;
    EXPECT_EQ(count_of(page, "1.x"), 1u) << name;
    EXPECT_THAT(page, HasSubstr("name=\"user[" + std::string(field) + "]\" value=\"1.x\"")) << name;
  }
  EXPECT_THAT(std::string(asset("pages/assets/rowan.js")),
              HasSubstr("history.replaceState(null, '', clean.dataset.address)"));
}

TEST(TokenPages, AskForOneGesture) {
  const Pages pages({});
  const auto buttons = [&](const char* name, const char* kind) {
    return count_of(pages.fragment(name, Json::object({{kind, true}, {"here", true}}), "en").value(), "<button");
  };
  const auto elsewhere = [&](const char* name, const char* kind) {
    return count_of(pages.fragment(name, Json::object({{kind, true}, {"elsewhere", true}}), "en").value(), "<button");
  };
  EXPECT_EQ(buttons("magic_link/sign_in.html", "here"), 1u);
  EXPECT_EQ(elsewhere("magic_link/sign_in.html", "here_registers"), 1u);
  EXPECT_EQ(elsewhere("magic_link/sign_in.html", "elsewhere"), 0u);
  EXPECT_EQ(elsewhere("confirmation/confirm.html", "changes"), 0u);           // not where its account is not signed in
  EXPECT_EQ(buttons("confirmation/confirm.html", "confirms_elsewhere"), 2u);  // and one that shows the password
  for (const auto* kind : {"confirms", "registers", "changes", "reverts"})
    EXPECT_EQ(buttons("confirmation/confirm.html", kind), 1u) << kind;
}

TEST(TokenPages, KeepTheTokenFromABrowserThatMayNotUseIt) {
  const auto page =
      Pages({}).page("magic_link/sign_in.html", {{"elsewhere", true}, {"token", "1.x"}, {"subject", "user"}}, "en");
  EXPECT_THAT(page.value(), Not(HasSubstr("1.x")));
}

std::vector<std::string> every_mail(const Pages& pages) {
  std::vector<std::string> names;
  for (auto name : pages.names()) {
    const auto at = name.find("/mails/");
    if (at == std::string::npos || !name.ends_with(".txt")) continue;
    names.push_back(name.substr(0, at) + "/" + name.substr(at + 7, name.size() - at - 11));
  }
  return names;
}

TEST(EveryMail, SaysTheSameInTextAndHtmlWithoutLeftovers) {
  const Pages pages({});
  const auto names = every_mail(pages);
  ASSERT_GT(names.size(), 15u);
  for (const auto& language : pages.languages())
    for (const auto& name : names) {
      const auto mail = pages.mail(name,
                                   {{"link", "https://notes.example/x/1.y"},
                                    {"code", "BCD-FGH"},
                                    {"expires_at", "13:00"},
                                    {"registered_at", "11:00"},
                                    {"new_email", "new@b.example"},
                                    {"hint", "rowan_…4PnOD8"},
                                    {"requested_at", "12:00"},
                                    {"requested_from", "203.0.113.7"},
                                    {"requested_with", "Firefox on Linux"}},
                                   language);
      ASSERT_TRUE(mail) << name;
      EXPECT_FALSE(mail->subject.empty()) << name;
      EXPECT_THAT(mail->subject, Not(HasSubstr("BCD-FGH"))) << name;
      for (const auto* value : {"https://notes.example/x/1.y", "BCD-FGH", "13:00", "11:00", "new@b.example", "12:00",
                                "203.0.113.7", "Firefox on Linux", "rowan_…4PnOD8"})
        EXPECT_EQ(mail->text.find(value) == std::string::npos, mail->html.find(value) == std::string::npos)
            << name << ": " << value;
      for (const auto* value : {"12:00", "203.0.113.7", "Firefox on Linux"})
        EXPECT_THAT(mail->text, HasSubstr(value)) << name;
      for (const auto& part : {mail->text, mail->html})
        for (const auto* leftover : {"{{", "}}", "[[", "]]"}) EXPECT_THAT(part, Not(HasSubstr(leftover))) << name;
      EXPECT_THAT(mail->text, Not(HasSubstr("\n\n\n"))) << name;
      EXPECT_EQ(count_of(mail->html, "<h1"), 1u) << name;
    }
}

// Where the page a link leads to is not mounted, the mail reads as if there had never been one.
TEST(EveryMail, ReadsWellWithoutItsLink) {
  const Pages pages({});
  const auto said_with = [&](const std::string& name, const char* link) {
    return pages.mail(name, {{"link", link}, {"requested_at", "12:00"}, {"requested_from", "203.0.113.7"}}, "en")
        .value();
  };
  // Their link leads to a page that an application may leave out. Of the others the link is what they are for.
  std::size_t optional = 0;
  for (const auto& name : every_mail(pages)) {
    const auto slash = name.find('/');
    const auto source = pages.source(name.substr(0, slash) + "/mails" + name.substr(slash) + ".txt");
    ASSERT_TRUE(source) << name;
    if (!std::string_view(*source).contains("{{#has_link}}")) continue;
    ++optional;
    EXPECT_THAT(said_with(name, "https://x.example/y").html, HasSubstr("href=\"https://x.example/y\"")) << name;
    const auto without = said_with(name, "");
    EXPECT_THAT(without.html, Not(HasSubstr("<a "))) << name;
    EXPECT_THAT(without.html, Not(HasSubstr("Button not working?"))) << name;
    EXPECT_THAT(without.html, Not(::testing::ContainsRegex(":[ \n]*</p>"))) << name;
    EXPECT_THAT(without.text, Not(HasSubstr("\n\n\n"))) << name;
    EXPECT_THAT(without.text, Not(HasSubstr(":\n"))) << name;  // nothing is announced that does not follow
  }
  EXPECT_GE(optional, 11u);
}

TEST(EveryMail, HasItsLinkAndItsCodeOnALineOfTheirOwn) {
  const Pages pages({});
  std::size_t codes = 0, links = 0;
  for (const auto& name : every_mail(pages)) {
    const auto mail = pages.mail(name, {{"link", "https://notes.example/x/1.y"}, {"code", "BCD-FGH"}}, "en").value();
    const auto code_lines = count_of(mail.text, "\n\nBCD-FGH\n\n");
    const auto link_lines = count_of(mail.text + "\n", "\n\nhttps://notes.example/x/1.y\n\n");
    EXPECT_EQ(count_of(mail.text, "BCD-FGH"), code_lines) << name;
    EXPECT_EQ(count_of(mail.text, "https://notes.example/x/1.y"), link_lines) << name;
    EXPECT_GE(code_lines + link_lines, 1u) << name;
    codes += code_lines;
    links += link_lines;
  }
  EXPECT_EQ(codes, 6u);  // two of magic_link, three of otp, one of providers
  EXPECT_GT(links, 12u);
}

TEST(MagicLinkMails, ShowACodeOnlyWhenThereIsOne) {
  const Pages pages({});
  for (const auto* name : {"magic_link/sign_in", "magic_link/register"}) {
    const auto with = pages.mail(name, {{"link", "https://x"}, {"code", "BCD-FGH"}}, "en").value();
    const auto without = pages.mail(name, {{"link", "https://x"}, {"code", ""}}, "en").value();
    EXPECT_THAT(with.text, HasSubstr("enter this code there")) << name;
    EXPECT_THAT(without.text, Not(HasSubstr("code"))) << name;
    EXPECT_THAT(without.html, Not(HasSubstr("this code"))) << name;
    EXPECT_THAT(without.text, Not(HasSubstr("\n\n\n"))) << name;
  }
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
