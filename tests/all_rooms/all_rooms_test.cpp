// What every room promises, asked of all of them as they are declared: a new one is in here without a line.
#include <regex>
#include <rowan/engine/core.hpp>
#include <rowan/engine/parts/preview.hpp>
#include <rowan/engine/parts/room.hpp>
#include <set>

#include <tests/flows/flow.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Every room with everything in it switched on, as where people try the program.
testing::TestAppOptions every_room() {
  testing::TestAppOptions options;
  options.strategies.clear();
  options.adjust = [](AuthOptions& declared) {
    SubjectOptions subject{.name = "user", .strategies = {}, .add_ons = {}};
    for (const auto& room : all_rooms())
      room.declare(room.development.has_value() ? room.development : room.defaults, subject);
    declared.strategies = std::move(subject.strategies);
    declared.add_ons = std::move(subject.add_ons);
  };
  return options;
}

class AllRooms : public ::testing::Test {
 protected:
  const engine::Core& core() { return engine::core_of(app_.auth()); }
  template <class Use>
  void for_each_phase(const Use& use) {
    for (const auto& strategy : core().subjects.front().strategies)
      for (const auto& phase : strategy.phases) use(strategy, phase);
  }
  testing::TestApp app_{every_room()};
};

TEST_F(AllRooms, DescribeEveryOptionAndDefaultWithinItsBounds) {
  for (const auto& room : all_rooms()) {
    EXPECT_FALSE(room.sentence.empty()) << room.name;
    std::set<std::string> names;
    for (const auto& option : room.options) {
      EXPECT_TRUE(names.insert(option.name).second) << room.name << "." << option.name << " twice";
      EXPECT_TRUE(option.sentence.ends_with('.')) << room.name << "." << option.name;
    }
    for (const auto& values : {room.defaults, room.development}) {
      if (!values.has_value()) continue;
      EXPECT_THAT(problems_of(OptionSet{.options = room.options, .values = values}), ::testing::IsEmpty()) << room.name;
    }
  }
}

TEST_F(AllRooms, RoundTripEveryOption) {
  for (const auto& room : all_rooms())
    for (const auto& option : room.options) {
      auto values = room.defaults;
      option.set(values, option.get(values));
      EXPECT_EQ(option.get(values), option.get(room.defaults)) << room.name << "." << option.name;
      if (option.kind != Option::Kind::choice) continue;
      for (const auto& name : option.choices) {
        option.set(values, name);
        EXPECT_EQ(option.get(values), OptionValue(name)) << room.name << "." << option.name;
      }
    }
}

TEST_F(AllRooms, RenderEveryLetterWithoutUnfilledPlaceholders) {
  const auto letters = engine::declared_letters(core());
  ASSERT_GE(letters.size(), 10u);
  for (const auto& [name, sentence] : letters)
    for (const auto& language : core().pages.languages()) {
      const auto mail = engine::preview_letter(core(), name, language);
      ASSERT_TRUE(mail) << name << ": " << mail.error().reason;
      for (const auto& text : {mail->subject, mail->text, mail->html}) {
        EXPECT_FALSE(text.empty()) << name;
        EXPECT_THAT(text, Not(HasSubstr("{{"))) << name;
        EXPECT_THAT(text, Not(HasSubstr("[["))) << name;
      }
    }
}

TEST_F(AllRooms, DescribeEveryPhaseAndInput) {
  for_each_phase([](const Strategy& strategy, const Phase& phase) {
    EXPECT_FALSE(phase.description.empty()) << strategy.name << "." << phase.name;
    EXPECT_FALSE(phase.limits.empty()) << strategy.name << "." << phase.name << " can be repeated without a limit";
    for (const auto& input : phase.inputs)
      EXPECT_FALSE(input.description.empty()) << strategy.name << "." << phase.name << "." << input.name;
  });
}

// A program that sends nothing is told every field it should have sent, in the house's words.
TEST_F(AllRooms, NameEveryMissingFieldToPrograms) {
  for_each_phase([&](const Strategy& strategy, const Phase& phase) {
    if (!phase.api || phase.who != Who::anybody) return;
    if (std::ranges::none_of(phase.inputs, &Input::required)) return;
    auto program = app_.browser();
    program.json(name_of(phase.methods.front()), "/api/auth/user/" + strategy.name + phase.path, Json({}));
    ASSERT_EQ(program.status(), 422) << strategy.name << "." << phase.name << ": " << program.body();
    EXPECT_EQ(text_at(program.answer(), {"authentication", "reason"}), "invalid_input");
    std::set<std::string> told;
    for (const auto& error : program.answer().find("errors")->items()) {
      told.insert(text_at(error, {"field"}));
      EXPECT_NE(text_at(error, {"message"}), "") << strategy.name << "." << phase.name;
    }
    for (const auto& input : phase.inputs)
      EXPECT_EQ(told.contains(input.name), input.required) << strategy.name << "." << phase.name << "." << input.name;
  });
}

