// A strategy and a controller of an application's own, by what is installed alone. Run by scripts/check-install through
// the kit; docs/your_own_strategy.md shows the strategy.
#include <cstdio>
#include <rowan/strategy.hpp>
#include <rowan/testing/app.hpp>

namespace {

// [badge]
// People sign in with their address and the number of a badge, which is used up by it.
constexpr rowan::Sql find_badge{R"sql(
  SELECT a.id, a.generation
  FROM rowan_identifiers i
  JOIN rowan_accounts a ON a.id = i.account_id
  JOIN club_badges b ON b.account_id = a.id
  WHERE i.tenant = :tenant AND i.subject = :subject AND i.kind = 'email' AND i.key = :key AND b.badge = :badge
)sql"};
constexpr rowan::Sql use_badge{"DELETE FROM club_badges WHERE account_id = :id AND badge = :badge"};

rowan::Result<rowan::Outcome> sign_in(const rowan::PhaseContext& context) {
  const auto email = rowan::EmailAddress::parse(context.inputs.text("email"));
  if (!email) return rowan::wrong_field("email", "invalid");
  const std::string badge(context.inputs.text("badge"));
  const auto row = context.services.database().read([&](rowan::SqlConnection& connection) {
    return connection.first(
        find_badge,
        {{"tenant", context.tenant()}, {"subject", context.subject()}, {"key", email->key().text()}, {"badge", badge}});
  });
  if (!row) return row.error();  // the database is away
  if (!*row) return rowan::wrong_credential("no such badge");
  const auto id = (*row)->id<rowan::AccountId>("id");
  // The account's generation was read together with the badge. When the account's credentials change before the
  // transaction below, the sign-in is refused.
  return rowan::Outcome(rowan::SignedIn{.method = "badge",
                                        .apply = [id, badge, generation = (*row)->integer("generation")](
                                                     rowan::Transaction& transaction) -> rowan::Result<rowan::Applied> {
                                          const auto used =
                                              transaction.execute(use_badge, {{"id", id}, {"badge", badge}});
                                          if (!used) return used.error();
                                          if (*used != 1)
                                            return rowan::wrong_credential("the badge was used meanwhile");
                                          return rowan::Applied{.account = id, .generation = generation};
                                        }});
}

rowan::Strategy badge() {
  rowan::Strategy strategy{.name = "badge"};
  strategy.phases = {{.name = "sign_in",
                      .path = "/sign_in",
                      .inputs = {rowan::email_input("The address"), rowan::token_input("badge", "The badge", 16)},
                      .limits = {rowan::per_client("sign_in", 10)},
                      .description = "Signs in with a badge, once",
                      .run = sign_in}};
  strategy.panels = {
      {.place = rowan::Panel::Place::sign_in, .template_name = "badge/sign_in.html", .phase = "sign_in"}};
  strategy.templates = {{.name = "badge/pages/sign_in.html", .bytes = R"html(<section class="panel">
[[form "{{sign_in_action}}"]]
<label>Email <input name="{{subject}}[email]"></label>
<label>Badge <input name="{{subject}}[badge]"></label>
<button class="button" type="submit">Show your badge</button>
</form>
</section>
)html"}};
  strategy.migrations = {{.id = "club/0001_badges",
                          .sqlite = "CREATE TABLE club_badges (account_id TEXT NOT NULL REFERENCES rowan_accounts (id) "
                                    "ON DELETE CASCADE, badge TEXT NOT NULL, PRIMARY KEY (account_id, badge));",
                          .postgres =
                              "CREATE TABLE club_badges (account_id uuid NOT NULL REFERENCES rowan_accounts "
                              "(id) ON DELETE CASCADE, badge TEXT NOT NULL, PRIMARY KEY (account_id, badge));"}};
  return strategy;
}
// [/badge]

// Overrides everything, and still does what the defaults do.
class Front : public rowan::Controller {
 public:
  rowan::Response success(rowan::Conn& conn, const rowan::Activity& activity, rowan::MaybeUser user,
                          rowan::MaybeToken token) override {
    said += std::string(activity.strategy) + "/" + std::string(activity.phase) + " ";
    if (!user) return Controller::success(conn, activity, user, token);
    conn.store_in_session(user);
    return conn.redirect("/welcome");
  }
  rowan::Response failure(rowan::Conn& conn, const rowan::Activity&, const rowan::Error& reason) override {
    said += "failed:" + std::string(public_name(reason.code)) + " ";
    return conn.text("no");
  }
  rowan::Response sign_out(rowan::Conn& conn, const rowan::Params&) override {
    return conn.clear_session() ? conn.text("bye") : conn.status(503).text("try again");
  }
  rowan::Response pending(rowan::Conn& conn, const rowan::Activity&, const rowan::PendingFlow&) override {
    return conn.text("wait");
  }
  std::string said{};
};

bool fails(const char* what) {
  std::fprintf(stderr, "own: %s\n", what);
  return true;
}

}  // namespace

int main() {
  Front front;
  rowan::testing::TestApp app(
      {.strategies = {rowan::password(), badge()},
       .mount = [&](rowan::Routes none, rowan::Controller&, rowan::ApiController& api) {
         return none.auth_routes(front).auth_routes(api, {.path = "/api/auth"}).sign_in_route().sign_out_route(front);
       }});
  rowan::NewUser ada;
  ada.email = "ada@outside.example";
  ada.confirmed = true;
  const auto made = app.auth().create_user(ada);
  if (!made && fails("create_user")) return 1;
  constexpr rowan::Sql give{"INSERT INTO club_badges (account_id, badge) VALUES (:id, 'B-7')"};
  const auto given = app.database().transact(
      [&](rowan::Transaction& transaction) { return transaction.execute(give, {{"id", made->id}}); });
  if (!given && fails("give_badge")) return 1;
  auto browser = app.browser();
  const auto show = [&](const char* badge) -> rowan::testing::Browser& {
    return browser.get("/sign-in")
        .form("badge/sign_in")
        .fill("user[email]", "ada@outside.example")
        .fill("user[badge]", badge)
        .submit();
  };
  if ((show("B-8").status() != 401 || browser.body() != "no") && fails("a wrong badge")) return 1;
  if (show("B-7").location() != "/welcome" && fails("the right badge")) return 1;
  if (browser.get("/me").status() != 200 && fails("a session")) return 1;
  if (browser.get("/sign-out").form("/sign-out").submit().body() != "bye" && fails("sign_out")) return 1;
  if (browser.get("/me").status() == 200 && fails("signed out")) return 1;
  if (show("B-7").status() != 401 && fails("used twice")) return 1;
  const std::string expected = "failed:authentication_failed badge/sign_in failed:authentication_failed ";
  if (front.said != expected && fails(front.said.c_str())) return 1;
  std::puts("own: a strategy and a controller of one's own, by installed headers");
  return 0;
}
