// What administrators do to accounts: whole or not at all, seen at once, told to the log, and never a secret in it.
#include <rowan/accounts/queries.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/testing/number_in.hpp>
#include <tests/flows/logged.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Of "U*U": a test vector of crypt_blowfish.
constexpr std::string_view bcrypt_of_u = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
class Administration : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestAppOptions options() {
    auto options = with_mail_rooms(GetParam());
    options.adjust = [this](AuthOptions& auth) {
      auth.logger = &log;
      auth.hooks.on_register = [this](Transaction&, const Services&, const User& user,
                                      const AuthEvent& event) -> Result<> {
        registered.push_back(event.strategy + "/" + event.phase + " " + user.email);
        return registering ? registering() : Result<>();
      };
      auth.hooks.events = {AuthEvent::Kind::signed_in};
      auth.hooks.on_event = [this](Transaction&, const Services&, const AuthEvent&) -> Result<> {
        ++sign_ins;
        return {};
      };
    };
    return options;
  }
  NewUser new_user(std::string_view email = ann, std::string_view with = password) {
    NewUser user;
    user.email = email;
    if (!with.empty()) user.password = Secret::from_text(with);
    return user;
  }
  AccountId made(std::string_view email = ann, bool confirmed = true) {
    auto user = new_user(email);
    user.confirmed = confirmed;
    return app.auth().create_user(user)->id;
  }
  std::int64_t count(Sql query) { return testing::number_in(app.database(), query); }
  std::string bearer(std::string_view email = ann, std::string_view with = password) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials(email, with));
    return text_at(program.answer(), {"authentication", "bearer"});
  }
  std::size_t acts(std::string_view act) {
    return log.count(LogLevel::info, "administration act=\"" + std::string(act) + "\"");
  }

  RememberingLogger log{};
  std::vector<std::string> registered{};
  std::function<Result<>()> registering{};
  int sign_ins = 0;
  testing::TestApp app{options()};
  Browser browser = app.browser(), program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Administration, every_database(), name_of_database);

std::string code_of(const Error& error) {
  return std::string(public_name(error.code)) +
         (error.fields.empty() ? "" : " " + error.fields[0].field + " " + error.fields[0].code);
}
template <class T>
std::string outcome_of(const Result<T>& result) {
  return result ? "ok" : code_of(result.error());
}

TEST_P(Administration, MakesAnAccountThatCanSignIn_WithoutSigningItIn) {
  auto given = new_user();
  given.extra = Json({{"name", "Ann"}});
  given.locale = "de";
  const auto user = app.auth().create_user(given);
  ASSERT_TRUE(user);
  EXPECT_THAT(registered, ElementsAre("administration/create_user ann@notes.example"));
  EXPECT_EQ(sign_ins, 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_tokens"}), 0);
  EXPECT_EQ(user->extra.text(), R"({"name":"Ann"})");
  EXPECT_EQ(user->locale, "de");
  EXPECT_FALSE(user->confirmed_at);
  EXPECT_NE(bearer(), "");
  // The add-on mails its link, as for any registration, and says no address that it does not know.
  const auto mails = app.mailbox(ann);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_THAT(mails[0].text, Not(HasSubstr("::")));
  EXPECT_EQ(acts("create_user"), 1u);
}

TEST_P(Administration, MakesAnAccountWhoseAddressIsProvenAndMailsNothing) {
  auto given = new_user(ann, {});
  given.confirmed = true;
  const auto user = app.auth().create_user(given);
  ASSERT_TRUE(user);
  EXPECT_TRUE(user->confirmed_at);
  EXPECT_THAT(app.mailbox(ann), IsEmpty());
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords"}), 0);
}

TEST_P(Administration, NamesTheFieldThatIsWrongAndMakesNothing) {
  made();
  const auto outcome = [&](NewUser user) { return outcome_of(app.auth().create_user(user)); };
  EXPECT_EQ(outcome(new_user("ANN@notes.example")), "invalid_input email taken");
  EXPECT_EQ(outcome(new_user("no address")), "invalid_input email invalid");
  EXPECT_EQ(outcome(new_user("")), "invalid_input email required");
  EXPECT_EQ(outcome(new_user(bob, "short")), "invalid_input password too_short");
  auto user = new_user(bob);
  user.extra = Json("text");
  EXPECT_EQ(outcome(std::move(user)), "invalid_input extra invalid");
  Json deep("end");
  for (int i = 0; i < 40; ++i) deep = Json::object({{"in", deep}});
  user = new_user(bob);
  user.extra = deep;  // it could be written, and never be read again
  EXPECT_EQ(outcome(std::move(user)), "invalid_input extra invalid");
  user = new_user(bob);
  user.locale = "xx";
  EXPECT_EQ(outcome(std::move(user)), "invalid_input locale invalid");
  user = new_user(bob);
  user.realm.subject = "admin";
  EXPECT_EQ(outcome(std::move(user)), "not_found");
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 1);
}

