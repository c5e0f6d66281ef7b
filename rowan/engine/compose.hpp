#pragma once
// Not installed. Pages made of panels (DESIGN 5.21) and the pages of mailed links.
#include <rowan/engine/conn_state.hpp>

namespace rowan::engine {

/// The sign-in, register, reset or account page. A failure in `state` is shown in the panel it came from.
Response compose(ConnState& state, Panel::Place place);
/// The page behind a mailed link; changes nothing.
Response token_page(ConnState& state, const Subject& subject, const Strategy& strategy, const TokenPage& page, std::string_view token);
/// The page the phase in `state` was sent from, again; failure.html when it has none.
Response form_again(ConnState& state);

}  // namespace rowan::engine
