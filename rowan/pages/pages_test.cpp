#include <gmock/gmock.h>

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <rowan/base/config_error.hpp>
#include <rowan/pages/embedded_files.hpp>
#include <rowan/pages/pages.hpp>
#include <thread>

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

EmbeddedFile html(std::string_view bytes) { return {.name = "strategies/try/pages/page.html", .bytes = bytes}; }

std::string rendered(std::string_view source, const Json& data, std::string_view language = "en") {
  return Pages({}, {html(source)}).fragment("try/page.html", data, language).value();
}

// A folder of the application, gone with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::path(::testing::TempDir()) / ("rowan_pages_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string problems_of(const std::function<void()>& construct) {
  try {
    construct();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(Pages, EscapesAVariableForThePlaceItStandsIn) {  // INJ-02
  const Json data{{"x", "<script>\"'&"}};
  EXPECT_EQ(rendered("<p>{{x}}</p>", data), "<p>&lt;script&gt;&quot;&#39;&amp;</p>");
  EXPECT_EQ(rendered("<input value=\"{{x}}\">", data), "<input value=\"&lt;script&gt;&quot;&#39;&amp;\">");
  EXPECT_EQ(rendered("<a href=\"/a?b={{x}}\">", {{"x", "1&c=\"2"}}), "<a href=\"/a?b=1&amp;c=&quot;2\">");
  EXPECT_EQ(rendered("<p class={{x}}>", {{"x", "a onclick=x"}}), "<p class=a_onclick=x>");
  EXPECT_THAT(rendered("<script>var a = '{{x}}';</script>", {{"x", "'</script>"}}), Not(HasSubstr("'</script>';")));
}

TEST(Pages, NeutralisesScriptUrls) {  // INJ-02
  for (const auto* address :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", " javascript:alert(1)", "vbscript:x"})
    EXPECT_EQ(rendered("<a href=\"{{x}}\">", {{"x", address}}), "<a href=\"#\">") << address;
  EXPECT_EQ(rendered("<a href=\"{{x}}\">", {{"x", "https://a.example/b"}}), "<a href=\"https://a.example/b\">");
}

TEST(Pages, EscapesInsidePanelsSectionsAndSentencesToo) {  // INJ-02
  const Pages pages({}, {html("{{>panels}}{{#list}}{{item}}{{/list}}[[Signed in as {{account_email}}]]")});
  const auto page = pages.page(
      "try/page.html",
      {{"account_email", "<i>"},
       {"list", Json::array({"<b>"})},
       {"panels", Json::array({Json{{"template", "link.html"}, {"href", "javascript:x"}, {"label", "<u>"}}})}},
      "de");
  EXPECT_THAT(page.value(), HasSubstr("<span>&lt;u&gt;</span>"));
  EXPECT_THAT(page.value(), HasSubstr("href=\"#\""));
  EXPECT_THAT(page.value(), HasSubstr("&lt;b&gt;Angemeldet als &lt;i&gt;"));
}

TEST(Pages, FillsScalarsSectionsAndLists) {
  EXPECT_EQ(rendered("{{a}}{{#has_a}}!{{/has_a}}{{#has_b}}b{{/has_b}}", {{"a", 15}, {"b", false}}), "15!");
  EXPECT_EQ(rendered("{{#has_a}}a{{/has_a}}{{#has_b}}b{{/has_b}}{{#has_c}}c{{/has_c}}",
                     {{"a", ""}, {"b", nullptr}, {"c", Json::array({})}}),
            "");
  EXPECT_EQ(rendered("{{#user}}{{name}} {{site}}{{/user}}", {{"site", "s"}, {"user", {{"name", "n"}}}}), "n s");
  EXPECT_EQ(rendered("{{#list}}{{item}},{{/list}}", {{"list", Json::array({"a", 2})}}), "a,2,");
  EXPECT_EQ(rendered("{{#list}}{{n}}{{#has_m}}+{{/has_m}};{{/list}}",
                     {{"list", Json::array({Json{{"n", 1}, {"m", true}}, Json{{"n", 2}}})}}),
            "1+;2;");
}

TEST(Pages, NeverTakesAFieldsErrorFromElsewhere) {
  const auto page = rendered(
      "{{#form}}{{email_value}}|{{#has_email_error}}{{email_error}}{{/has_email_error}}{{/form}}",
      {{"email", "outside"}, {"form", {{"values", {{"email", "typed"}}}, {"errors", {{"password", "short"}}}}}});
  EXPECT_EQ(page, "typed|");
}

TEST(Pages, KeepsPanelsApart) {
  const Pages pages({},
                    {html("{{>panels}}"), {.name = "strategies/try/pages/panel.html", .bytes = "({{a}}{{shared}})"}});
  const auto page = pages.fragment("try/page.html",
                                   {{"shared", "s"},
                                    {"panels", Json::array({Json{{"template", "try/panel.html"}, {"a", "1"}},
                                                            Json{{"template", "try/panel.html"}}})}},
                                   "en");
  EXPECT_EQ(page.value(), "(1s)(s)");
}

TEST(Pages, SaysWhichTemplateIsMissing) {
  const Pages pages({}, {html("{{>panels}}")});
  const auto panel =
      pages.page("try/page.html", {{"panels", Json::array({Json{{"template", "try/gone.html"}}})}}, "en");
  ASSERT_FALSE(panel);
  EXPECT_EQ(panel.error().code, ErrorCode::internal);
  EXPECT_THAT(panel.error().reason, HasSubstr("try/gone.html"));
  EXPECT_EQ(pages.page("gone.html", {}, "en").error().code, ErrorCode::internal);
  EXPECT_EQ(pages.mail("try/gone", {}, "en").error().code, ErrorCode::internal);
  EXPECT_FALSE(pages.has("gone.html"));
  EXPECT_TRUE(pages.has("password/sign_in.html"));
}

TEST(Pages, ReportsEveryBrokenTemplateAtConstruction) {
  const auto problems = problems_of(
      [] { Pages({}, {html("<form>{{x:none}}"), {.name = "strategies/try/pages/b.html", .bytes = "[[x"}}); });
  EXPECT_THAT(problems, HasSubstr("template try/page.html: a raw <form>"));
  EXPECT_THAT(problems, HasSubstr("template try/page.html: \"{{x:none}}\""));
  EXPECT_THAT(problems, HasSubstr("template try/b.html"));
  EXPECT_THAT(problems_of([] { Pages({}, {html("{{#a}}")}); }), HasSubstr("try/page.html: a section is not closed"));
  EXPECT_THAT(problems_of([] { Pages({}, {html("{{#a}}{{#b}}{{/a}}{{/b}}")}); }), HasSubstr("try/page.html"));
  EXPECT_THAT(problems_of([] { Pages({.default_language = "xx"}); }), HasSubstr("default_language"));
}

TEST(Pages, PutsAPageIntoTheLayout) {
  const Pages pages({.app_name = "Notes & Co", .mount = "/x/auth"},
                    {html("[[title \"Sign out\"]]<p>{{language}}</p>")});
  const auto page = pages.page("try/page.html", {{"flash", {{"kind", "info"}, {"text", "<hi>"}}}}, "de").value();
  EXPECT_THAT(page, StartsWith("<!doctype html>\n<html lang=\"de\" dir=\"ltr\">"));
  EXPECT_THAT(page, HasSubstr("<title>Abmelden · Notes &amp; Co</title>"));
  EXPECT_THAT(page, HasSubstr("href=\"/x/auth/" + pages.asset_path("rowan.css") + "\""));
  EXPECT_THAT(page, HasSubstr("<p class=\"notice info\" role=\"status\">&lt;hi&gt;</p>"));
  EXPECT_THAT(page, HasSubstr("<p>de</p>"));
}

TEST(Pages, SaysInTheTitleThatAFormCameBack) {
  const Pages pages({}, {});
  const Json panel{{"template", "password/sign_in.html"}, {"summary", Json::array({Json{{"text", "no"}}})}};
  EXPECT_THAT(pages.page("sign_in.html", {{"panels", Json::array({panel})}}, "en").value(),
              HasSubstr("<title>Error: Sign in"));
  EXPECT_THAT(pages.page("sign_in.html", {}, "en").value(), HasSubstr("<title>Sign in"));
}

TEST(Pages, FallsBackToTheDefaultLanguage) {
  const Pages pages({.default_language = "de"});
  EXPECT_THAT(pages.page("sign_in.html", {}, "xx").value(), HasSubstr("<html lang=\"de\""));
  EXPECT_EQ(pages.text(words::signed_in, "../../etc"), "Sie sind angemeldet.");
}

TEST(Pages, LetsTheApplicationReplaceAPageAndAddItsOwn) {
  const Folder folder;
  folder.write("password/sign_in.html", "mine {{csrf_token}}");
  folder.write("notes.html", "<h1>[[Hello]]</h1>{{#current_user}}{{email}}{{/current_user}}");
  folder.write("whole.html", "<!doctype html><title>{{app_name}}</title>");
  folder.write("ignored.md", "{{#broken}}");
  const Pages pages({.template_folder = folder.path()});
  EXPECT_EQ(pages.fragment("password/sign_in.html", {{"csrf_token", "t"}}, "en").value(), "mine t");
  EXPECT_THAT(pages.page("notes.html", {{"page_title", "Notes"}, {"current_user", {{"email", "a@b"}}}}, "de").value(),
              HasSubstr("<h1>Hello</h1>a@b"));
  EXPECT_EQ(pages.page("whole.html", {}, "en").value(), "<!doctype html><title>Rowan</title>");
  EXPECT_EQ(pages.source("notes.html")->substr(0, 4), "<h1>");
}

TEST(Pages, ShowTheStateOfTheFormInsideASectionOfTheWholePage) {
  const Pages pages({}, {{.name = "strategies/try/pages/sent.html",
                          .bytes = "{{#has_lifetime}}{{email_value}}, {{lifetime}}{{/has_lifetime}}"}});
  const Json data{{"lifetime", "10 minutes"}, {"values", {{"email", "ann@notes.example"}}}};
  EXPECT_EQ(pages.fragment("try/sent.html", data, "en").value(), "ann@notes.example, 10 minutes");
  EXPECT_THAT(pages.page("try/sent.html", data, "en").value(), HasSubstr("ann@notes.example, 10 minutes"));
}

TEST(Pages, NamesTheFolderItCannotRead) {
  EXPECT_THAT(problems_of([] { Pages({.template_folder = "/nowhere/at/all"}); }),
              HasSubstr("template_folder: /nowhere/at/all"));
  EXPECT_THAT(problems_of([] { Pages({.text_folder = "/nowhere/at/all"}); }),
              HasSubstr("text_folder: /nowhere/at/all"));
  EXPECT_THAT(problems_of([] { Pages({.theme_css = "/nowhere.css"}); }), HasSubstr("theme_css: /nowhere.css"));
  const Folder folder;
  folder.write("bad.html", "\xff\xfe");
  EXPECT_THAT(problems_of([&] { Pages({.template_folder = folder.path()}); }), HasSubstr("bad.html is not UTF-8"));
}

TEST(Pages, ReadsTheApplicationsCatalogue) {
  std::string_view german;
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    if (embedded::catalogue_files[i].name == "pages/texts/de.mo") german = embedded::catalogue_files[i].bytes;
  ASSERT_FALSE(german.empty());
  const Folder folder;
  folder.write("fa.mo", german);  // words do not matter here, the language's name does
  const Pages pages({.text_folder = folder.path()});
  EXPECT_EQ(pages.text(words::signed_in, "fa"), "Sie sind angemeldet.");
  EXPECT_THAT(pages.page("sign_in.html", {}, "fa").value(), HasSubstr("<html lang=\"fa\" dir=\"rtl\">"));
  EXPECT_THAT(pages.languages(), ::testing::ElementsAre("de", "en", "fa"));
  folder.write("sv.mo", german.substr(0, 40));
  EXPECT_THAT(problems_of([&] { Pages({.text_folder = folder.path()}); }), HasSubstr("sv.mo"));
  folder.write("sv.mo", "no catalogue at all");
  EXPECT_THAT(problems_of([&] { Pages({.text_folder = folder.path()}); }), HasSubstr("sv.mo"));
}

TEST(Pages, AppendsTheThemeAndChangesTheAddressOfTheStyleSheet) {
  const Folder folder;
  const Pages plain({});
  const Pages themed({.theme_css = folder.write("theme.css", ":root { --rowan-accent: #00f; }")});
  const auto path = themed.asset_path("rowan.css");
  EXPECT_NE(path, plain.asset_path("rowan.css"));
  EXPECT_EQ(plain.asset_path("rowan.js"), themed.asset_path("rowan.js"));
  const auto asset = themed.asset(path.substr(7, 16), "rowan.css");
  ASSERT_TRUE(asset);
  EXPECT_TRUE(asset->bytes.ends_with("--rowan-accent: #00f; }"));
  EXPECT_EQ(asset->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(asset->etag, "\"" + path.substr(7, 16) + "\"");
  EXPECT_FALSE(themed.asset("0000000000000000", "rowan.css"));
  EXPECT_FALSE(themed.asset(path.substr(7, 16), "../rowan.css"));
}

TEST(Pages, AnswersTheSameFromManyThreads) {
  const Pages pages({});
  const Json data{{"csrf_token", "t"},
                  {"panels", Json::array({Json{{"template", "password/sign_in.html"}, {"subject", "user"}}})}};
  const auto page = pages.page("sign_in.html", data, "de").value();
  const auto sentence = pages.text(words::too_short, 1500, "de");
  std::atomic<int> different = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n)
        if (pages.page("sign_in.html", data, "de").value() != page ||
            pages.text(words::too_short, 1500, "de") != sentence)
          ++different;
    });
  threads.clear();
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace rowan
