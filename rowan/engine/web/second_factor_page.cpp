#include <algorithm>
#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/assurance.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/second_factor/second_factor.hpp>
#include <rowan/engine/web/compose.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/second_factor_page.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/url.hpp>
#include <rowan/pages/words.hpp>

namespace rowan::engine {

namespace {

constexpr std::string_view needs_fresh = "fresh", needs_second = "second_factor", needs_passkey = "passkey";

// The address says what a guard asked for. A visitor who changes that sees another form, and the guard asks again.
std::string_view name_of(const Assurance& needed) {
  return needed.phishing_resistant ? needs_passkey : needed.second_factor ? needs_second : needs_fresh;
}

}  // namespace

bool is_need(std::string_view word) { return word == needs_fresh || word == needs_second || word == needs_passkey; }

namespace {

std::string query_of(ConnState& state, std::string_view name) {
  if (state.request == nullptr) return {};
  const auto asked = http::parse_query(state.request->query);
  const auto value = asked ? asked->find({std::string(name)}) : std::nullopt;
  return std::string(value.value_or(std::string_view()));
}

Assurance needed_of(const std::string& name, const std::vector<Factor>& factors) {
  Assurance needed{.within = std::chrono::seconds(0)};  // what is shown now
  needed.phishing_resistant = name == needs_passkey;
  needed.second_factor = name == needs_second || (name.empty() && has_second_factor(factors));
  return needed;
}

struct Shown {
  const Strategy* strategy;
  const Panel* panel;
};
std::vector<Shown> panels_at(const ConnState& state, const Subject& subject, Panel::Place place,
                             const std::vector<std::string>& names) {
  std::vector<Shown> found;
  for (const auto& name : names) {
    const auto* strategy = subject.find(name);
    if (strategy == nullptr) continue;
    for (const auto& panel : strategy->panels)
      if (panel.place == place &&
          (panel.page.empty() || !state.addresses->link_page(panel.page, subject.name).empty()) &&
          (panel.phase.empty() || !state.addresses->phase(subject.name, {strategy->name, panel.phase}).empty()))
        found.push_back({strategy, &panel});
  }
  return found;
}

std::string own_address(const ConnState& state, const SubjectName& subject) {
  return std::string(state.addresses->link_page(path_of_second_factor, subject));
}

// Another factor would be set up in vain: the guard would ask again.
std::vector<std::string> of_passkeys(const Subject& subject) {
  auto names = enrolling_strategies(subject);
  std::erase_if(names,
                [&](const std::string& name) { return !subject.find(name)->proves.has(Evidence::phishing_resistant); });
  return names;
}

// What a sign-in that waits, or a session, can show.
struct Choice {
  std::vector<std::string> factors{}, set_up{};
  std::string needs{};
};
Choice choice_of(ConnState& state, const Subject& subject, const Asking& asking, const std::vector<Factor>& factors) {
  Choice choice;
  if (asking.pending && asking.pending->enrols) {
    choice.set_up = enrolling_strategies(subject);
  } else if (asking.pending) {
    choice.factors = factors_to_ask(factors, asking.pending->methods);
  } else {
    choice.needs = state.need();
    const auto needed = needed_of(choice.needs, factors);
    choice.factors = factors_to_step_up(factors, asking.claims->methods(), needed);
    if (choice.factors.empty() && (needed.second_factor || needed.phishing_resistant) &&
        factors_to_ask(factors, asking.claims->methods()).empty())
      choice.set_up = needed.phishing_resistant ? of_passkeys(subject) : enrolling_strategies(subject);
  }
  return choice;
}

Json link_to(ConnState& state, const Subject& subject, const Shown& shown, const std::string& needs) {
  auto href = http::with_parameter(own_address(state, subject.name), "factor", shown.strategy->name);
  if (!needs.empty()) href = http::with_parameter(href, "need", needs);
  if (!state.return_to().empty()) href = http::with_parameter(href, "return_to", state.return_to());
  return {{"href", href}, {"label", state.core->pages.text(shown.panel->title, state.language())}};
}

}  // namespace

Response second_factor_page(ConnState& state, const Subject& subject, const Asking& asking) {
  const auto account = asking.pending ? asking.pending->account : asking.claims->id();
  auto factors = state.core->spine.database.read(
      [&](SqlConnection& connection) { return find_factors(*state.core, subject, connection, account); });
  if (!factors) return fault_page(state, factors.error());
  const auto choice = choice_of(state, subject, asking, *factors);
  auto forms = panels_at(state, subject, Panel::Place::second_factor, choice.factors);
  const auto ways = panels_at(state, subject, Panel::Place::set_up, choice.set_up);
  if (forms.empty() && ways.empty() && asking.claims && !asking.pending)
    return to_sign_in_again(state, subject.name, state.return_to());

  if (state.subject == nullptr) state.shown_subject = subject.name;
  const auto wished =
      state.failure != nullptr && state.strategy != nullptr ? state.strategy->name : query_of(state, "factor");
  const auto first = std::ranges::find_if(forms, [&](const Shown& shown) { return shown.strategy->name == wished; });
  if (first != forms.end()) std::rotate(forms.begin(), first, first + 1);
  std::vector<Json> panels, others, set_up;
  for (const auto& shown : forms)
    if (panels.empty())
      panels.push_back(panel_data(state, subject, *shown.strategy, *shown.panel, asking));
    else
      others.push_back(link_to(state, subject, shown, choice.needs));
  for (const auto& shown : ways) set_up.push_back(panel_data(state, subject, *shown.strategy, *shown.panel, asking));
  const bool waits = asking.pending.has_value();
  const bool may_trust = waits && !forms.empty() && state.core->options.second_factor.trust_browsers.count() > 0;
  return render_page(
      state, "second_factor/page.html",
      {{"panels", panels},
       {"others", others},
       {"set_up", set_up},
       {"waits", waits && !asking.pending->enrols},
       {"enrols", waits && asking.pending->enrols},
       {"again", !waits && ways.empty()},
       {"needs_one", !waits && !ways.empty()},
       {"by_passkey", choice.needs == needs_passkey},
       {"by_any", choice.needs != needs_passkey},
       {"may_trust", may_trust},
       {"cancel_action",
        waits ? state.addresses->phase(subject.name, {std::string(second_factor_name), "cancel"}) : ""}});
}

Response second_factor_page_again(ConnState& state) {
  const auto& subject = *state.subject;
  Asking asking{.tenant = state.tenant(), .visitor = state.visitor(), .return_to = state.return_to()};
  auto here = who_is_here(state, Who::session_or_pending, subject.name);
  if (!here) return fault_page(state, here.error());
  asking.claims = std::move(here->claims);
  asking.pending = std::move(here->pending);
  // It was finished or ended meanwhile: there is nothing to show it for.
  if (!asking.claims && !asking.pending) return to_sign_in(state, subject.name, state.return_to());
  return second_factor_page(state, subject, asking);
}

std::string where_now(const ConnState& state) {
  const auto& request = *state.request;
  if (request.method == http::Method::get || request.method == http::Method::head) return own_target(state);
  // A form is not sent again; the page it was on is shown.
  const auto from = request.headers.single("Referer").value_or(std::string_view());
  if (!from.starts_with(state.base().origin)) return {};
  const auto path = LocalPath::parse(from.substr(state.base().origin.size()));
  return path ? std::string(path->str()) : std::string();
}

std::string challenge_of(const Assurance& needed) {
  std::string challenge = "Bearer error=\"insufficient_user_authentication\", error_description=\"";
  challenge += needed.phishing_resistant ? "A passkey is needed"
               : needed.second_factor    ? "A second factor is needed"
                                         : "The last sign-in is too old";
  challenge += "\"";
  // "phr" is OpenID Connect's name (Extended Authentication Profile); for the other there is none.
  if (needed.phishing_resistant) challenge += ", acr_values=\"phr\"";
  if (needed.second_factor && !needed.phishing_resistant) challenge += ", acr_values=\"mfa\"";
  if (needed.within) challenge += ", max_age=\"" + std::to_string(needed.within->count()) + "\"";
  return challenge;
}

Response ask_for_more(ConnState& state, const Error& error, const SubjectName& subject, const std::string& back) {
  if (!wants_json(state)) {
    const auto page = own_address(state, subject);
    if (page.empty()) return to_sign_in_again(state, subject, back);
    auto to = http::with_parameter(page, "need", std::string(name_of(error.needs)));
    if (!back.empty()) to = http::with_parameter(to, "return_to", back);
    Response response{.status = 303};
    response.headers.add("Location", std::move(to));
    return response;
  }
  auto response = error_answer(state, error, true);
  // RFC 9470 section 3; a browser's script gets it too, and knows no other place to look.
  response.headers.set("WWW-Authenticate", challenge_of(error.needs));
  return response;
}

}  // namespace rowan::engine
