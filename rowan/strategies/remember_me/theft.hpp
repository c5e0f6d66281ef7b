#pragma once
// Not installed. A browser's secret was used a second time, so two browsers have it and nobody can tell whose it is.
#include <rowan/engine/strategy.hpp>

namespace rowan::strategies::remember_me {

/// The browser is forgotten, the session that came of it ends, and the account's owner is told: once.
Result<> end_stolen(const Services& services, const Realm& realm, const std::string& id, const Visitor& visitor);

LetterSpec copied_letter();

}  // namespace rowan::strategies::remember_me
