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
}

void answers(rowan::Conn& conn, rowan::MaybeUser user, rowan::MaybeToken token) {
  conn.store_in_session(user);
  conn.json({{"roles", rowan::Json::array({"admin", "editor"})}, {"bearer", token}, {"user", user}});
}

void declares(rowan::Database& database, rowan::Mailer& mailer) {
  rowan::Auth auth({.base_url = "https://notes.example",
                    .database = database,
                    .mailer = mailer,
                    .secret = {rowan::Secret::from_env("NEW"), rowan::Secret::from_env("OLD")},
                    .strategies = {rowan::password({.minimum_length = 20})}});
}

bool values(rowan::AccountId a, rowan::AccountId b, const rowan::Secret& secret) {
  static constexpr rowan::Sql statement{"SELECT 1"};
  (void)statement;
  const auto copy = secret.copy();
  if (!revoke()) return false;
  return a == b && count().has_value();
}
