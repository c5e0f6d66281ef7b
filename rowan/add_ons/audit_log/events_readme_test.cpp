// The README's table of events is what is written: each kind, with what a row of it has.
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "audit_flow_for_tests.hpp"

namespace rowan::flows {
namespace {

struct Described {
  std::set<std::string> always{}, sometimes{};
};

std::set<std::string> names_in(const std::string& cell, bool optional) {
  std::set<std::string> names;
  for (std::size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
    const auto end = cell.find('`', at + 1);
    if (const bool is_optional = cell.substr(end + 1).starts_with('?'); is_optional == optional)
      names.insert(cell.substr(at + 1, end - at - 1));
    at = end;
  }
  return names;
}

// "| `signed_in` | when | `account`, `identity`? |"
std::map<std::string, Described> described_events() {
  std::map<std::string, Described> described;
  std::ifstream readme(ROWAN_SOURCE_FOLDER "/rowan/add_ons/audit_log/README.md");
  for (std::string line; std::getline(readme, line);)
    for (const auto& event : names_of_events()) {
      if (!line.starts_with("| `" + event + "` |")) continue;
      const auto cell = line.substr(line.rfind(" | "));
      described[event] = {.always = names_in(cell, false), .sometimes = names_in(cell, true)};
    }
  return described;
}

std::set<std::string> names_of(const AuditRecord& row) {
  std::set<std::string> names;
  const auto add = [&](const char* name, bool is_there) {
    if (is_there) names.insert(name);
  };
  add("account", !row.account.is_nil());
  add("code", !row.code.empty() && row.code != "no_account");
  add("identity", !row.identity.empty());
  add("address", !row.address.empty());
  add("user_agent", !row.user_agent.empty());
  for (const auto& [name, value] : row.data.fields()) names.insert(name);
  return names;
}

// Everything that can happen, in every way in which a row may differ.
std::vector<AuditRecord> everything() {
  auto options = with_log("sqlite", {.include_fields = {"email"}});
  bool second_factor = false;
  options.adjust = [&](AuthOptions& auth) {
    auth.hooks.factors = [&](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
      return second_factor ? named({"badge"}) : std::vector<Factor>();
    };
  };
  testing::TestApp app(std::move(options));
  auto stranger = app.browser(), owner = app.browser(), program = app.browser();
  const auto with_agent = [](Browser& browser) -> Browser& { return browser.with_header("User-Agent", "Firefox/140"); };
  with_agent(program).json("POST", "/api/auth/user/password/register", registration(bob));
  with_agent(program).json("POST", "/api/auth/user/password/sign_in", credentials(bob));
  second_factor = true;
  with_agent(program).json("POST", "/api/auth/user/password/sign_in", credentials(bob));
  second_factor = false;
  register_in(stranger);  // an address that is not theirs
  with_agent(program).json("POST", "/api/auth/user/password/sign_in", credentials(ann, other_password));
  program.json("POST", "/api/auth/user/password/sign_in", credentials(eve, other_password));
  program.json("POST", "/api/auth/user/magic_link", {{"user", {{"token", "made.up"}}}});
  with_agent(program).json("POST", "/api/auth/user/password/reset_request", an_email(ann));
  program.json("POST", "/api/auth/user/password/reset_request", an_email(eve));
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  owner.get("/sign-out");
  auto form = owner.form("/sign-out");
  with_agent(owner);
  form.submit();
  NewUser user;
  user.email = "new@notes.example";
  const auto made = app.auth().create_user(user);
  EXPECT_TRUE(made && app.auth().confirm(made->id));
  return rows_of(app);
}

TEST(AuditedEventsInTheReadme, AreAllThereAre) {
  const auto described = described_events();
  for (const auto& event : names_of_events()) EXPECT_TRUE(described.contains(event)) << event;
}

TEST(AuditedEventsInTheReadme, HaveWhatIsWritten) {
  const auto described = described_events();
  std::map<std::string, std::set<std::string>> seen;
  for (const auto& row : everything()) {
    const auto& event = described.at(row.event);
    const auto names = names_of(row);
    seen[row.event].insert(names.begin(), names.end());
    for (const auto& name : names)
      EXPECT_TRUE(event.always.contains(name) || event.sometimes.contains(name))
          << told(row) << " has " << name << ", which the README does not say";
    for (const auto& name : event.always)
      EXPECT_TRUE(names.contains(name)) << told(row) << " has no " << name << ", which the README promises";
  }
  for (const auto& [name, event] : described)
    for (const auto& column : event.sometimes)
      EXPECT_TRUE(seen[name].contains(column)) << "no " << name << " has " << column;
}

}  // namespace
}  // namespace rowan::flows
