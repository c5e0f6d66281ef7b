#include <algorithm>
#include <array>
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/web/compose.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/second_factor_page.hpp>
#include <rowan/http/url.hpp>
#include <rowan/pages/words.hpp>
#include <set>

namespace rowan::engine {

namespace {

using Fields = std::vector<std::pair<std::string, Json>>;

Asking asking_of(ConnState& state, std::optional<VerifiedClaims> claims = {}) {
  return {.tenant = state.tenant(),
          .visitor = state.visitor(),
          .claims = std::move(claims),
          .pending = {},
          .trusted = false,
          .return_to = state.return_to()};
}

void add_actions(Fields& data, const ConnState& state, const Subject& subject, const Strategy& strategy) {
  for (const auto& phase : strategy.phases)
    data.emplace_back(phase.name + "_action", state.addresses->phase(subject.name, {strategy.name, phase.name}));
  if (subject.remembers()) data.emplace_back("may_remember", true);
}

// values, errors and summary of the form that failed; empty for the others.
void add_form_state(Fields& data, const ConnState& state, const Strategy& strategy, std::string_view phase) {
  const bool failed = state.failure != nullptr && state.strategy != nullptr && state.strategy->name == strategy.name &&
                      state.phase != nullptr && state.phase->name == phase;
  Fields values, errors;
  std::vector<Json> summary;
  if (failed) {
    for (const auto& [name, value] : state.typed) values.emplace_back(name, value);
    for (const auto& field : state.failure->fields) {
      const auto text = state.core->pages.field_error(field, state.language());
      errors.emplace_back(field.field, text);
      summary.push_back({{"field", field.field}, {"text", text}});
    }
    if (summary.empty()) summary.push_back({{"text", failure_words(state, *state.failure)}});
  }
  data.emplace_back("values", Json::object(values));
  data.emplace_back("errors", Json::object(errors));
  data.emplace_back("summary", summary);
}

Json panel_of_page(ConnState& state, const Subject& subject, const Strategy& strategy, const Panel& panel) {
  // The account page is made in a pool, for the account that is signed in.
  std::optional<VerifiedClaims> claims;
  if (panel.fill && panel.place == Panel::Place::account)
    if (auto known = settle(state, GuardKind::session, subject.name)) claims = *std::move(known);
  return panel_data(state, subject, strategy, panel, asking_of(state, std::move(claims)));
}

// The page on which a place is, and where that page is.
struct PageOfPlace {
  std::string_view template_name{};
  PageName page{};
};
PageOfPlace page_of(Panel::Place place) {
  switch (place) {
    case Panel::Place::sign_in: return {"sign_in.html", PageName::sign_in};
    case Panel::Place::register_: return {"register.html", PageName::register_};
    case Panel::Place::reset: return {"reset.html", PageName::reset};
    case Panel::Place::account: return {"account.html", PageName::account};
    case Panel::Place::second_factor:
    case Panel::Place::set_up: break;  // second_factor/page.cpp
  }
  return {"sign_in.html", PageName::sign_in};
}

}  // namespace

Json panel_data(ConnState& state, const Subject& subject, const Strategy& strategy, const Panel& panel,
                const Asking& asking) {
  Fields data{{"template", panel.template_name}, {"subject", subject.name}, {"strategy", strategy.name}};
  add_actions(data, state, subject, strategy);
  add_form_state(data, state, strategy, panel.phase);
  if (!panel.page.empty()) {
    std::string href(state.addresses->link_page(panel.page, subject.name));
    if (!href.empty() && !state.return_to().empty()) href = http::with_parameter(href, "return_to", state.return_to());
    data.emplace_back("href", href);
  }
  if (panel.place == Panel::Place::sign_in && state.last_used == strategy.name) data.emplace_back("last_used", true);
  if (!panel.title.empty()) data.emplace_back("label", state.core->pages.text(panel.title, state.language()));
  if (panel.fill) {
    const Inputs none;
    for (auto& field : panel.fill(context_of(*state.core, subject, none, asking)).fields())
      data.push_back(std::move(field));
  }
  return Json::object(data);
}

Response compose(ConnState& state, Panel::Place place, const SubjectName& of_subject) {
  struct Shown {
    const Subject* subject;
    const Strategy* strategy;
    const Panel* panel;
  };
  std::vector<Shown> forms, links;
  const auto is_shown = [&](const Subject& subject, const Strategy& strategy, const Panel& panel) {
    return panel.place == place && (of_subject.empty() || of_subject == subject.name) &&
           (panel.phase.empty() || !state.addresses->phase(subject.name, {strategy.name, panel.phase}).empty());
  };
  if (state.subject == nullptr) state.shown_subject = of_subject;
  for (const auto& subject : state.core->subjects)
    for (const auto& strategy : subject.strategies)
      for (const auto& panel : strategy.panels)
        if (is_shown(subject, strategy, panel))
          (panel.kind == Panel::Kind::form ? forms : links).push_back({&subject, &strategy, &panel});
  const auto by_order = [](const Shown& a, const Shown& b) { return a.panel->order < b.panel->order; };
  std::stable_sort(forms.begin(), forms.end(), by_order);
  std::stable_sort(links.begin(), links.end(), by_order);
  // A strategy's link to another page of its own is no choice.
  std::set<std::string_view> ways;
  for (const auto* list : {&forms, &links})
    for (const auto& shown : *list) ways.insert(shown.strategy->name);
  if (ways.size() < 2) state.last_used.clear();
  std::vector<Json> panels, below;
  for (const auto& shown : forms) panels.push_back(panel_of_page(state, *shown.subject, *shown.strategy, *shown.panel));
  for (const auto& shown : links) below.push_back(panel_of_page(state, *shown.subject, *shown.strategy, *shown.panel));
  Fields data{{"panels", panels}, {"links", below}};
  for (const auto* list : {&forms, &links})
    for (const auto& shown : *list) std::ranges::move(shown.panel->for_all.fields(), std::back_inserter(data));
  return render_page(state, page_of(place).template_name, Json::object(data));
}

namespace {

Response led_on(ConnState& state, const Subject& subject, const Strategy& strategy, const Page& page) {
  auto to = http::with_parameter(std::string(state.addresses->link_page(page.leads_to, subject.name)), "factor",
                                 strategy.name);
  if (!state.return_to().empty()) to = http::with_parameter(to, "return_to", state.return_to());
  Response response{.status = 303};
  response.headers.add("Location", std::move(to));
  return response;
}

}  // namespace

Response room_page(ConnState& state, std::span<const PageOf> pages, std::string_view token) {
  const Subject* needs_session = nullptr;
  bool shows_something_then = false;
  for (const auto& [subject, strategy, page] : pages) {
    Inputs inputs;
    for (const auto& phase : strategy->phases)
      if (phase.name == page->phase) inputs.set_flows("flow", state.flows_of(flow_name_of(*strategy, phase)));
    // "Cannot be known now" says nothing about the link, so the visitor tries again.
    auto here = who_is_here(state, page->who, subject->name);
    if (!here) return fault_page(state, here.error());
    auto asking = asking_of(state, std::move(here->claims));
    asking.pending = std::move(here->pending);
    if (!may_see(page->who, asking)) {
      if (needs_session == nullptr) needs_session = subject;
      // It has nothing to show after a sign-in, which leads to where this would have led.
      shows_something_then = shows_something_then || !page->place;
      continue;
    }
    if (page->place == Panel::Place::second_factor) return second_factor_page(state, *subject, asking);
    if (!page->leads_to.empty()) return led_on(state, *subject, *strategy, *page);
    const auto context = context_of(*state.core, *subject, inputs, asking);
    auto seen = page->look ? page->look(context, token) : Result<Json>(Json({}));
    if (!seen && seen.error().code == ErrorCode::insufficient_user_authentication)
      return ask_for_more(state, seen.error(), subject->name, where_now(state));
    if (!seen && (is_fault(seen.error()) || !page->has_token)) return error_answer(state, seen.error(), false);
    if (!seen) continue;
    Fields data{{"subject", subject->name}, {"strategy", strategy->name}};
    add_actions(data, state, *subject, *strategy);
    add_form_state(data, state, *strategy, page->phase);
    for (auto& field : seen->fields()) data.push_back(std::move(field));
    auto response = render_page(state, page->template_name, Json::object(data));
    // The token is in this page's address (REC-05).
    if (page->has_token) response.headers.set("Referrer-Policy", "no-referrer");
    return response;
  }
  if (needs_session != nullptr && shows_something_then) return to_sign_in(state, needs_session->name);
  if (needs_session != nullptr) return to_sign_in(state, needs_session->name, state.return_to());
  state.status = http_status(ErrorCode::authentication_failed);
  return render_page(state, "failure.html",
                     {{"text", state.core->pages.text(words::invalid_or_expired_link, state.language())}});
}

Response to_sign_in(ConnState& state, const SubjectName& subject) {
  return to_sign_in(state, subject, own_target(state));
}

Response to_sign_in(ConnState& state, const SubjectName& subject, const std::string& back) {
  const std::string sign_in(state.addresses->page(PageName::sign_in, subject));
  if (sign_in.empty() || state.request == nullptr) {
    state.status = http_status(ErrorCode::authentication_failed);
    return render_page(state, "failure.html",
                       {{"text", state.core->pages.text(words::sign_in_first, state.language())}});
  }
  Response response{.status = 303};
  response.headers.add("Location", back.empty() ? sign_in : http::with_parameter(sign_in, "return_to", back));
  return response;
}

Response to_sign_in_again(ConnState& state, const SubjectName& subject, const std::string& back) {
  auto response = to_sign_in(state, subject, back);
  for (auto& header : response.headers.all())
    if (header.name == "Location") header.value = http::with_parameter(header.value, "prompt", "login");
  return response;
}

namespace {

// A phase's answer: the page may have a form of its strategy.
Response page_of_phase(ConnState& state, const std::string& view, const Json& fields) {
  Fields data{{"subject", state.subject->name}, {"strategy", state.strategy->name}};
  add_actions(data, state, *state.subject, *state.strategy);
  data.emplace_back("errors", Json({}));
  data.emplace_back("summary", std::vector<Json>());
  for (auto& field : fields.fields()) data.push_back(std::move(field));
  return render_page(state, view, Json::object(data));
}

}  // namespace

Response accepted_page(ConnState& state) {
  const auto& accepted = *state.accepted;
  const auto& pages = state.core->pages;
  if (accepted.view.empty())
    return render_page(state, "message.html",
                       {{"page_title", pages.text(words::check_your_mail, state.language())},
                        {"text", pages.text(accepted.words, state.language())}});
  return page_of_phase(state, accepted.view, accepted.fields);
}

Response presented_page(ConnState& state) {
  auto fields = state.presented->fields.fields();
  std::ranges::move(state.presented->page.fields(), std::back_inserter(fields));
  return page_of_phase(state, state.presented->view, Json::object(fields));
}

namespace {

// The page that the form was on: of this subject alone, or of all.
Response compose_again(ConnState& state, Panel::Place place) {
  const auto& subject = state.subject->name;
  // The account page is always that of one.
  if (place == Panel::Place::account) return compose(state, place, subject);
  return compose(state, place, state.addresses->shown_on(page_of(place).page, subject));
}

}  // namespace

namespace {

// The phases of one factor share a form there.
bool is_on_second_factor_page(const Strategy& strategy, const Phase& phase) {
  return phase.page.empty() && std::ranges::any_of(strategy.panels, [&](const Panel& panel) {
           return panel.place == Panel::Place::second_factor &&
                  (panel.phase == phase.name || phase.who == Who::pending || phase.who == Who::session_or_pending);
         });
}

}  // namespace

namespace {

// Where a form was, to come back to.
std::string page_of_form(const ConnState& state) {
  if (!state.return_to().empty()) return state.return_to();
  auto page = where_now(state);
  if (!page.empty() || state.strategy == nullptr || state.phase == nullptr || state.subject == nullptr) return page;
  for (const auto& panel : state.strategy->panels)
    if (panel.place == Panel::Place::account && panel.phase == state.phase->name)
      page = state.addresses->page(PageName::account, state.subject->name);
  return page;
}

}  // namespace

Response form_again(ConnState& state) {
  const auto& words = *state.failure;
  if (is_fault(words)) return fault_page(state, words);
  if (words.code == ErrorCode::insufficient_user_authentication)
    return ask_for_more(state, words, state.subject == nullptr ? SubjectName() : state.subject->name,
                        page_of_form(state));
  if (state.may_not) return render_page(state, "failure.html", {{"text", failure_words(state, words)}});
  if (state.strategy != nullptr && state.phase != nullptr && state.subject != nullptr) {
    // A wrong or used token shows no form, because trying it again is useless.
    for (const auto& page : state.strategy->pages) {
      if (page.phase != state.phase->name) continue;
      const auto token = state.path_params.find("token");
      const bool has_token = token != state.path_params.end();
      if (!page.has_token || (has_token && words.code != ErrorCode::authentication_failed))
        return room_page(state, std::array{PageOf{state.subject, state.strategy, &page}},
                         has_token ? token->second : "");
    }
    if (is_on_second_factor_page(*state.strategy, *state.phase)) return second_factor_page_again(state);
    if (!state.phase->page.empty()) {
      Fields data{{"subject", state.subject->name}, {"strategy", state.strategy->name}};
      add_actions(data, state, *state.subject, *state.strategy);
      add_form_state(data, state, *state.strategy, state.phase->name);
      return render_page(state, state.phase->page, Json::object(data));
    }
    for (const auto& panel : state.strategy->panels)
      if (panel.phase == state.phase->name) return compose_again(state, panel.place);
  }
  return render_page(state, "failure.html", {{"text", failure_words(state, words)}});
}

Response sign_out_page(Auth& auth, std::shared_ptr<const Addresses> addresses, const Arrival& arrival) {
  Conn conn(start_conn(&auth, arrival, std::move(addresses), true));
  auto& state = engine::state_of(conn);
  Fields data{{"sign_out_action", state.addresses->as_seen_outside(arrival.request.path)}};
  const auto subject = conn.params().find("subject");
  if (subject != conn.params().end() && state.core->find_subject(subject->second) != nullptr)
    data.emplace_back("subject", subject->second);
  // Back from a provider that ended its session, too: this browser left for it after it was signed out here.
  const auto back = conn.params().find("state");
  const auto left_with = state.flows_of(signed_out_flow);
  if (back != conn.params().end() && std::ranges::find(left_with, back->second) != left_with.end())
    data = {{"signed_out", true}};
  return finish(state, render_page(state, "sign_out.html", Json::object(data)));
}

Response account_page(Auth& auth, std::shared_ptr<const Addresses> addresses, const Arrival& arrival,
                      const SubjectName& of_subject) {
  Conn conn(start_conn(&auth, arrival, std::move(addresses), true));
  auto& state = engine::state_of(conn);
  struct SignedIn {
    SubjectName subject{};
    User user{};
  };
  std::vector<SignedIn> here;
  for (const auto& subject : state.core->subjects) {
    if (!of_subject.empty() && of_subject != subject.name) continue;
    const auto claims = settle(state, GuardKind::session, subject.name);
    // It cannot be known now, which is no reason to send the visitor to sign in again.
    if (!claims) return finish(state, fault_page(state, claims.error()));
    if (!*claims) continue;
    const auto user = auth.load(**claims, state.tenant());
    if (!user) return finish(state, fault_page(state, user.error()));
    if (*user) here.push_back({.subject = subject.name, .user = **user});
  }
  if (here.empty()) return finish(state, to_sign_in(state, of_subject));
  const auto wished = conn.params().find("subject");
  auto shown = here.begin();
  if (wished != conn.params().end()) {
    const auto found =
        std::find_if(here.begin(), here.end(), [&](const auto& one) { return one.subject == wished->second; });
    if (found != here.end()) shown = found;
  }
  conn.assign("account_email", shown->user.email);
  std::vector<Json> others;
  const auto self = state.addresses->as_seen_outside(arrival.request.path);
  for (const auto& one : here)
    if (&one != &*shown)
      others.push_back({{"href", http::with_parameter(self, "subject", one.subject)}, {"email", one.user.email}});
  conn.assign("other_accounts", others);
  if (!others.empty())
    if (const std::string out(state.addresses->page(PageName::sign_out, shown->subject)); !out.empty())
      conn.assign("sign_out_href", http::with_parameter(out, "subject", shown->subject));
  return finish(state, compose(state, Panel::Place::account, shown->subject));
}

}  // namespace rowan::engine
