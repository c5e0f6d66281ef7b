#include <rowan/engine/second_factor/second_factor.hpp>
#include <rowan/engine/web/compose.hpp>
#include <rowan/engine/web/controller.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/pages/words.hpp>

namespace rowan {

namespace {

std::string_view words_for(const Activity& activity) {
  if (activity.phase == "register") return words::registered;
  if (activity.phase == "reset") return words::password_reset;
  if (activity.phase == "change") return words::password_changed;
  return words::signed_in;
}

std::string home_of(const engine::ConnState& state) { return state.addresses->home(); }

using Fields = std::vector<std::pair<std::string, Json>>;

// The answer to a program after a phase that signs no one in.
Response taken(Conn& conn) {
  const auto& state = engine::state_of(conn);
  if (state.presented != nullptr) {
    auto fields = state.presented->fields.fields();
    if (!state.presented->flow.empty()) fields.emplace_back("flow", state.presented->flow);
    return conn.status(state.presented->status).json(Json::object(fields));
  }
  Fields about{{"status", "success"}};
  // A browser keeps it in its cookie.
  if (!state.cookies && state.accepted != nullptr && !state.accepted->flow.empty())
    about.emplace_back("flow", state.accepted->flow);
  return conn.json({{"authentication", Json::object(about)}});
}

// Without the flow, which a browser keeps in its cookie.
Json pending_body(const PendingFlow& flow) {
  Fields body{{"status", "pending"}, {"factors", flow.factors}};
  if (!flow.set_up.empty()) body.emplace_back("set_up", flow.set_up);
  return Json::object(body);
}

Json who(MaybeUser user) { return {{"id", user->id()}, {"email", user->email()}}; }

}  // namespace

Response Controller::success(Conn& conn, const Activity& activity, MaybeUser user, MaybeToken) {
  auto& state = engine::state_of(conn);
  const bool script = engine::is_script(state);
  if (!user && script) return taken(conn);
  if (!user) {
    if (state.presented != nullptr) return engine::presented_page(state);
    if (state.accepted != nullptr && state.accepted->leads_to) {
      conn.put_flash("info", state.core->pages.text(state.accepted->words, state.language()));
      const auto to = state.addresses->page(*state.accepted->leads_to, state.subject->name);
      return conn.redirect(to.empty() ? home_of(state) : std::string(to));
    }
    if (state.completion != nullptr) {  // proven, without a sign-in
      const auto done = state.phase != nullptr ? std::string_view(state.phase->done) : std::string_view();
      conn.put_flash("info", state.core->pages.text(state.completion->taken_over ? words::taken_over_elsewhere
                                                    : done.empty()               ? words::sign_in_first
                                                                                 : done,
                                                    state.language()));
      const auto sign_in =
          state.addresses->page(PageName::sign_in, state.subject == nullptr ? "" : state.subject->name);
      return conn.redirect(sign_in.empty() ? home_of(state) : std::string(sign_in));
    }
    return engine::accepted_page(state);
  }
  const auto to = conn.return_to_or(home_of(state));
  conn.store_in_session(user);
  if (script) {
    if (state.completion != nullptr && state.completion->registered) conn.status(201);
    return conn.json({{"authentication", {{"status", "success"}}}, {"user", who(user)}, {"location", to}});
  }
  const bool taken_over = state.completion != nullptr && state.completion->taken_over && activity.phase != "reset";
  const auto said = taken_over                                             ? words::taken_over
                    : state.phase != nullptr && !state.phase->done.empty() ? std::string_view(state.phase->done)
                                                                           : words_for(activity);
  conn.put_flash("info", state.core->pages.text(said, state.language()));
  return conn.redirect(to);
}

Response Controller::failure(Conn& conn, const Activity&, const Error& reason) {
  if (engine::is_script(engine::state_of(conn))) return conn.json(engine::failure_body(engine::state_of(conn), reason));
  return engine::form_again(engine::state_of(conn));
}

Response Controller::sign_out(Conn& conn, const Params& params) {
  const auto subject = params.find("subject");
  // One that is not declared is refused before; no other text names one.
  const auto only = subject == params.end() ? std::optional(SubjectName()) : SubjectName::from(subject->second);
  if (only) conn.clear_session(*only);
  auto& state = engine::state_of(conn);
  const auto& elsewhere = conn.signed_out_elsewhere();
  if (engine::is_script(state)) {
    Fields body{{"status", "ok"}};
    if (!elsewhere.url.empty()) body.emplace_back("location", elsewhere.url);
    return conn.json(Json::object(body));
  }
  auto response =
      engine::render_page(state, "sign_out.html",
                          {{"signed_out", true}, {"provider_href", elsewhere.url}, {"provider_name", elsewhere.name}});
  // Not a redirect, which browsers do not take to another site for the answer to a form (form-action).
  if (!elsewhere.url.empty()) response.headers.set("Refresh", "0; url=" + elsewhere.url);
  return response;
}

Response Controller::pending(Conn& conn, const Activity&, const PendingFlow& flow) {
  auto& state = engine::state_of(conn);
  state.open_cookies();
  state.browser.flow = flow.flow;
  state.browser_changed = true;
  if (engine::is_script(state)) return conn.status(401).json({{"authentication", pending_body(flow)}});
  const auto subject = state.subject == nullptr ? SubjectName() : state.subject->name;
  const auto page = state.addresses->link_page(engine::path_of_second_factor, subject);
  return conn.redirect(page.empty() ? state.addresses->base() + std::string(engine::path_of_second_factor)
                                    : std::string(page));
}

Response ApiController::success(Conn& conn, const Activity&, MaybeUser user, MaybeToken token) {
  const auto& state = engine::state_of(conn);
  if (!user) return taken(conn);
  if (state.completion != nullptr && state.completion->registered) conn.status(201);
  return conn.json({{"authentication", {{"status", "success"}, {"bearer", token}}}, {"user", who(user)}});
}

Response ApiController::failure(Conn& conn, const Activity&, const Error& reason) {
  return conn.json(engine::failure_body(engine::state_of(conn), reason));
}

Response ApiController::sign_out(Conn& conn, const Params&) {
  conn.revoke_bearer_tokens();
  return conn.json({{"status", "ok"}});
}

Response ApiController::pending(Conn& conn, const Activity&, const PendingFlow& flow) {
  auto body = pending_body(flow).fields();
  body.emplace_back("flow", flow.flow);
  return conn.status(401).json({{"authentication", Json::object(body)}});
}

}  // namespace rowan