TEST_P(Administration, AHookThatRefusesLeavesNoAccount) {
  registering = [] { return Result<>(Error{.code = ErrorCode::invalid_input, .reason = "no more seats"}); };
  EXPECT_EQ(outcome_of(app.auth().create_user(new_user())), "invalid_input");
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 0);
  EXPECT_EQ(acts("create_user"), 0u);
}

TEST_P(Administration, ListsAccountsPageByPageWithoutLeavingOneOut) {
  std::vector<std::string> emails, listed;
  for (int i = 0; i < 7; ++i) {
    emails.push_back("user" + std::to_string(i) + "@notes.example");
    made(emails.back());
    app.clock().advance(1s);
  }
  UserFilter filter{.limit = 3};
  for (int page = 0; page < 3; ++page) {
    const auto users = app.auth().list_users(filter);
    ASSERT_TRUE(users);
    for (const auto& record : *users) listed.push_back(record.user.email);
    EXPECT_EQ(users->size(), page < 2 ? 3u : 1u);
    filter.after = users->back().user.id;
  }
  EXPECT_EQ(listed, emails);
  EXPECT_THAT(*app.auth().list_users(filter), IsEmpty());
}

TEST_P(Administration, ListsThoseOfOneStateAndOfOneTenant) {
  using State = UserFilter::State;
  const auto disabled = made(ann), closed = made(bob), usable = made("cleo@notes.example");
  ASSERT_TRUE(app.auth().disable(disabled));
  ASSERT_TRUE(app.auth().close(closed));
  const auto ids = [&](State state) {
    std::vector<AccountId> found;
    const auto users = *app.auth().list_users({.state = state});
    for (const auto& record : users) found.push_back(record.user.id);
    return found;
  };
  EXPECT_THAT(ids(State::disabled), ElementsAre(disabled));
  EXPECT_THAT(ids(State::closed), ElementsAre(closed));
  EXPECT_THAT(ids(State::usable), ElementsAre(usable));
  EXPECT_EQ(ids(State::all).size(), 3u);
  EXPECT_TRUE((*app.auth().find_record(disabled))->disabled_at);
  EXPECT_THAT(*app.auth().list_users({.realm = {.tenant = "acme"}}), IsEmpty());
  EXPECT_EQ(outcome_of(app.auth().list_users({.limit = 0})), "invalid_input");
  EXPECT_EQ(outcome_of(app.auth().list_users({.limit = 1001})), "invalid_input");
  EXPECT_EQ(outcome_of(app.auth().list_users({.realm = {.subject = "admin"}})), "not_found");
}

TEST_P(Administration, FindsThoseOfOneStateByTheirIndexHoweverManyOthersThereAre) {
  if (GetParam() != "sqlite") GTEST_SKIP() << "PostgreSQL chooses by the size of the table";
  const auto plan = app.database().read([](SqlConnection& connection) {
    return connection.query(
        sql_of<"EXPLAIN QUERY PLAN", accounts::sql::page_of_state>,
        {{"tenant", ""}, {"subject", "user"}, {"state", "disabled"}, {"after", AccountId()}, {"most", 1}});
  });
  ASSERT_TRUE(plan) << plan.error().reason;
  std::vector<std::string> steps;
  for (const auto& row : *plan) steps.push_back(row.text("detail"));
  EXPECT_THAT(steps, ::testing::Contains("SEARCH rowan_accounts USING INDEX rowan_accounts_by_state "
                                         "(tenant=? AND subject=? AND <expr>=? AND id>?)"));
}