TEST_F(AllRooms, RejectAnonymousRequestsWhereASessionIsNeeded) {
  for_each_phase([&](const Strategy& strategy, const Phase& phase) {
    if (!phase.api || phase.who != Who::session) return;
    auto program = app_.browser();
    program.json(name_of(phase.methods.front()), "/api/auth/user/" + strategy.name + phase.path, Json({}));
    EXPECT_EQ(program.status(), 401) << strategy.name << "." << phase.name;
  });
}

// --- What people see ---

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) found.push_back((*it)[1]);
  return found;
}

// The tag of each field that people fill in.
std::vector<std::string> fields_of(const std::string& page) {
  auto tags = matches(page, "(<input [^>]*>)");
  std::erase_if(tags, [](const std::string& tag) { return tag.contains("hidden"); });
  return tags;
}
std::string attribute(const std::string& tag, const std::string& name) {
  const auto found = matches(tag, "[ ]" + name + "=\"([^\"]*)\"");
  return found.empty() ? std::string() : found.front();
}

// Every field has a label of its own; what is wrong with it stands beside it and is read with it (WCAG 2.2: 1.3.1,
// 3.3.1, 3.3.2, 4.1.2).
// `wrong`: of the form that is sent to `action`.
void expect_fields_are_told(const std::string& page, const std::string& where, const std::string& action,
                            const std::set<std::string>& wrong) {
  std::set<std::string> ids;
  for (const auto& id : matches(page, "[ ]id=\"([^\"]*)\""))
    EXPECT_TRUE(ids.insert(id).second) << where << ": id " << id << " twice";
  const auto labels = matches(page, "<label [^>]*for=\"([^\"]*)\"");
  for (const auto& tag : fields_of(page))
    EXPECT_THAT(labels, ::testing::Contains(attribute(tag, "id"))) << where << ": " << tag;
  const auto begin = page.find("action=\"" + action + "\"");
  const auto form =
      begin == std::string::npos ? std::string() : page.substr(begin, page.find("</form>", begin) - begin);
  for (const auto& tag : fields_of(form)) {
    const auto name = attribute(tag, "name");
    const auto open = name.find('[');
    const auto field = open == std::string::npos ? name : name.substr(open + 1, name.size() - open - 2);
    if (!wrong.contains(field)) continue;
    EXPECT_EQ(attribute(tag, "aria-invalid"), "true") << where << ": " << tag;
    bool described = false;
    for (const auto& by : matches(attribute(tag, "aria-describedby") + " ", "([^ ]+) "))
      described = described || (ids.contains(by) && by.ends_with("_error"));
    EXPECT_TRUE(described) << where << ": " << tag;
  }
}

TEST_F(AllRooms, LabelEveryFieldAndShowErrorsBesideIt) {
  auto person = app_.browser();
  register_in(person);
  int forms = 0;
  for_each_phase([&](const Strategy& strategy, const Phase& phase) {
    if (!phase.web) return;
    const auto where = strategy.name + "." + phase.name;
    auto browser = phase.who == Who::session ? person : app_.browser();
    const auto address = "/auth/user/" + strategy.name + phase.path;
    std::optional<testing::Form> form;
    for (const auto* page : {"/sign-in", "/register", "/reset", "/account"}) {
      browser.get(page);
      if (!matches(browser.body(), "action=\"(" + address + ")\"").empty()) form = browser.form(address);
      if (form) break;
    }
    if (!form) return;  // the form of a mailed link, or of a page behind another form
    ++forms;
    expect_fields_are_told(browser.body(), where, address, {});
    // The page fills some in itself, such as which one of a list is meant.
    std::set<std::string> wrong;
    for (const auto& input : phase.inputs)
      if (input.required && input.kind != Input::Kind::flow && form->value("user[" + input.name + "]").empty())
        wrong.insert(input.name);
    form->submit();
    if (wrong.empty()) return;
    EXPECT_EQ(browser.status(), 422) << where;
    expect_fields_are_told(browser.body(), where + ", sent empty", address, wrong);
  });
  EXPECT_GE(forms, 7);
}

}  // namespace
}  // namespace rowan::flows
