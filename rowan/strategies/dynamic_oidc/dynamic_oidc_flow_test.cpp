// Signing in by connections, with the kit's provider over HTTP.
#include <rowan/strategies/dynamic_oidc/dynamic_oidc.hpp>
#include <rowan/strategies/dynamic_oidc/sources.hpp>
#include <rowan/testing/fake_http_client.hpp>
#include <rowan/testing/fake_identity_provider.hpp>
#include <rowan/testing/number_in.hpp>
#include <tests/flows/another_node.hpp>
#include <tests/flows/flow.hpp>

namespace rowan::strategies::dynamic_oidc {
namespace {

using namespace flows;
using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::FakeIdentityProvider;
using ::testing::HasSubstr;

constexpr std::string_view acme = "acme.example", globex = "globex.example";

class DynamicOidc : public ::testing::TestWithParam<std::string> {
 protected:
  DynamicOidc() { is_at(idp, "person-1", "wile@acme.example"); }

  static void is_at(FakeIdentityProvider& provider, const std::string& subject, const std::string& email,
                    const std::string& session = {}) {
    provider.person({.subject = subject, .email = email, .session = session});
  }
  NewConnection connection_to(FakeIdentityProvider& provider, std::vector<std::string> domains, bool trusts = false) {
    return {.strategy = "sso",
            .realm = {},
            .issuer = provider.issuer(),
            .client_id = provider.client_id(),
            .client_secret = Secret::from_text(provider.client_secret()),
            .display_name = "Acme",
            .email_domains = std::move(domains),
            .trust_email_verified = trusts};
  }
  std::string add(NewConnection connection) {
    const auto added = add_connection(app.auth().services(), connection);
    if (!added) throw std::runtime_error(added.error().reason);
    return added->id;
  }
  /// Types an address on the sign-in page; where its answer leads to.
  std::string find(Browser& by, const std::string& email) {
    by.get("/sign-in").form("sso/find").fill("user[email]", email).submit();
    const auto refresh = by.header("Refresh").value_or("");
    const std::string_view before = "0; url=";
    return refresh.starts_with(before) ? refresh.substr(before.size()) : std::string();
  }
  /// By the address of a connection.
  std::string leave(Browser& by, const std::string& id) {
    by.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/sso/" + id + "/request");
    by.follow_redirects(true);
    return by.header("Location").value_or("");
  }
  static Browser& come_back(Browser& by, FakeIdentityProvider& provider, const std::string& url) {
    const auto back = provider.authorize(url);
    return by.with_header("Sec-Fetch-Site", "cross-site").get(std::string_view(back.url).substr(by.origin().size()));
  }
  Browser& sign_in_by(Browser& by, const std::string& id, FakeIdentityProvider& provider) {
    return come_back(by, provider, leave(by, id));
  }
  std::int64_t count(const Sql& query) { return testing::number_in(app.database(), query, {}); }

  testing::FakeClock idp_clock{};
  FakeIdentityProvider idp{idp_clock}, other{idp_clock};
  DynamicOidcOptions options{.name = "sso", .allow_private_addresses = true};
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::password(), rowan::dynamic_oidc(options)},
                        .add_ons = {rowan::confirmation(), rowan::account()},
                        .adjust = [](AuthOptions& auth) {
                          auth.tenant_of = [](const http::Request& request) {
                            return std::string(request.headers.single("X-Tenant").value_or(""));
                          };
                        }}};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, DynamicOidc, every_database(), name_of_database);

TEST_P(DynamicOidc, LeadsByTheDomainOfAnAddressAndKnowsThePersonByConnectionAndSubject) {
  const auto id = add(connection_to(idp, {"ACME.example", "acme.test"}));
  const auto there = find(browser, "Wile@Acme.Example");
  EXPECT_EQ(browser.status(), 200) << browser.body();
  EXPECT_TRUE(browser.says("Continue to Acme"));
  ASSERT_TRUE(there.starts_with(idp.authorize_url() + "?")) << there;
  come_back(browser, idp, there);
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  const auto known = app.find_user("wile@acme.example");
  ASSERT_TRUE(known && *known);
  EXPECT_EQ(testing::number_in(app.database(),
                               Sql{"SELECT COUNT(*) FROM rowan_identities WHERE provider = :provider AND uid = "
                                   "'person-1'"},
                               {{"provider", "sso/" + id}}),
            1);
  // Whatever the address is by now.
  is_at(idp, "person-1", "wile.e@acme.example");
  auto again = app.browser();
  come_back(again, idp, find(again, "anyone@acme.test"));
  EXPECT_TRUE(is_signed_in(again));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 1);
  EXPECT_EQ(idp.counts().discovery, 1);
}

