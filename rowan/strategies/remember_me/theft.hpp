#pragma once
// Not installed. A browser's secret was used a second time, so two browsers have it and nobody can tell whose it is.
#include <rowan/engine/strategy.hpp>
#include <rowan/storage/database.hpp>

namespace rowan::strategies::remember_me {

/// Ends the session that came of a remembered browser, whose row is `forgotten`.
Result<> end_session_of(Transaction& transaction, const Services& services, const SqlRow& forgotten);
/// The same, and the account's owner is told.
Result<> end_stolen(Transaction& transaction, const Services& services, const SqlRow& forgotten,
                    const Visitor& visitor);

LetterSpec copied_letter();

}  // namespace rowan::strategies::remember_me
