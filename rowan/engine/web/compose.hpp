#pragma once
// Not installed. Pages made of panels (docs/architecture.md#panels-pages-and-options) and the pages of mailed links.
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/web/conn_state.hpp>
#include <span>

namespace rowan::engine {

/// The sign-in, register, reset or account page. A failure in `state` is shown in the panel it came from.
/// `subject`: whose panels; empty: every subject's, as far as their phases are mounted.
Response compose(ConnState& state, Panel::Place place, const SubjectName& subject);
/// What the template of one panel gets.
Json panel_data(ConnState& state, const Subject& subject, const Strategy& strategy, const Panel& panel,
                const Asking& asking);
struct PageOf {
  const Subject* subject;
  const Strategy* strategy;
  const Page* page;
};
/// A page of a room; changes nothing. Several may share a path: the first that knows the token, or whose subject is
/// signed in, is shown. `token` is empty for pages without one.
Response room_page(ConnState& state, std::span<const PageOf> pages, std::string_view token);
/// Redirects to the sign-in page, which leads back here; 401 when no such page is mounted. With an empty `subject`: to
/// the sign-in page of all subjects.
Response to_sign_in(ConnState& state, const SubjectName& subject);
/// The same, which leads to `back` afterwards: a path on this site, or empty.
Response to_sign_in(ConnState& state, const SubjectName& subject, const std::string& back);
/// The same for who is signed in and has to do so once more: that page does not lead them on.
Response to_sign_in_again(ConnState& state, const SubjectName& subject, const std::string& back);
/// Asks whether to sign out; changes nothing.
Response sign_out_page(Auth& auth, std::shared_ptr<const Addresses> addresses, const Arrival& arrival);
/// The page of the account that is signed in; of several, that of `?subject=`, else the first. Without a session it
/// redirects to the sign-in page. `of_subject`: only this subject; empty: all.
Response account_page(Auth& auth, std::shared_ptr<const Addresses> addresses, const Arrival& arrival,
                      const SubjectName& of_subject);
/// The page after an accepted request: the strategy's own, or a sentence.
Response accepted_page(ConnState& state);
/// The page of what a phase presents.
Response presented_page(ConnState& state);
/// Shows the page again from which the phase in `state` was sent; failure.html when it has none.
Response form_again(ConnState& state);

}  // namespace rowan::engine
