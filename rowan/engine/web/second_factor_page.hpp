#pragma once
// Not installed. The page that asks for a second factor: of a sign-in that waits, or once more.
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/web/conn_state.hpp>

namespace rowan::engine {

/// One form: the one whose failure is shown, the one that `?factor=` names, else the factor used last. The others are
/// one link away. Somebody signed in who has nothing to show is led to set something up, else to sign in again.
Response second_factor_page(ConnState& state, const Subject& subject, const Asking& asking);
/// The same for a form of it that failed.
Response second_factor_page_again(ConnState& state);

/// Whether a guard says this as `need`, in the address of that page and in its forms.
bool is_need(std::string_view word);

/// Who is signed in, but not well enough: people are led to that page and come back to `back`, a path on this site or
/// empty; a program is told what is missing (RFC 9470).
Response ask_for_more(ConnState& state, const Error& error, const SubjectName& subject, const std::string& back);
/// WWW-Authenticate of RFC 9470 section 3.
std::string challenge_of(const Assurance& needed);
/// Where a person is now: the page of a GET, else the page of ours that the request came from; empty when neither is
/// known.
std::string where_now(const ConnState& state);

}  // namespace rowan::engine