TEST_P(DynamicOidc, LeadsByTheIdOfAConnection) {
  const auto id = add(connection_to(idp, {}));
  sign_in_by(browser, id, idp);
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  for (const std::string unknown : {"019e0000-0000-7000-8000-000000000000", "x", "callback"}) {
    auto by = app.browser();
    EXPECT_EQ(leave(by, unknown), "") << unknown;
    EXPECT_EQ(by.status(), 401) << unknown;
    EXPECT_TRUE(by.says("isn't available")) << by.body();
  }
  // Another site cannot begin it.
  auto lured = app.browser();
  lured.follow_redirects(false).with_header("Sec-Fetch-Site", "cross-site").get("/auth/user/sso/" + id + "/request");
  EXPECT_TRUE(lured.header("Location").value_or("").starts_with("/sign-in")) << lured.body();
}

TEST_P(DynamicOidc, AnswersAlikeForEveryDomainThatLeadsNowhere) {
  auto disabled = connection_to(other, {std::string(globex)});
  ASSERT_TRUE(set_connection_disabled(app.auth().services(), "sso", {}, add(std::move(disabled)), true));
  NewUser user;
  user.email = ann;
  user.password = Secret::from_text(flows::password);
  ASSERT_TRUE(app.auth().create_user(user));
  for (const auto& email : {std::string(ann), std::string("eve@nowhere.example"), std::string("hank@globex.example")}) {
    auto by = app.browser();
    EXPECT_EQ(find(by, email), "");
    EXPECT_EQ(by.status(), 401);
    EXPECT_TRUE(by.says("We don't know this email domain")) << by.body();
  }
  EXPECT_EQ(other.counts().discovery, 0);
}

// IDP-05
TEST_P(DynamicOidc, TakesTheAnswerOfTheConnectionThatWasAskedOnly) {
  const auto mine = add(connection_to(idp, {}));
  auto second = connection_to(other, {});
  second.display_name = "Globex";
  add(std::move(second));
  is_at(other, "person-1", "wile@acme.example");
  auto url = leave(browser, mine);
  // The other provider answers in its place, with the same state.
  auto swapped = url;
  swapped.replace(0, idp.authorize_url().size(), other.authorize_url());
  come_back(browser, other, swapped);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(other.counts().token + idp.counts().token, 0) << "its code was sent nowhere";
  // Nor does another browser's answer count.
  auto by = app.browser();
  url = leave(by, mine);
  auto stranger = app.browser();
  come_back(stranger, idp, url);
  EXPECT_EQ(stranger.status(), 401);
}

TEST_P(DynamicOidc, IsOfOneTenant) {
  auto of_tenant = connection_to(idp, {std::string(acme)});
  of_tenant.realm.tenant = *TenantName::from("acme");
  const auto id = add(std::move(of_tenant));
  EXPECT_EQ(find(browser, "wile@acme.example"), "");
  EXPECT_EQ(leave(browser, id), "");
  browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin");
  browser.with_header("X-Tenant", "acme").get("/auth/user/sso/" + id + "/request");
  EXPECT_TRUE(browser.header("Location").value_or("").starts_with(idp.authorize_url())) << browser.body();
}

