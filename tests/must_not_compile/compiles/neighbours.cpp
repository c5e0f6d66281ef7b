// What stands beside the refused cases and is right: if this does not compile, they are refused for another reason.
#include <rowan/rowan.hpp>

rowan::Result<> revoke();
rowan::Result<int> count();

void routes_and_guards(rowan::Auth& auth, rowan::Controller& web, rowan::ApiController& api) {
  const auto all = rowan::routes(auth).auth_routes(web).auth_routes(api, {.path = "/api/auth"}).sign_in_route();
  (void)all;
  (void)rowan::signed_in(auth, [](rowan::Conn&, const rowan::User&) { return rowan::Response{}; });
  (void)rowan::signed_in(auth, {.second_factor = true},
                         [](rowan::Conn&, const rowan::Claims&) { return rowan::Response{}; });
  (void)rowan::bearer(auth, rowan::non_blocking([](rowan::Conn&, const rowan::Claims&) { return rowan::Response{}; }));
  (void)rowan::bearer(auth, rowan::non_blocking([](rowan::Conn&, const rowan::User&) { return rowan::Response{}; }));
}

void own_routes(rowan::Auth& auth, rowan::Site& site) {
  site.post("/transfer", rowan::signed_in(auth, {.cross_site = true}, [](rowan::Conn& conn, const rowan::Claims&) {
              if (auto checked = conn.check_form(); !checked) return conn.refuse(checked.error());
              if (const auto error = conn.params_error()) return conn.refuse(*error);
              conn.put_session("to", conn.params().empty() ? conn.tenant().text() : conn.form_token());
              return conn.text(conn.error_id());
            }));
}

std::string a_handler_of_the_hosts_own(const rowan::Auth& auth, const rowan::http::RequestView& view) {
  const auto verdict = auth.authenticate(view, rowan::GuardKind::session, {.tenant = "north"});
  const auto* accepted = std::get_if<rowan::GuardAccepted>(&verdict);
  if (accepted == nullptr || !auth.load_cached(accepted->claims, "north")) return {};
  return accepted->reseal ? auth.reseal(view, {.tenant = "north"}) : std::string();
}

rowan::Result<> ends(rowan::Auth& auth, rowan::AccountId id) {
  if (auto done = auth.update_extra(id, {{"plan", "pro"}}); !done) return done;
  if (auto done = auth.close(id); !done) return done;
  return auth.erase(id);
}

void answers(rowan::Conn& conn, rowan::MaybeUser user, rowan::MaybeToken token) {
  conn.store_in_session(user);
  conn.json({{"roles", rowan::Json::array({"admin", "editor"})}, {"bearer", token}, {"user", user}});
}

void declares(rowan::Database& database, rowan::Mailer& mailer) {
  rowan::Auth auth(
      {.base_url = "https://notes.example",
       .database = database,
       .mailer = mailer,
       .secret = {rowan::Secret::from_env("NEW"), rowan::Secret::from_env("OLD")},
       .strategies = {rowan::password({.minimum_length = 20})},
       .add_ons = {rowan::account()},
       .tenant_of = [](const rowan::http::Request&) { return std::string("north"); },
       .base_url_of = [](std::string_view tenant) { return "https://" + std::string(tenant) + ".example"; },
       .session = {.account_cache_lifetime = std::chrono::seconds(5)},
       .allowed_origins = {"https://app.notes.example"}});
}

bool values(rowan::AccountId a, rowan::AccountId b, const rowan::Secret& secret) {
  static constexpr rowan::Sql statement{"SELECT 1"};
  static constexpr rowan::Sql lock = rowan::row_locking<"SELECT id FROM things FOR UPDATE">;
  static constexpr rowan::storage::Literal columns{"id, name"};
  static constexpr rowan::Sql joined = rowan::sql_of<"SELECT", columns, "FROM things">;
  (void)statement;
  (void)joined;
  (void)lock;
  const auto copy = secret.copy();
  if (!revoke()) return false;
  return a == b && count().has_value();
}
