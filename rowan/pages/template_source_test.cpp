#include <gmock/gmock.h>

#include <rowan/pages/template_source.hpp>

namespace rowan::pages {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct Read {
  TemplateSource source{};
  std::vector<std::string> problems{};
  std::string text{};  // words as they are, in «»
};

Read read(std::string_view text, std::string_view name = "notes.html") {
  const SourceLookups lookups{
      .file = [](std::string_view file) -> std::optional<std::string_view> {
        if (file == "part.html") return "<b>{{inner}}</b>";
        if (file == "words.html") return "<b>[[{}]]</b>\n";
        if (file == "loop.html") return "[[include \"loop.html\"]]";
        return std::nullopt;
      },
      .asset_path =
          [](std::string_view file) { return file == "a.css" ? std::string("assets/12/a.css") : std::string(); }};
  Read read;
  read.source = read_template(name, text, lookups, read.problems);
  for (const auto& piece : read.source.pieces) read.text += piece.is_word ? "«" + piece.text + "»" : piece.text;
  return read;
}

TEST(TemplateSource, FindsSentencesAndTheVariablesInThem) {
  const auto page = read("<p>[[Hello {{name}},\n  how are you?]]</p>");
  EXPECT_EQ(page.text, "<p>«Hello {{name}}, how are you?»</p>");
  EXPECT_THAT(page.source.words(), ElementsAre("Hello {{name}}, how are you?"));
  EXPECT_THAT(page.source.names, UnorderedElementsAre("name"));
  EXPECT_THAT(page.problems, IsEmpty());
}

TEST(TemplateSource, GivesEveryFormItsTokenAndReturnTo) {  // BRW-09
  const auto page = read("[[form \"{{sign_in_action}}\" class=\"wide\"]]</form>");
  EXPECT_THAT(page.text, HasSubstr("<form method=\"post\" action=\"{{sign_in_action}}\" class=\"wide\" novalidate>"));
  EXPECT_THAT(page.text, HasSubstr("<input type=\"hidden\" name=\"_csrf_token\" value=\"{{csrf_token}}\">"));
  EXPECT_THAT(page.text,
              HasSubstr("{{#has_return_to}}<input type=\"hidden\" name=\"return_to\" value=\"{{return_to}}\">"));
  EXPECT_THAT(page.source.names, UnorderedElementsAre("sign_in_action", "csrf_token", "return_to", "has_return_to",
                                                      "step_up", "has_step_up"));
}

TEST(TemplateSource, RefusesAFormWithoutToken) {  // BRW-09
  for (const auto* form :
       {"<form action=\"/x\">", "<FORM method=\"post\">", "<form\nmethod=\"POST\">", "<form method='get'>", "<form"})
    EXPECT_THAT(read(form).problems, ElementsAre(HasSubstr("notes.html: a raw <form>"))) << form;
}

TEST(TemplateSource, GivesWordsToWhatItIncludes) {
  const auto page = read("<p>[[include \"words.html\" \"Sign in to \n {{app_name}}, \"now\"\"]]</p>");
  EXPECT_EQ(page.text, "<p><b>«Sign in to {{app_name}}, \"now\"»</b></p>");  // and the file's own end is left out
  EXPECT_THAT(page.source.words(), ElementsAre("Sign in to {{app_name}}, \"now\""));
  EXPECT_THAT(page.source.names, UnorderedElementsAre("app_name"));
  EXPECT_THAT(page.problems, IsEmpty());
}

TEST(TemplateSource, RefusesWordsThatAreNotShownAndPlacesThatGetNone) {
  EXPECT_THAT(read("[[include \"part.html\" \"Hello\"]]").problems, ElementsAre(HasSubstr("which it does not show")));
  EXPECT_THAT(read("[[include \"words.html\"]]").problems, ElementsAre(HasSubstr("no words to show")));
  EXPECT_THAT(read("[[{}]]").problems, ElementsAre(HasSubstr("is for parts")));
  EXPECT_THAT(read("[[{}]]", "mails/parts/button.html").problems, IsEmpty());
}

TEST(TemplateSource, AcceptsASearchFormThatGets) {
  EXPECT_THAT(read("<form action=\"/search\" method=\"get\">").problems, IsEmpty());
}

TEST(TemplateSource, RefusesWhatCouldSwitchEscapingOff) {  // INJ-02
  for (const auto* tag :
       {"{{name:none}}", "{{%AUTOESCAPE context=\"JAVASCRIPT\"}}", "{{=<% %>=}}", "{{name:h:x-custom}}", "{{Name}}",
        "{{}}", "[[Hello {{name:none}}]]", "[[form \"{{x:none}}\"]]", "[[form \"/x\" class=\"{{x:none}}\"]]"})
    EXPECT_THAT(read(tag).problems, ElementsAre(HasSubstr("is not a variable or section"))) << tag;
}

TEST(TemplateSource, NamesTheTemplateAndWhatIsBroken) {
  EXPECT_THAT(read("[[Hello").problems, ElementsAre("template notes.html: \"[[\" without \"]]\""));
  EXPECT_THAT(read("a {{name").problems, ElementsAre("template notes.html: \"{{\" without \"}}\""));
  EXPECT_THAT(read("[[ ]]").problems, ElementsAre("template notes.html: \"[[]]\" without a sentence"));
  EXPECT_THAT(read("[[asset \"b.css\"]]").problems, ElementsAre("template notes.html: there is no asset \"b.css\""));
  EXPECT_THAT(read("[[include \"x.html\"]]").problems,
              ElementsAre(HasSubstr("includes \"x.html\", which does not exist")));
  EXPECT_THAT(read("[[include \"loop.html\"]]").problems, ElementsAre(HasSubstr("too deeply")));
}

TEST(TemplateSource, PutsIncludesTitlesAndAssetsInPlace) {
  const auto page =
      read("[[title \"Notes\"]]<link href=\"[[asset \"a.css\"]]\">[[include \"part.html\"]]{{! a remark }}");
  EXPECT_EQ(page.text, "<link href=\"{{mount}}/assets/12/a.css\"><b>{{inner}}</b>{{! a remark }}");
  EXPECT_EQ(page.source.title, "Notes");
  EXPECT_THAT(page.source.names, UnorderedElementsAre("mount", "inner"));
  EXPECT_THAT(page.problems, IsEmpty());
}

TEST(TemplateSource, KnowsAWholeDocument) {
  EXPECT_TRUE(read("<!DOCTYPE html><html>").source.whole);
  EXPECT_FALSE(read("<p>").source.whole);
  EXPECT_TRUE(read("x", "a.html").source.html);
  EXPECT_FALSE(read("x", "a.txt").source.html);
}

TEST(TemplateSource, NamesFilesByRoom) {
  EXPECT_EQ(public_name("strategies/password/pages/reset.html"), "password/reset.html");
  EXPECT_EQ(public_name("strategies/password/mails/reset.txt"), "password/mails/reset.txt");
  EXPECT_EQ(public_name("pages/layout.html"), "layout.html");
  EXPECT_EQ(public_name("pages/parts/email.html"), "parts/email.html");
  EXPECT_EQ(public_name("pages/mails/layout.html"), "mails/layout.html");
  EXPECT_EQ(public_name("sessions/pages/list.html"), "sessions/list.html");
  EXPECT_EQ(public_name("elsewhere/x.html"), "");
}

TEST(EscapeHtml, LeavesNothingThatEndsTextOrAttribute) {
  EXPECT_EQ(escape_html("<a href=\"x\">&'</a>{{n}}"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;{{n}}");
}

}  // namespace
}  // namespace rowan::pages