// IDP-12
TEST_P(DynamicOidc, BelievesAProviderAboutItsOwnDomainsOnly) {
  const auto trusted = add(connection_to(idp, {std::string(acme)}, true));
  auto doubted = connection_to(other, {std::string(globex)});
  const auto untrusted = add(std::move(doubted));
  for (const auto& email : {"wile@acme.example", "hank@globex.example", "ann@notes.example"}) {
    NewUser user;
    user.email = email;
    user.password = Secret::from_text(flows::password);
    user.confirmed = true;
    ASSERT_TRUE(app.auth().create_user(user));
  }
  auto own = app.browser();
  sign_in_by(own, trusted, idp);
  EXPECT_TRUE(is_signed_in(own)) << own.body();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 3);
  // The address of another.
  is_at(idp, "person-2", std::string(ann));
  auto thief = app.browser();
  sign_in_by(thief, trusted, idp);
  EXPECT_EQ(thief.status(), 401);
  EXPECT_FALSE(is_signed_in(thief));
  is_at(other, "person-3", "hank@globex.example");
  auto hank = app.browser();
  sign_in_by(hank, untrusted, other);
  EXPECT_EQ(hank.status(), 401);
  EXPECT_FALSE(is_signed_in(hank));
}

TEST_P(DynamicOidc, MailsACodeWhereAConnectionSaysSo) {
  const auto& services = app.auth().services();
  NewUser user;
  user.email = "wile@acme.example";
  user.password = Secret::from_text(flows::password);
  user.confirmed = true;
  ASSERT_TRUE(app.auth().create_user(user));
  const auto code_of = [&] {
    for (const auto& mail : app.mailbox("wile@acme.example"))
      if (!mail.code.empty()) return mail.code;
    return std::string();
  };
  const auto enter = [&](Browser& by, testing::Form form) {
    by.with_header("Sec-Fetch-Site", "same-origin");
    form.fill("user[code]", code_of()).submit();
  };
  auto by_code = connection_to(idp, {});
  by_code.on_untrusted_email_match = UntrustedMatch::confirm;
  const auto id = add(std::move(by_code));
  EXPECT_EQ(find_connection(services, "sso", {}, id)->on_untrusted_email_match, UntrustedMatch::confirm);
  sign_in_by(browser, id, idp);
  ASSERT_EQ(browser.status(), 200) << browser.body();
  EXPECT_TRUE(browser.says("connect the account with Acme")) << browser.body();
  EXPECT_THAT(browser.body(), ::testing::Not(HasSubstr(":connection_id")));
  auto form = browser.form("sso/confirm");
  EXPECT_FALSE(is_signed_in(browser));
  // Another connection's person does not get what was mailed for this one's.
  const auto quiet = add(connection_to(other, {}));
  is_at(other, "person-1", "wile@acme.example");
  auto refused = app.browser();
  sign_in_by(refused, quiet, other);
  EXPECT_EQ(refused.status(), 401);

  enter(browser, form);
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  EXPECT_EQ(testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_identities WHERE provider = :provider"},
                               {{"provider", "sso/" + id}}),
            1);
  auto again = app.browser();
  sign_in_by(again, id, idp);
  EXPECT_TRUE(is_signed_in(again)) << "without a code from now on";

  // Disabled before the code is entered.
  auto late = connection_to(other, {});
  late.on_untrusted_email_match = UntrustedMatch::confirm;
  const auto second = add(std::move(late));
  auto by = app.browser();
  sign_in_by(by, second, other);
  ASSERT_EQ(by.status(), 200) << by.body();
  ASSERT_TRUE(set_connection_disabled(services, "sso", {}, second, true));
  enter(by, by.form("sso/confirm"));
  EXPECT_EQ(by.status(), 401);
  EXPECT_FALSE(is_signed_in(by));
}

TEST_P(DynamicOidc, MakesNoAccountWhereItMayNot) {
  auto closed = connection_to(idp, {std::string(acme)}, true);
  closed.registration = false;
  sign_in_by(browser, add(std::move(closed)), idp);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 0);
}

