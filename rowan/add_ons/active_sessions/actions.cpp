#include <rowan/accounts/accounts.hpp>
#include <rowan/add_ons/active_sessions/actions.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/sessions.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/words.hpp>

namespace rowan::add_ons::active_sessions {

namespace {

constexpr std::size_t most_listed = 100, most_on_page = 50;

// Whoever has stolen a session must not be able to put its owner out (SES-11).
Result<> be_recent(const PhaseContext& context, std::chrono::seconds recent) {
  const Assurance needed{.within = recent};
  if (recent == std::chrono::seconds(0) || is_enough(context.claims->methods(), needed, context.services.clock().now()))
    return {};
  return Error{.code = ErrorCode::insufficient_user_authentication,
               .reason = "what this session has shown is too old for ending others",
               .needs = needed};
}

Result<std::vector<ListedSession>> listed(const PhaseContext& context, std::size_t most) {
  return context.services.database().read([&](SqlConnection& connection) {
    return sessions_of(connection, context.services, context.account(), most, context.claims->numbers().token);
  });
}

Json names_of(const Methods& methods) {
  std::vector<Json> names;
  for (const auto& shown : methods) names.emplace_back(shown.name.view());
  return Json(names);
}

Result<Outcome> keep_this_one(const PhaseContext& context) {
  return Outcome(SignedIn{
      .method = "sessions",
      .apply = [account = context.account(), generation = context.generation()](Transaction&) -> Result<Applied> {
        return Applied{.account = account, .generation = generation, .end_other_sessions = true};
      },
      .renews = true});
}

}  // namespace

Result<Presented> list(const PhaseContext& context, const ActiveSessionsOptions&) {
  ROWAN_TRY(const auto all, listed(context, most_listed));
  std::vector<Json> sessions;
  for (const auto& [session, is_this] : all)
    sessions.push_back({{"id", session.id},
                        {"kind", session.is_bearer ? "bearer" : "session"},
                        {"current", is_this},
                        {"browser", session.browser},
                        {"address", session.address},
                        {"methods", names_of(session.methods)},
                        {"created_at", to_rfc3339(session.created_at)},
                        {"last_seen_at", to_rfc3339(session.seen_at)},
                        {"expires_at", to_rfc3339(session.expires_at)}});
  return Presented{.view = {}, .fields = {{"sessions", sessions}}};
}

Result<Accepted> end(const PhaseContext& context, const ActiveSessionsOptions& options) {
  bool is_this = false;
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto ended,
              end_session(transaction, context.services, context.account(), context.inputs.text("id")));
    is_this = ended.number == context.claims->numbers().token;
    // An error rolls back. Ending this one is signing out, which asks for nothing.
    if (!is_this) ROWAN_CHECK(be_recent(context, options.recent));
    if (ended.done) return tell_ended(transaction, context, {ended.number});
    if (context.notes != nullptr) context.notes->is_told = true;  // it is so already
    return {};
  }));
  if (is_this) return Accepted{.words = {}, .view = "active_sessions/ended.html", .ends_session = true};
  return Accepted{.words = std::string(sentence("That session has ended.")), .leads_to = PageName::account};
}

Result<Outcome> log_out_everywhere(const PhaseContext& context, const ActiveSessionsOptions& options) {
  ROWAN_CHECK(be_recent(context, options.recent));
  if (context.inputs.flag("keep_this")) return keep_this_one(context);
  ROWAN_CHECK(
      context.services.end_everything(context.account(), [&](Transaction& transaction, const User& user) -> Result<> {
        ROWAN_TRY(const auto locked, accounts::find(transaction.connection(), user.id));
        if (!locked || locked->generation != context.generation())
          return wrong_credential("this session ended meanwhile");
        return {};
      }));
  return Outcome(Accepted{.words = {}, .view = "active_sessions/ended.html", .ends_session = true});
}

Json look_at_sessions(const PhaseContext& context) {
  if (!context.claims) return Json({});
  const auto all = listed(context, most_on_page);
  if (!all) return Json({});
  const auto& pages = context.services.pages();
  const auto& language = context.visitor.language;
  std::vector<Json> sessions;
  for (const auto& [session, is_this] : *all) {
    const auto unknown = session.is_bearer ? sentence("An app or program") : std::string_view(words::a_browser);
    sessions.push_back({{"id", session.id},
                        {"browser", session.browser.empty() ? pages.text(unknown, language) : session.browser},
                        {"address", session.address},
                        {"is_this", is_this},
                        {"created_at", pages.moment(session.created_at, language)},
                        {"used_at", pages.moment(session.seen_at, language)}});
  }
  return {{"sessions", sessions}};
}

Result<> keep_to_limit(Transaction& transaction, const Services& services, const AuthEvent& event, int max_sessions) {
  return end_sessions_beyond(transaction, services, event.realm, event.account, event.token, max_sessions,
                             {.strategy = "sessions", .phase = "limit"});
}

}  // namespace rowan::add_ons::active_sessions