TEST_P(Administration, ConfirmingProvesTheAddressAtOnceAndEndsItsLocks) {
  const auto id = made(ann, false);
  browser.json("POST", "/api/auth/user/password/sign_in", credentials());
  browser.bearer(text_at(browser.answer(), {"authentication", "bearer"}));
  EXPECT_THAT(browser.json("GET", "/me").body(), HasSubstr("\"confirmed_at\":null"));
  for (int i = 0; i < 10; ++i) bearer(ann, other_password);
  EXPECT_EQ(bearer(), "") << "locked";
  ASSERT_TRUE(app.auth().confirm(id));
  EXPECT_THAT(browser.json("GET", "/me").body(), Not(HasSubstr("\"confirmed_at\":null")));
  EXPECT_NE(bearer(), "");
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords"}), 1) << "nobody took the account over";
  ASSERT_TRUE(app.auth().confirm(id));
  EXPECT_EQ(acts("confirm"), 1u);
}

TEST_P(Administration, SetsAPasswordEndsEverySessionAndTellsTheOwner) {  // THR-11
  const auto id = made();
  program.bearer(bearer());
  ASSERT_EQ(program.json("GET", "/me").status(), 200);
  ASSERT_TRUE(app.auth().set_password(id, other_password));
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(bearer(), "");
  EXPECT_NE(bearer(ann, other_password), "");
  const auto mails = app.mailbox(ann);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_THAT(mails[0].subject, HasSubstr("was changed"));
  EXPECT_THAT(mails[0].text, Not(HasSubstr("::")));
  EXPECT_EQ(outcome_of(app.auth().set_password(id, "short")), "invalid_input password too_short");
  EXPECT_EQ(acts("set_password"), 1u);
}

TEST_P(Administration, ImportsAHashThatIsReplacedAtTheNextSignIn) {
  const auto id = made(ann);
  program.bearer(bearer());
  ASSERT_TRUE(app.auth().import_hash(id, bcrypt_of_u));
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(bearer(), "");
  EXPECT_NE(bearer(ann, "U*U"), "");
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords WHERE hash LIKE '$argon2id$%'"}), 1);
  EXPECT_NE(bearer(ann, "U*U"), "");
  for (const auto* wrong : {"", "plain text", "$1$md5crypt$aaaaaaaaaaaaaaaaaaaaaa"})
    EXPECT_EQ(outcome_of(app.auth().import_hash(id, wrong)), "invalid_input hash invalid");
  EXPECT_NE(bearer(ann, "U*U"), "") << "what is refused ends nothing";
}

// Another system hashed what was typed as it came: "Schlüsselbund im Öl", the umlauts in two code points each.
TEST_P(Administration, AnImportedHashOfADecomposedPasswordIsOpenedByIt) {
  const auto id = made(ann);
  ASSERT_TRUE(app.auth().import_hash(id, "$2b$04$QZp39H3gN32x.zZIhUjmN.Fmw20thdoi.3zTKnlwiDVEghp8LjtI."));
  const std::string decomposed = "Schlu\u0308sselbund im O\u0308l", composed = "Schl\u00FCsselbund im \u00D6l";
  EXPECT_EQ(bearer(ann, decomposed + "x"), "");
  EXPECT_NE(bearer(ann, decomposed), "");
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords WHERE hash LIKE '$argon2id$%'"}), 1);
  EXPECT_NE(bearer(ann, composed), "") << "the new hash is of the composed form";
  EXPECT_NE(bearer(ann, decomposed), "");
}

