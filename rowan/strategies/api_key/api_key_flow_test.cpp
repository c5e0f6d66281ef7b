#include <regex>
#include <rowan/engine/core.hpp>
#include <rowan/strategies/api_key/api_key_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

INSTANTIATE_TEST_SUITE_P(On, ApiKeys, every_database(), name_of_database);

TEST_P(ApiKeys, AuthenticateAProgramWithoutASession) {
  const auto key = make_key({{"name", "Backup"}, {"scopes", Json::array({"read"})}});
  auto backup = with(key);
  ASSERT_EQ(backup.json("GET", "/claims").status(), 200) << backup.body();
  EXPECT_TRUE(backup.took_a_thread()) << "not seen before: settled in the pool";
  EXPECT_EQ(text_at(backup.answer(), {"id"}), id.text());
  EXPECT_EQ(text_at(backup.answer(), {"key"}), made_id);
  EXPECT_THAT(backup.body(), HasSubstr(R"("scopes":["read"])"));
  EXPECT_EQ(backup.json("GET", "/claims").status(), 200);
  EXPECT_FALSE(backup.took_a_thread()) << "seen before: on the event loop";
  EXPECT_EQ(backup.json("GET", "/user").status(), 200);
  EXPECT_EQ(text_at(backup.answer(), {"user", "email"}), ann);
  EXPECT_EQ(backup.json("GET", "/me").status(), 200);
}

TEST_P(ApiKeys, AreShownOnceAndStoredAsAKeyedHash) {  // KEY-01
  const auto key = make_key();
  EXPECT_TRUE(std::regex_match(key, std::regex("rowan_[0-9A-Za-z]{65}_[0-9A-Za-z]{6}"))) << key;
  EXPECT_EQ(program.header("Cache-Control"), "no-store");
  list();
  EXPECT_THAT(program.body(), Not(HasSubstr(key.substr(6, 65))));
  const auto rows = app.database().read(
      [](SqlConnection& connection) { return connection.query(Sql("SELECT * FROM rowan_api_keys")); });
  ASSERT_EQ(rows->size(), 1U);
  for (const auto* column : {"id", "hash", "name", "hint", "scopes"})
    EXPECT_THAT(rows->front().text(column), Not(HasSubstr(key.substr(6, 20)))) << column;
  for (const auto& line : log.all()) EXPECT_THAT(line.line, Not(HasSubstr(key.substr(6, 20))));
}

TEST_P(ApiKeys, AreListedForTheirOwnerWithoutTheSecret) {
  const auto key = make_key({{"name", "Backup"}, {"scopes", "write read"}});
  const auto keys = list();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(text_at(keys.front(), {"id"}), made_id);
  EXPECT_EQ(text_at(keys.front(), {"name"}), "Backup");
  EXPECT_EQ(text_at(keys.front(), {"hint"}), "rowan_…" + key.substr(key.size() - 6));
  EXPECT_EQ(keys.front().find("scopes")->text(), R"(["read","write"])");
  EXPECT_EQ(text_at(keys.front(), {"expires_at"}), to_rfc3339(app.clock().now() + std::chrono::days(90)));
  EXPECT_EQ(keys.front().find("last_used_at")->text(), "null");
}

TEST_P(ApiKeys, TellTheOwnerWhenOneIsMade) {  // THR-11
  const auto key = make_key({{"name", "Click evil.example"}});
  const auto mail = app.mailbox(ann).at(0);
  EXPECT_THAT(mail.subject, HasSubstr("A new API key"));
  EXPECT_THAT(mail.text, HasSubstr(key.substr(key.size() - 6)));
  EXPECT_THAT(mail.text, HasSubstr("/undo/"));
  EXPECT_THAT(mail.text + mail.html, Not(HasSubstr(key.substr(6, 20))));
  EXPECT_THAT(mail.text + mail.html, Not(HasSubstr("evil"))) << "who made it does not write to the owner";
}

