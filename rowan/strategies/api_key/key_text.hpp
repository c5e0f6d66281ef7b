#pragma once
// Not installed. How a key is written: PREFIX_ + base62(32 random bytes, 16 bytes of its id) + _ + base62(CRC32 of all
// that is before). The prefix and the checksum let people and scanners recognise one; neither keeps anything secret.
#include <optional>
#include <rowan/base/random.hpp>
#include <rowan/base/uuid.hpp>
#include <string>
#include <string_view>

namespace rowan::strategies::api_key {

std::string write_key(std::string_view prefix, const Uuid& id, Random& random);

/// Whether a text is meant as one with this prefix. No allocation.
bool looks_like_key(std::string_view prefix, std::string_view text);
/// What is wrong with such a text, a literal; empty: nothing that can be seen by looking at it. No allocation.
std::string_view fault_of_key(std::string_view prefix, std::string_view text);
/// The id in it; nullopt when something is wrong with it.
std::optional<Uuid> id_of_key(std::string_view prefix, std::string_view text);

/// "rowan_…4PnOD8": the checksum, which its owner sees at the end of the key.
std::string hint_of_key(std::string_view prefix, std::string_view text);

}  // namespace rowan::strategies::api_key