TEST_P(Administration, ASignInTokenSignsInOnceAndProvesNothing) {
  const auto id = made();
  const auto token = app.auth().issue_sign_in_token(id, 5min);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->strategy, "password");
  const auto use = [&](const std::string& text) {
    program.json("POST", "/api/auth/user/password/sign_in_with_token", {{"token", text}});
    return program.status();
  };
  EXPECT_EQ(use(token->text), 200);
  const auto header = "Bearer " + text_at(program.answer(), {"authentication", "bearer"});
  const auto verdict = *app.auth().decide({.cookie = {}, .authorization = header}, GuardKind::bearer);
  const auto* accepted = std::get_if<GuardAccepted>(&verdict);
  ASSERT_NE(accepted, nullptr);
  EXPECT_EQ(accepted->claims.methods().size(), 0u);
  EXPECT_EQ(accepted->claims.authenticated_at(), Timestamp());
  program.bearer({});
  EXPECT_EQ(use(token->text), 401);
  const auto late = *app.auth().issue_sign_in_token(id, 1s);
  app.clock().advance(2s);
  EXPECT_EQ(use(late.text), 401);
  const auto dead = *app.auth().issue_sign_in_token(id);
  EXPECT_EQ(dead.expires_at - app.clock().now(), 60s) << "as the room's options say";
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_EQ(use(dead.text), 401);
  EXPECT_EQ(outcome_of(app.auth().issue_sign_in_token(id, 0s)), "invalid_input");
  EXPECT_EQ(outcome_of(app.auth().issue_sign_in_token(id, 61min)), "invalid_input");
  ASSERT_TRUE(app.auth().disable(id));
  EXPECT_EQ(outcome_of(app.auth().issue_sign_in_token(id)), "forbidden");
  EXPECT_EQ(acts("issue_sign_in_token"), 3u);
}

TEST_P(Administration, RepeatingACallSucceedsAndEndsNothing) {
  const auto id = made();
  program.bearer(bearer());
  ASSERT_TRUE(app.auth().enable(id));
  EXPECT_EQ(program.json("GET", "/me").status(), 200);
  ASSERT_TRUE(app.auth().disable(id));
  const auto since = (*app.auth().find_record(id))->disabled_at;
  app.clock().advance(1s);
  ASSERT_TRUE(app.auth().disable(id));
  EXPECT_EQ((*app.auth().find_record(id))->disabled_at, since);
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(acts("disable"), 1u);
  EXPECT_EQ(acts("enable"), 0u);
}

TEST_P(Administration, ReportsNotFoundForMissingAndClosedAccounts) {
  const auto closed = made();
  ASSERT_TRUE(app.auth().close(closed));
  for (const auto& id : {closed, AccountId()}) {
    auto& auth = app.auth();
    EXPECT_EQ(outcome_of(auth.confirm(id)), "not_found");
    EXPECT_EQ(outcome_of(auth.set_password(id, password)), "not_found");
    EXPECT_EQ(outcome_of(auth.import_hash(id, bcrypt_of_u)), "not_found");
    EXPECT_EQ(outcome_of(auth.issue_sign_in_token(id)), "not_found");
    EXPECT_EQ(outcome_of(auth.disable(id)), "not_found");
    EXPECT_EQ(outcome_of(auth.enable(id)), "not_found");
    EXPECT_EQ(outcome_of(auth.revoke_all(id)), "not_found");
    EXPECT_EQ(outcome_of(auth.update_extra(id, Json({}))), "not_found");
  }
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords"}), 0);
}

TEST_P(Administration, EndsOneBearerTokenByItsTextOrItsJti) {
  made();
  const auto first = bearer(), second = bearer(), other = bearer();
  const auto works = [&](const std::string& token) {
    program.bearer(token);
    const bool is_in = program.json("GET", "/me").status() == 200;
    program.bearer({});
    return is_in;
  };
  EXPECT_EQ(*app.auth().is_revoked(first), false);
  ASSERT_TRUE(app.auth().revoke(first));
  EXPECT_FALSE(works(first));
  EXPECT_EQ(*app.auth().is_revoked(first), true);
  ASSERT_TRUE(app.auth().revoke(first)) << "it is so already";
  const auto middle = second.substr(second.find('.') + 1);
  std::vector<std::byte> payload(2048);
  const auto size = from_base64url(std::string_view(middle).substr(0, middle.find('.')), payload);
  ASSERT_TRUE(size);
  const auto claims = Json::parse(as_text(std::span(payload).first(*size)));
  const auto jti = text_at(*claims, {"jti"});
  EXPECT_EQ(*app.auth().is_revoked(jti), false);
  ASSERT_TRUE(app.auth().revoke(jti));
  EXPECT_FALSE(works(second));
  EXPECT_EQ(*app.auth().is_revoked(jti), true);
  EXPECT_TRUE(works(other));
  EXPECT_EQ(acts("revoke_token"), 3u);
}

