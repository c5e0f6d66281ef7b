#pragma once
// Not installed. The cookies of a browser, as they are written.
#include <rowan/engine/core.hpp>

namespace rowan {
class Controller;
}

namespace rowan::engine {

sessions::Kept to_keep(const Realm& realm, const BrowserKeeps& keeps);
/// What the browser keeps for the subject from now on; null: nothing. By the controller of the web mount
/// (Controller::put_remember_me_cookie); without one as it does by default.
void write_kept(const Core& core, Controller* controller, http::Response& response, const Subject& subject,
                const sessions::Kept* kept);

std::string device_cookie(const Core& core, std::string_view device);

}  // namespace rowan::engine
