#pragma once
// Not installed. What the flow tests of this room share: an application, its visitors, and authenticators.
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/virtual_authenticator.hpp>

#include <tests/flows/another_node.hpp>
#include <tests/flows/logged.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {

using testing::VirtualAuthenticator;
using Lies = VirtualAuthenticator::Lies;

inline VirtualAuthenticator::Options device_options() { return {.origin = "https://rowan.example"}; }

/// The options in the page of a challenge.
inline std::string options_on(const Browser& browser) {
  const std::string begin = "data-options=\"";
  const auto at = browser.body().find(begin);
  if (at == std::string::npos) throw std::runtime_error("no options on this page: " + browser.body());
  auto text = browser.body().substr(at + begin.size());
  text.resize(text.find('"'));
  for (const auto& [entity, character] : {std::pair("&quot;", "\""), std::pair("&#39;", "'"), std::pair("&amp;", "&")})
    for (auto found = text.find(entity); found != std::string::npos; found = text.find(entity, found))
      text.replace(found, std::string_view(entity).size(), character);
  return text;
}

class PasskeyFlows : public ::testing::TestWithParam<std::string> {
 protected:
  struct Setting {
    WebauthnOptions options{};
    bool limited = true;
    bool with_password = true;
    bool with_codes = false;  // recovery codes
    std::vector<AddOn> add_ons{};
    bool second_factor_required = false;
  };
  PasskeyFlows() : PasskeyFlows(Setting{}) {}
  explicit PasskeyFlows(Setting setting)
      : app{{.database = GetParam(),
             .strategies = strategies(setting),
             .add_ons = setting.add_ons,
             .adjust = [this, limited = setting.limited,
                        required = setting.second_factor_required](AuthOptions& options) {
               options.limits_enabled = limited;
               options.logger = &log;
               if (required) options.second_factor.required = [](const User&) { return true; };
             }}} {}

  static std::vector<Strategy> strategies(const Setting& setting) {
    std::vector<Strategy> all;
    if (setting.with_password) all = {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp()};
    all.push_back(rowan::webauthn(setting.options));
    if (setting.with_codes) all.push_back(rowan::recovery_code());
    return all;
  }

  /// An account with a password and a proven address.
  AccountId make(std::string_view email = ann) { return flows::make_user(app, email); }

  // --- Programs ---
  Browser& call(Browser& program, std::string_view phase, const Json& fields, std::string_view flow = "") {
    return program.json("POST", "/api/auth/user/webauthn/" + std::string(phase), {{"user", fields}, {"flow", flow}});
  }
  /// The answer to a challenge phase is the options, and its flow.
  std::string ask(Browser& program, std::string_view phase, const Json& fields = Json({}), std::string_view flow = "") {
    call(program, phase, fields, flow);
    EXPECT_EQ(program.status(), 200) << phase << ": " << program.body();
    return program.body();
  }
  static std::string flow_of(const std::string& options) { return text_at(*Json::parse(options), {"flow"}); }
  Browser& send(Browser& program, std::string_view phase, const std::string& credential, std::string_view flow) {
    return call(program, phase, {{"credential", *Json::parse(credential)}}, flow);
  }
  Browser& register_program(Browser& program, VirtualAuthenticator& device, std::string_view email = ann,
                            const Lies& lies = {}) {
    const auto options = ask(program, "registration_challenge", {{"email", email}});
    return send(program, "register", device.create(options, lies), flow_of(options));
  }
  Browser& sign_in_program(Browser& program, VirtualAuthenticator& device, const Lies& lies = {}) {
    const auto options = ask(program, "authentication_challenge");
    return send(program, "sign_in", device.get(options, lies), flow_of(options));
  }
  std::string bearer_of(Browser& program) { return text_at(program.answer(), {"authentication", "bearer"}); }
  std::string flow_that_waits(Browser& program) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    EXPECT_EQ(program.status(), 401) << program.body();
    return text_at(program.answer(), {"authentication", "flow"});
  }
  static std::string error_of(const Browser& program) {
    const auto errors = program.answer().find("errors");
    return errors && !errors->items().empty()
               ? text_at(errors->items().front(), {"field"}) + " " + text_at(errors->items().front(), {"code"})
               : std::string();
  }

  // --- People: what the page's script does is done by hand ---
  Browser& register_person(Browser& browser, VirtualAuthenticator& device, std::string_view email = ann) {
    browser.get("/register").form("webauthn/registration_challenge").fill("user[email]", email).submit();
    return answer(browser, "webauthn/register", device.create(options_on(browser)));
  }
  Browser& sign_in_person(Browser& browser, VirtualAuthenticator& device, const Lies& lies = {}) {
    browser.get("/sign-in?prompt=login").form("webauthn/authentication_challenge").submit();
    return answer(browser, "webauthn/sign_in", device.get(options_on(browser), lies));
  }
  Browser& add(Browser& browser, VirtualAuthenticator& device, std::string_view with = password,
               std::string_view label = "") {
    browser.get("/account")
        .form("webauthn/add_credential_challenge")
        .fill("user[current_password]", with)
        .fill("user[label]", label)
        .submit();
    if (browser.status() != 200) return browser;
    return answer(browser, "webauthn/add_credential", device.create(options_on(browser)));
  }
  Browser& answer(Browser& browser, std::string_view form, const std::string& credential) {
    return browser.form(form).fill("user[credential]", credential).submit();
  }
  /// On the page that asks for the second factor.
  Browser& verify_person(Browser& browser, VirtualAuthenticator& device, const Lies& lies = {}) {
    browser.get("/webauthn-verify").form("webauthn/verify_challenge").submit();
    return answer(browser, "webauthn/verify", device.get(options_on(browser), lies));
  }

  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }
  std::int64_t passkeys() { return number(Sql("SELECT COUNT(*) FROM rowan_webauthn_credentials")); }
  std::int64_t challenges() { return number(Sql("SELECT COUNT(*) FROM rowan_webauthn_challenges")); }
  std::int64_t accounts() { return number(Sql("SELECT COUNT(*) FROM rowan_accounts")); }
  std::vector<std::string> texts(const Sql& statement) {
    const auto rows = app.database().read([&](SqlConnection& connection) { return connection.query(statement); });
    std::vector<std::string> all;
    for (const auto& row : *rows) all.push_back(row.text("value"));
    return all;
  }
  void run(const Sql& statement) {
    const auto done = app.database().transact([&](Transaction& transaction) { return transaction.execute(statement); });
    ASSERT_TRUE(done) << done.error().reason;
  }
  Json methods_of(Browser& program) {
    const auto verdict = app.auth().decide({.authorization = "Bearer " + bearer_of(program)}, GuardKind::bearer);
    return to_json(std::get<GuardAccepted>(*verdict).claims.methods());
  }

  RememberingLogger log;
  testing::TestApp app;
};

}  // namespace rowan::flows