TEST_P(ApiKeys, AreRefusedAfterTheyWereRevoked) {  // KEY-03
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  EXPECT_EQ(revoke(made_id), 200) << program.body();
  auto backup = with(key);
  EXPECT_EQ(backup.json("GET", "/claims").status(), 401);
  EXPECT_EQ(backup.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_THAT(backup.body(), HasSubstr("authentication_failed"));
  EXPECT_GE(log.count(LogLevel::info, "a revoked API key"), 1U);
  EXPECT_EQ(revoke(made_id), 200) << "it is so already";
  EXPECT_TRUE(list().empty());
}

TEST_P(ApiKeys, OfSomebodyElseAreNotFound) {  // AZ-01, KEY-02
  const auto key = make_key();
  make_user(bob);
  auto other = app.browser();
  other.json("POST", "/api/auth/user/password/sign_in", credentials(bob));
  other.bearer(text_at(other.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(other.json("DELETE", "/api/auth/user/api_keys/" + made_id).status(), 404) << other.body();
  EXPECT_EQ(other.json("GET", "/api/auth/user/api_keys").answer().find("api_keys")->items().size(), 0U);
  create(other, {{"name", "x"}, {"account_id", id.text()}, {"id", made_id}, {"user_id", id.text()}});
  EXPECT_EQ(other.status(), 201);
  EXPECT_EQ(list().size(), 1U) << "nobody makes a key for another account";
  EXPECT_EQ(status_of(key), 200);
  EXPECT_EQ(revoke("nonsense"), 404);
  EXPECT_EQ(revoke("00000000-0000-0000-0000-000000000000"), 404);
}

TEST_P(ApiKeys, ExpireAtTheirTime) {  // KEY-03
  const auto key = make_key({{"name", "Short"}, {"expires_at", to_rfc3339(app.clock().now() + std::chrono::hours(1))}});
  EXPECT_EQ(status_of(key), 200);
  app.clock().advance(59min + 59s);
  app.deliver();
  EXPECT_EQ(status_of(key), 200);
  app.clock().advance(1s);
  EXPECT_EQ(status_of(key), 401) << "at once, from memory";
  EXPECT_EQ(log.count(LogLevel::info, "reason=\"expired\""), 1U);
  app.clock().advance(1h);
  app.deliver();
  EXPECT_EQ(status_of(key), 401);
  EXPECT_GE(log.count(LogLevel::info, "an expired API key"), 1U);
  sign_in_program();
  EXPECT_TRUE(first_has_ended()) << "its owner sees why it stopped";
}

TEST_P(ApiKeys, LiveNoLongerThanAllowed) {
  const auto at = [&](std::chrono::seconds from_now) { return to_rfc3339(app.clock().now() + from_now); };
  const auto status = [&](Json wish) { return create(program, std::move(wish)).status(); };
  EXPECT_EQ(status({{"name", "x"}, {"expires_at", at(std::chrono::days(365))}}), 201);
  EXPECT_EQ(status({{"name", "x"}, {"expires_at", at(std::chrono::days(365) + 1s)}}), 422);
  EXPECT_THAT(program.body(), HasSubstr(R"("field":"expires_at","code":"invalid")"));
  EXPECT_EQ(status({{"name", "x"}, {"expires_at", at(0s)}}), 422);
  EXPECT_EQ(status({{"name", "x"}, {"expires_at", at(-1s)}}), 422);
  for (const auto* text : {"tomorrow", "2026-13-01", "2026-02-30", "9999999999", "never"})
    EXPECT_EQ(status({{"name", "x"}, {"expires_at", text}}), 422) << text;
  create(program, {{"name", "x"}, {"never_expires", true}});
  EXPECT_NE(text_at(program.answer(), {"expires_at"}), "") << "not an input here, so the usual lifetime";
}

TEST_P(ApiKeys, TakeADateToTheEndOfThatDay) {
  const auto day = to_rfc3339(app.clock().now() + std::chrono::days(7)).substr(0, 10);
  make_key({{"name", "x"}, {"expires_at", day}});
  const auto next = to_rfc3339(app.clock().now() + std::chrono::days(8)).substr(0, 10);
  EXPECT_EQ(text_at(program.answer(), {"expires_at"}), next + "T00:00:00.000000Z");
}

TEST_P(ApiKeys, MayDoOnlyWhatTheyWereGiven) {  // RS-01, KEY-03
  const auto reader = make_key({{"name", "r"}, {"scopes", Json::array({"read"})}});
  const auto none = make_key({{"name", "n"}});
  const auto all = make_key({{"name", "a"}, {"scopes", Json::array({"write", "read", "read"})}});
  EXPECT_EQ(status_of(reader, "/read"), 200);
  EXPECT_EQ(status_of(reader, "/both"), 403);
  EXPECT_EQ(status_of(none, "/claims"), 200) << "a route that asks for no scope";
  EXPECT_EQ(status_of(all, "/both"), 200);
  auto backup = with(none);
  EXPECT_EQ(backup.json("GET", "/read").status(), 403);
  EXPECT_EQ(backup.header("WWW-Authenticate"), "Bearer error=\"insufficient_scope\", scope=\"read\"");
  EXPECT_THAT(backup.body(), HasSubstr("forbidden"));
  EXPECT_EQ(with(bearer).json("GET", "/both").status(), 200) << "a bearer token is the owner's";
}

TEST_P(ApiKeys, AreGivenDeclaredScopesOnly) {
  for (const auto& wrong : {Json::array({"admin"}), Json::array({"read", "READ"}), Json::array({1}), Json("read admin"),
                            Json({{"read", true}})}) {
    EXPECT_EQ(create(program, {{"name", "x"}, {"scopes", wrong}}).status(), 422) << wrong.text();
    EXPECT_THAT(program.body(), HasSubstr(R"("field":"scopes","code":"invalid")"));
  }
}

// KEY-04, SES-12
TEST_P(ApiKeys, DoNothingThatOnlyTheOwnerMay) {
  const auto key = make_key({{"name", "x"}, {"scopes", "read write"}});
  auto thief = with(key);
  EXPECT_EQ(create(thief, {{"name", "more"}}).status(), 401) << "no key makes another";
  EXPECT_EQ(thief.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(thief.json("GET", "/api/auth/user/api_keys").status(), 401);
  EXPECT_EQ(thief.json("DELETE", "/api/auth/user/api_keys/" + made_id).status(), 401);
  EXPECT_EQ(thief
                .json("POST", "/api/auth/user/password/change",
                      {{"user",
                        {{"current_password", password},
                         {"password", other_password},
                         {"password_confirmation", other_password}}}})
                .status(),
            401);
  EXPECT_EQ(thief.json("GET", "/owner").status(), 403);
  EXPECT_EQ(thief.json("GET", "/session").status(), 401);
  EXPECT_EQ(thief.json("GET", "/fresh").status(), 401) << "it has shown nothing, and nothing lately";
  EXPECT_GE(log.count(LogLevel::info, "an API key is no session"), 1U);
  EXPECT_EQ(with(bearer).json("GET", "/owner").status(), 200);
  EXPECT_EQ(list().size(), 1U);
}

TEST_P(ApiKeys, AreNoCallersOfPhasesAsFunctions) {  // KEY-04
  const auto key = make_key();
  const auto header = "Bearer " + key;
  const auto verdict = app.auth().decide({.authorization = header}, GuardKind::bearer);
  ASSERT_TRUE(verdict && std::holds_alternative<GuardAccepted>(*verdict));
  const auto claims = std::get<GuardAccepted>(*verdict).claims;
  EXPECT_TRUE(claims.using_api_key());
  const ActionCaller caller{.trusted = false, .claims = claims};
  const auto made = app.auth().action(caller, {"api_keys", "create"}, {{"name", "more"}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::authentication_failed);
}

TEST_P(ApiKeys, SignInNobodyOnTheWay) {
  auto backup = with(make_key());
  backup.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(backup.status(), 200) << "what signs in does so with a key beside it";
  EXPECT_EQ(status_of(text_at(backup.answer(), {"authentication", "bearer"})), 200);
}

TEST_P(ApiKeys, NeedARecentSignInToBeMade) {  // REC-08
  app.clock().advance(10min + 1s);
  app.deliver();
  EXPECT_EQ(create(program, {{"name", "x"}}).status(), 401);
  EXPECT_EQ(text_at(program.answer(), {"authentication", "reason"}), "insufficient_user_authentication");
  EXPECT_TRUE(list().empty()) << "looking needs none";
}

TEST_P(ApiKeys, AreAtMostTwentyThatWork) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(create(program, {{"name", "x"}}).status(), 201) << i << program.body();
  EXPECT_EQ(create(program, {{"name", "x"}}).status(), 422);
  EXPECT_THAT(program.body(), HasSubstr(R"("field":"name","code":"too_many")"));
  EXPECT_EQ(revoke(text_at(list().front(), {"id"})), 200);
  EXPECT_EQ(create(program, {{"name", "x"}}).status(), 201) << "a revoked one takes no place";
}

TEST_P(ApiKeys, HaveANameThatIsTold) {
  EXPECT_EQ(create(program, Json({})).status(), 422);
  EXPECT_THAT(program.body(), HasSubstr(R"("field":"name","code":"required")"));
  EXPECT_EQ(create(program, {{"name", "   "}}).status(), 422);
  EXPECT_EQ(create(program, {{"name", std::string(51, 'x')}}).status(), 422);
  EXPECT_THAT(program.body(), HasSubstr("too_long"));
  EXPECT_EQ(create(program, {{"name", "a\nb"}}).status(), 422);
}

TEST_P(ApiKeys, OutliveANewPasswordAndSignOutEverywhere) {
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(status_of(key), 200) << "programs go on: its owner revokes a key by itself";
  ASSERT_TRUE(app.auth().set_password(id, other_password));
  EXPECT_EQ(status_of(key), 200);
}

TEST_P(ApiKeys, OfADisabledAccountAreRefusedAtOnce) {  // KEY-03
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  ASSERT_TRUE(app.auth().disable(id));
  EXPECT_EQ(status_of(key), 401);
  EXPECT_GE(log.count(LogLevel::info, "an API key of a disabled account"), 1U);
  ASSERT_TRUE(app.auth().enable(id));
  EXPECT_EQ(status_of(key), 200);
}

TEST_P(ApiKeys, EndWithTheAccount) {
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(status_of(key), 401);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_api_keys")), 0);
}

TEST_P(ApiKeys, FromBeforeARestoredBackupAreRefused) {
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  ASSERT_TRUE(app.auth().after_restore());
  app.deliver();
  EXPECT_EQ(status_of(key), 401);
  sign_in_program();
  EXPECT_TRUE(first_has_ended());
}

// --- What is presented ---

TEST_P(ApiKeys, WithAWrongChecksumCostNoQuery) {
  auto key = make_key();
  key.back() = key.back() == '0' ? '1' : '0';
  const auto before = log.all().size();
  auto stranger = with(key);
  EXPECT_EQ(stranger.json("GET", "/claims").status(), 401);
  EXPECT_FALSE(stranger.took_a_thread()) << "refused on the event loop";
  EXPECT_EQ(stranger.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_GT(log.all().size(), before);
  EXPECT_EQ(log.count(LogLevel::info, "wrong checksum"), 1U);
}

// RFC 6750 section 2: one credential; a header is never passed over for a cookie.
TEST_P(ApiKeys, AreTheOnlyCredentialOfARequest) {
  const auto key = make_key();
  const auto mine = make_user(bob);
  auto other = app.browser();
  flows::sign_in(other, bob);
  // The cookie is Bob's, the header Ann's: the header decides.
  other.with_header("Authorization", "Bearer " + key).with_header("Accept", "application/json").get("/either");
  EXPECT_EQ(text_at(other.answer(), {"id"}), id.text());
  EXPECT_NE(text_at(other.answer(), {"id"}), mine.text());
  other.with_header("Accept", "application/json").get("/either");
  EXPECT_EQ(text_at(other.answer(), {"id"}), mine.text());
  // A guard by session looks at no header, one by bearer at no cookie.
  other.with_header("Authorization", "Bearer " + key).get("/session");
  EXPECT_EQ(text_at(other.answer(), {"id"}), mine.text());
  EXPECT_EQ(other.get("/claims").status(), 401);
  // A bad header is not passed over.
  auto broken = key;
  broken.back() = broken.back() == '0' ? '1' : '0';
  other.with_header("Authorization", "Bearer " + broken).get("/either");
  EXPECT_EQ(other.status(), 401);
}

TEST_P(ApiKeys, AreRefusedWhenAuthorizationComesTwice) {
  const auto key = make_key();
  http::Request request{.path = "/either"};
  request.headers.add("Host", "rowan.example");
  request.headers.add("Authorization", "Bearer " + key);
  request.headers.add("Authorization", "Bearer " + bearer);
  flows::sign_in(owner);
  std::string cookies;
  for (const auto& [name, value] : owner.cookies()) cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
  request.headers.add("Cookie", cookies);
  const auto begun = app.site().begin(request);
  const auto* answer = std::get_if<http::Response>(&begun);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->status, 401) << "no cookie takes their place";
}

TEST_P(ApiKeys, AreNotReadFromTheQueryUnlessAllowed) {  // KEY-01
  const auto key = make_key();
  auto stranger = app.browser();
  EXPECT_EQ(stranger.json("GET", "/claims?api_key=" + key).status(), 401);
  EXPECT_EQ(stranger.header("WWW-Authenticate"), "Bearer");
}

class KeysInTheQuery : public ApiKeys {
 protected:
  KeysInTheQuery() : ApiKeys({.query_parameter = true}) {}
};
INSTANTIATE_TEST_SUITE_P(On, KeysInTheQuery, every_database(), name_of_database);

TEST_P(KeysInTheQuery, AreReadOnceAndAlone) {
  const auto key = make_key();
  auto stranger = app.browser();
  EXPECT_EQ(stranger.json("GET", "/claims?a=1&api_key=" + key + "&b=2").status(), 200) << stranger.body();
  EXPECT_EQ(stranger.json("GET", "/claims?api_key=" + key + "&api_key=" + key).status(), 401);
  EXPECT_EQ(stranger.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(stranger.json("GET", "/claims?api_key=").status(), 401);
  EXPECT_EQ(stranger.json("GET", "/claims?api_key").status(), 401);
  EXPECT_EQ(stranger.json("GET", "/claims?api_key=" + bearer).status(), 401) << "a bearer token is not read there";
  EXPECT_EQ(with(key).json("GET", "/claims?api_key=" + key).status(), 401) << "two credentials, even the same";
  EXPECT_EQ(with(bearer).json("GET", "/claims?api_key=" + key).status(), 401);
  EXPECT_EQ(with(key).json("GET", "/claims").status(), 200);
}

TEST_P(KeysInTheQuery, AreNoCookie) {
  const auto key = make_key();
  flows::sign_in(owner);
  // A page of another site could send the cookie, not a key.
  EXPECT_EQ(owner.get("/either?api_key=" + key + "x").status(), 401) << "the cookie does not help a bad key";
  owner.get("/either?api_key=" + key);
  EXPECT_EQ(text_at(owner.answer(), {"key"}), made_id);
}

class KeysWithoutEnd : public ApiKeys {
 protected:
  KeysWithoutEnd() : ApiKeys({.never_expires = true}) {}
};
INSTANTIATE_TEST_SUITE_P(On, KeysWithoutEnd, every_database(), name_of_database);

TEST_P(KeysWithoutEnd, WorkUntilTheyAreRevoked) {
  const auto key = make_key({{"name", "x"}, {"never_expires", true}});
  EXPECT_EQ(program.answer().find("expires_at")->text(), "null");
  app.clock().advance(std::chrono::days(3650));
  app.deliver();
  EXPECT_EQ(status_of(key), 200);
  sign_in_program();
  EXPECT_EQ(list().size(), 1U);
  EXPECT_EQ(create(program, {{"name", "x"}, {"never_expires", true}, {"expires_at", "2099-01-01"}}).status(), 422);
  EXPECT_EQ(revoke(made_id), 200);
  EXPECT_EQ(status_of(key), 401);
}

class KeysWithSessions : public ApiKeys {
 protected:
  KeysWithSessions() : ApiKeys({.end_with_sessions = true}) {}
};
INSTANTIATE_TEST_SUITE_P(On, KeysWithSessions, every_database(), name_of_database);

TEST_P(KeysWithSessions, EndWhenTheAccountIsSignedOutEverywhere) {
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_EQ(status_of(key), 401);
  EXPECT_GE(log.count(LogLevel::info, "ended with the account's sessions"), 1U);
  EXPECT_TRUE(app.auth().keys(id)->front().ended);
}

class KeysOfAStranger : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{
      {.database = GetParam(), .strategies = {rowan::password(), rowan::magic_link(), rowan::api_key()}}};
};
INSTANTIATE_TEST_SUITE_P(On, KeysOfAStranger, every_database(), name_of_database);

// A stranger registered with Bob's address and made a key. Bob proves the address, and it ends.
TEST_P(KeysOfAStranger, EndWhenTheOwnerOfTheAddressProvesIt) {
  auto stranger = app.browser(), owner = app.browser(), thief = app.browser();
  stranger.json("POST", "/api/auth/user/password/register", registration(bob));
  stranger.bearer(text_at(stranger.answer(), {"authentication", "bearer"}));
  stranger.json("POST", "/api/auth/user/api_keys", {{"user", {{"name", "x"}}}});
  ASSERT_EQ(stranger.status(), 201) << stranger.body();
  thief.bearer(text_at(stranger.answer(), {"api_key"}));
  EXPECT_EQ(thief.json("GET", "/me").status(), 200);
  owner.get("/sign-in?prompt=login").form("magic_link/request").fill("user[email]", bob).submit();
  owner.get(app.mailed_path(bob)).form("/magic_link").submit();
  ASSERT_TRUE(is_signed_in(owner)) << owner.body();
  EXPECT_EQ(thief.json("GET", "/me").status(), 401);
}

// --- The account page ---

TEST_P(ApiKeys, AreMadeAndRevokedOnTheAccountPage) {
  owner.get("/account");
  EXPECT_TRUE(owner.says("You have none.")) << owner.body();
  owner.form("user/api_keys").fill("user[name]", "My <b>laptop</b>").tick("user[scope_read]").submit();
  ASSERT_EQ(owner.status(), 200) << owner.body();
  EXPECT_EQ(owner.location(), "/auth/user/api_keys") << "on the page that answers: in no redirect and no cookie";
  EXPECT_EQ(owner.header("Cache-Control"), "no-store");
  EXPECT_TRUE(owner.says("We can't show it again."));
  std::smatch found;
  const std::string page = owner.body();
  ASSERT_TRUE(std::regex_search(page, found, std::regex("rowan_[0-9A-Za-z]{65}_[0-9A-Za-z]{6}")));
  const auto key = found[0].str();
  for (const auto& [name, value] : owner.cookies()) EXPECT_THAT(value, Not(HasSubstr(key)));
  EXPECT_EQ(status_of(key, "/read"), 200);
  app.deliver();  // when it was used is told
  owner.get("/account");
  EXPECT_THAT(owner.body(), Not(HasSubstr(key)));
  EXPECT_THAT(owner.body(), HasSubstr("My &lt;b&gt;laptop"));
  EXPECT_TRUE(owner.says("May: read.")) << owner.body();
  EXPECT_TRUE(owner.says("Last used"));
  owner.form("api_keys/revoke").submit();
  EXPECT_TRUE(owner.says("The API key no longer works.")) << owner.body();
  EXPECT_EQ(status_of(key), 401);
  owner.get("/account");
  EXPECT_TRUE(owner.says("You have none."));
}

TEST_P(ApiKeys, ShowWhatIsWrongBesideItsField) {
  owner.get("/account").form("user/api_keys").fill("user[name]", std::string(60, 'x')).submit();
  EXPECT_EQ(owner.status(), 422);
  EXPECT_TRUE(owner.says("Use at most 50 characters.")) << owner.body();
}

TEST_P(ApiKeys, AreNotMadeByAnotherSitesForm) {  // BRW-09
  owner.get("/account");
  owner.with_header("Origin", "https://evil.example").with_header("Sec-Fetch-Site", "cross-site");
  owner.post("/auth/user/api_keys", {{"user[name]", "x"}});
  EXPECT_EQ(owner.status(), 403);
  EXPECT_TRUE(list().empty());
}

TEST_P(ApiKeys, AreSaidInGerman) {
  owner.with_header("Accept-Language", "de").get("/account");
  EXPECT_TRUE(owner.says("API-Schlüssel erstellen")) << owner.body();
}

// --- Administrators ---

TEST_P(ApiKeys, AreMadeListedAndRevokedByAdministrators) {
  const auto made = app.auth().create_key(id, {.name = "By an administrator", .scopes = {"read"}});
  ASSERT_TRUE(made) << made.error().reason;
  EXPECT_EQ(status_of(made->text, "/read"), 200);
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("A new API key")) << "the owner is told";
  EXPECT_EQ(app.auth().keys(id)->size(), 1U);
  ASSERT_TRUE(app.auth().revoke_key(id, made->record.id));
  EXPECT_EQ(status_of(made->text), 401);
  EXPECT_TRUE(app.auth().revoke_key(id, made->record.id)) << "it is so already";
  EXPECT_EQ(log.count(LogLevel::info, "act=\"create_key\""), 1U);
  EXPECT_EQ(log.count(LogLevel::info, "act=\"revoke_key\""), 1U);
  EXPECT_EQ(app.auth().revoke_key(id, "nonsense").error().code, ErrorCode::not_found);
  EXPECT_EQ(app.auth().create_key(id, {.name = "x", .scopes = {"admin"}}).error().fields.front().field, "scopes");
  EXPECT_EQ(app.auth().create_key(AccountId(), {.name = "x"}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(app.auth().disable(id));
  EXPECT_EQ(app.auth().create_key(id, {.name = "x"}).error().code, ErrorCode::forbidden);
}

// --- When they were used ---

TEST_P(ApiKeys, SayWhenTheyWereUsedAtMostOnceAMinute) {
  const auto key = make_key();
  const auto first = app.clock().now();
  const auto used_at = [&] { return text_at(list().front(), {"last_used_at"}); };
  EXPECT_EQ(status_of(key), 200);
  EXPECT_EQ(used_at(), "") << "nothing is written while a request waits";
  app.deliver();
  EXPECT_EQ(used_at(), to_rfc3339(first));
  app.clock().advance(20s);
  EXPECT_EQ(status_of(key), 200);
  app.deliver();
  EXPECT_EQ(used_at(), to_rfc3339(first));
  app.clock().advance(40s);
  app.deliver();
  EXPECT_EQ(used_at(), to_rfc3339(first + 20s)) << "the last one is told later, and is not lost";
}

TEST_P(ApiKeys, AreRemovedAMonthAfterTheirEnd) {  // DAT-01
  make_key();
  const auto end_at = [&](Timestamp time) {
    run(Sql("UPDATE rowan_api_keys SET expires_at = :time"), {{"time", time}});
    app.clock().advance(1h);  // what has expired is looked for once an hour
    app.deliver();
  };
  end_at(app.clock().now() - std::chrono::days(30) + 2h);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_api_keys")), 1);
  end_at(app.clock().now() - std::chrono::days(30));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_api_keys")), 0);
}

// --- Misconfigurations ---

TEST(ApiKeyOptionsAtStart, AreReportedWithAFix) {
  const auto problems = [](ApiKeyOptions options) -> std::string {
    try {
      testing::TestApp app{{.strategies = {rowan::password(), rowan::api_key(std::move(options))}}};
      return {};
    } catch (const ConfigError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(problems({}), "");
  for (const auto* prefix : {"", "Rowan", "my_app", "a-b", "abcdefghijklmnopqrstu"})
    EXPECT_THAT(problems({.prefix = prefix}), HasSubstr("prefix: must be")) << prefix;
  EXPECT_THAT(problems({.scopes = {"Read", "two words"}}), HasSubstr("\"two words\" must be"));
  EXPECT_THAT(problems({.scopes = {"read", "read"}}), HasSubstr("twice"));
  EXPECT_THAT(problems({.scopes = std::vector<std::string>(33, "x")}), HasSubstr("at most 32"));
  EXPECT_THAT(problems({.lifetime = std::chrono::days(400)}), HasSubstr("longest_lifetime"));
  EXPECT_THAT(problems({.keys = 0}), HasSubstr("keys"));
}

}  // namespace
}  // namespace rowan::flows