TEST_P(DynamicOidc, StopsAtOnceWhenItIsDisabledOrRemoved) {
  const auto& services = app.auth().services();
  const auto id = add(connection_to(idp, {std::string(acme)}));
  auto waiting = leave(browser, id);
  ASSERT_TRUE(set_connection_disabled(services, "sso", {}, id, true));
  come_back(browser, idp, waiting);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_FALSE(is_signed_in(browser));
  ASSERT_TRUE(set_connection_disabled(services, "sso", {}, id, false));
  sign_in_by(browser, id, idp);
  ASSERT_TRUE(is_signed_in(browser));

  auto by = app.browser();
  waiting = leave(by, id);
  ASSERT_TRUE(remove_connection(services, "sso", {}, id));
  come_back(by, idp, waiting);
  EXPECT_EQ(by.status(), 401);
  EXPECT_TRUE(is_signed_in(browser)) << "sessions stay";
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 0);
  EXPECT_EQ(remove_connection(services, "sso", {}, id).error().code, ErrorCode::not_found);
  EXPECT_EQ(add(connection_to(idp, {std::string(acme)})).size(), 36U) << "the domain is free again";
}

TEST_P(DynamicOidc, ItsProviderEndsItsSessionsAndNoOthers) {
  const auto id = add(connection_to(idp, {})), second = add(connection_to(idp, {}));
  is_at(idp, "person-1", "wile@acme.example", "sid-1");
  sign_in_by(browser, id, idp);
  auto by_the_other = app.browser();
  is_at(idp, "person-1", "road@acme.example", "sid-1");
  sign_in_by(by_the_other, second, idp);
  ASSERT_TRUE(is_signed_in(browser) && is_signed_in(by_the_other)) << by_the_other.body();
  const auto end = [&](const std::string& connection) {
    auto server = app.browser();
    server.send(http::Method::post, "/auth/user/sso/" + connection + "/backchannel_logout",
                "application/x-www-form-urlencoded", "logout_token=" + idp.logout_token("person-1", "sid-1"));
    return server.status();
  };
  EXPECT_EQ(end("019e0000-0000-7000-8000-000000000000"), 400);
  EXPECT_EQ(end(id), 200);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_TRUE(is_signed_in(by_the_other));
}

// IDP-14
TEST_P(DynamicOidc, CallsNothingNearUsUnlessThatIsAllowed) {
  const auto id = add(connection_to(idp, {std::string(acme)}));
  AnotherNode careful(app, {.strategies = {rowan::password(), rowan::dynamic_oidc({.name = "sso"})}});
  auto by = careful.browser();
  EXPECT_EQ(leave(by, id), "");
  EXPECT_EQ(by.status(), 503);
  EXPECT_EQ(idp.counts().discovery, 0);
  // Nor by a name or an address that hides it.
  for (const std::string issuer :
       {"https://localhost:1", "https://127.0.0.1:1", "https://10.0.0.1", "https://[::1]:1"}) {
    auto hidden = connection_to(idp, {});
    hidden.issuer = issuer;
    auto visitor = careful.browser();
    EXPECT_EQ(leave(visitor, add(std::move(hidden))), "") << issuer;
    EXPECT_EQ(visitor.status(), 503) << issuer;
  }
}

TEST_P(DynamicOidc, IsExaminedByItsId) {
  const auto id = add(connection_to(idp, {std::string(acme)}));
  const auto findings = app.auth().examine("sso/" + id);
  ASSERT_TRUE(findings) << findings.error().reason;
  for (const auto& finding : *findings) EXPECT_TRUE(finding.is_well) << finding.about << finding.says;
  EXPECT_GT(findings->size(), 10U);
  EXPECT_FALSE(app.auth().examine("sso/none")->front().is_well);
}

class Connections : public ::testing::TestWithParam<std::string> {
 protected:
  static NewConnection a_connection() {
    return {.strategy = "sso",
            .realm = {},
            .issuer = "https://login.acme.example",
            .client_id = "notes",
            .client_secret = Secret::from_text("a secret"),
            .display_name = "Acme",
            .email_domains = {std::string(acme)}};
  }
  testing::FakeHttpClient http{};
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::password(), rowan::dynamic_oidc({.name = "sso"})},
                        .adjust = [this](AuthOptions& auth) { auth.http_client = &http; }}};
  const Services& services = app.auth().services();
};
INSTANTIATE_TEST_SUITE_P(Databases, Connections, every_database(), name_of_database);

