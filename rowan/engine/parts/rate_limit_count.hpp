#pragma once
// Not installed. What one RateLimit counts for one value.
#include <rowan/engine/strategy.hpp>

namespace rowan {

/// `value`: the client's network, the account, or what was typed.
protection::Count count_of(std::string_view strategy, const RateLimit& limit, const Realm& realm, std::string value);

}  // namespace rowan
