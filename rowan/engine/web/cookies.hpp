#pragma once
// Not installed. The cookies of a browser, as they are written.
#include <rowan/engine/core.hpp>

namespace rowan {
class Controller;
}

namespace rowan::engine {

/// What the browser keeps for this realm's subject from now on.
void keep(sessions::Remembered& remembered, const Realm& realm, const BrowserKeeps& keeps);
/// By the controller of the web mount (Controller::put_remember_me_cookie; null: as it does by default), or deleted
/// when nothing is left.
void write_remembered(const Core& core, Controller* controller, http::Response& response,
                      const sessions::Remembered& remembered);

}  // namespace rowan::engine