TEST_P(Connections, SayEverythingThatIsWrongTogether) {
  NewConnection wrong;
  wrong.issuer = "http://login.acme.example";
  wrong.client_id = "a\nb";
  wrong.email_domains = {"acme", "not a domain"};
  wrong.authentication = ClientAuthentication::private_key_jwt;
  const auto refused = add_connection(services, wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  EXPECT_THAT(refused.error().reason, AllOf(HasSubstr("issuer: invalid"), HasSubstr("client_id: invalid"),
                                            HasSubstr("display_name: required"), HasSubstr("client_secret: required"),
                                            HasSubstr("authentication: invalid"), HasSubstr("email_domains: invalid")));
  auto trusting = a_connection();
  trusting.email_domains.clear();
  trusting.trust_email_verified = true;
  EXPECT_EQ(add_connection(services, trusting).error().reason, "email_domains: required");
}

TEST_P(Connections, ADomainLeadsToOneOfARealm) {
  ASSERT_TRUE(add_connection(services, a_connection()));
  const auto second = add_connection(services, a_connection());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fields.front().code, "taken");
  EXPECT_EQ(list_connections(services, "sso", {})->size(), 1U) << "nothing of it was stored";
  auto of_tenant = a_connection();
  of_tenant.realm.tenant = *TenantName::from("acme");
  EXPECT_TRUE(add_connection(services, of_tenant));
}

TEST_P(Connections, AreListedInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    auto connection = a_connection();
    connection.email_domains = {"d" + std::to_string(i) + ".example"};
    ids.push_back(add_connection(services, connection)->id);
    app.clock().advance(1s);
  }
  const auto first = list_connections(services, "sso", {}, {}, 2);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2U);
  EXPECT_EQ((*first)[0].id, ids[0]);
  EXPECT_EQ((*first)[0].email_domains, std::vector<std::string>{"d0.example"});
  const auto rest = list_connections(services, "sso", {}, ids[1], 2);
  ASSERT_EQ(rest->size(), 1U);
  EXPECT_EQ((*rest)[0].id, ids[2]);
  EXPECT_FALSE(list_connections(services, "sso", {}, {}, 0));
}

TEST_P(Connections, KeepTheirSecretSealedForTheirRow) {
  const auto first = add_connection(services, a_connection())->id;
  auto more = a_connection();
  more.email_domains = {};
  more.client_secret = Secret::from_text("another secret");
  const auto second = add_connection(services, more)->id;
  EXPECT_EQ(testing::number_in(app.database(),
                               Sql{"SELECT COUNT(*) FROM rowan_connections WHERE client_secret LIKE '%secret%'"}, {}),
            0);
  const auto stored = [&](const std::string& id) {
    return app.database()
        .read([&](SqlConnection& connection) {
          return find_stored(connection, {.strategy = "sso", .realm = Realm()}, id);
        })
        .value()
        .value();
  };
  EXPECT_EQ(open_secret(services, stored(first)).value()->expose(), "a secret");
  auto copied = stored(first);
  copied.sealed_secret = stored(second).sealed_secret;
  EXPECT_FALSE(open_secret(services, copied)) << "a secret of another row";
}

TEST_P(Connections, AreLearnedWithinBounds) {
  Sources sources({.name = "sso"});
  Stored stored{.connection = {.id = {},
                               .strategy = "sso",
                               .issuer = "https://login.acme.example",
                               .client_id = "notes",
                               .authentication = ClientAuthentication::none}};
  std::shared_ptr<ConnectionSource> first;
  for (std::size_t i = 0; i < Sources::most + 10; ++i) {
    stored.connection.id = "c" + std::to_string(i);
    const auto source = sources.source_of(services, stored);
    ASSERT_TRUE(source);
    if (i == 0) first = *source;
  }
  EXPECT_EQ(sources.size(), Sources::most);
  const auto last = sources.source_of(services, stored).value();
  EXPECT_EQ(sources.source_of(services, stored).value(), last) << "what is kept is used";
  stored.connection.issuer = "https://login2.acme.example";
  EXPECT_NE(sources.source_of(services, stored).value(), last) << "a row that changed is another provider";
  EXPECT_EQ(first->key(), "sso/c0") << "who is using one that had to go still has it";
}

}  // namespace
}  // namespace rowan::strategies::dynamic_oidc