TEST_P(Administration, EndsASessionByTheValueOfItsCookie) {
  register_in(browser);
  const auto cookie = browser.cookies().at("__Host-rowan");
  EXPECT_EQ(*app.auth().is_revoked(cookie), false);
  ASSERT_TRUE(app.auth().revoke(cookie));
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(*app.auth().is_revoked(cookie), true);
}

TEST_P(Administration, ReportsNotFoundForInvalidAndExpiredTokens) {
  made();
  const auto token = bearer();
  for (const auto& text : {std::string(), std::string("nonsense"), std::string(22, 'A'), std::string(5000, 'A'),
                           token.substr(0, token.size() - 1), token + "x"}) {
    EXPECT_EQ(outcome_of(app.auth().revoke(text)), "not_found") << text;
    EXPECT_EQ(outcome_of(app.auth().is_revoked(text)), "not_found") << text;
  }
  app.clock().advance(std::chrono::days(15));
  EXPECT_EQ(outcome_of(app.auth().revoke(token)), "not_found") << "it has expired";
}

TEST_P(Administration, LogsEveryActAndNoSecret) {
  const auto id = made();
  const auto token = *app.auth().issue_sign_in_token(id);
  const auto session = bearer();
  ASSERT_TRUE(app.auth().set_password(id, other_password));
  ASSERT_TRUE(app.auth().revoke(session));
  ASSERT_TRUE(app.auth().update_extra(id, {{"name", "Ann"}}));
  ASSERT_TRUE(app.auth().erase(id));
  for (const auto* act :
       {"create_user", "issue_sign_in_token", "set_password", "revoke_token", "update_extra", "erase"})
    EXPECT_EQ(log.count(LogLevel::info, "administration act=\"" + std::string(act) + "\" account=\"" + id.text()), 1u)
        << act;
  for (const auto& [level, line] : log.all())
    for (const auto& secret : {std::string(password), std::string(other_password), token.text, session})
      EXPECT_THAT(line, Not(HasSubstr(secret)));
}

TEST_P(Administration, DescribesWhatIsDeclared) {
  const auto subjects = app.auth().subjects();
  ASSERT_EQ(subjects.size(), 1u);
  EXPECT_EQ(subjects[0].name, "user");
  const auto& first = subjects[0].strategies.at(0);
  EXPECT_EQ(first.name, "password");
  EXPECT_THAT(first.phases, ::testing::Contains("sign_in"));
  EXPECT_TRUE(first.has_passwords && first.imports_hashes && first.issues_sign_ins);
  EXPECT_FALSE(subjects[0].strategies.at(1).has_passwords);
  EXPECT_EQ(app.auth().sentence({.field = "email", .code = "required"}).empty(), false);
}

TEST_P(Administration, IsSeenByAnotherNodeAfterItsNextPoll) {
  const auto id = made();
  const auto token = bearer(), kept = bearer();
  const auto mailer = open_mailer("mailbox");
  Auth other({.base_url = "https://rowan.example",
              .database = app.database(),
              .mailer = *mailer,
              .secret = Secret::from_text("a secret of tests: 0123456789abcdef"),
              .strategies = {rowan::password()},
              .clock = &app.clock()});
  const auto accepts = [&](const std::string& bearer) {
    other.run_due_work();
    const auto header = "Bearer " + bearer;
    return std::holds_alternative<GuardAccepted>(
        other.authenticate({.cookie = {}, .authorization = header}, GuardKind::bearer));
  };
  ASSERT_TRUE(accepts(token) && accepts(kept));
  ASSERT_TRUE(app.auth().revoke(token));
  EXPECT_FALSE(accepts(token));
  EXPECT_TRUE(accepts(kept));
  ASSERT_TRUE(app.auth().import_hash(id, bcrypt_of_u));
  EXPECT_FALSE(accepts(kept));
}

}  // namespace
}  // namespace rowan::flows
