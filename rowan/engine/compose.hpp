#pragma once
// Not installed. Pages made of panels (docs/architecture.md#panels-pages-and-options) and the pages of mailed links.
#include <rowan/engine/conn_state.hpp>
#include <span>

namespace rowan::engine {

/// The sign-in, register, reset or account page. A failure in `state` is shown in the panel it came from.
Response compose(ConnState& state, Panel::Place place);
/// The page behind a mailed link; changes nothing.
struct TokenPageOf {
  const Subject* subject;
  const Strategy* strategy;
  const TokenPage* page;
};
/// Several may share a path; the one that knows the token shows it.
Response token_page(ConnState& state, std::span<const TokenPageOf> pages, std::string_view token);
/// What follows a request that was taken: the strategy's own page, or a sentence.
Response accepted_page(ConnState& state);
/// The page the phase in `state` was sent from, again; failure.html when it has none.
Response form_again(ConnState& state);

}  // namespace rowan::engine
