#pragma once
// Not installed. How recovery codes are made, shown, read and hashed.
#include <array>
#include <rowan/strategies/recovery_code/recovery_code.hpp>

namespace rowan::strategies::recovery_code {

/// Problems of how codes are made, each with a fix; empty when there are none.
std::vector<std::string> problems_of(const RecoveryCodeOptions& options);

/// "ABCD-EFGH-…", as it is shown.
std::string in_fours(std::string_view code);

/// What a typed code can mean: as it was typed (bare_code), and with look-alikes read as the alphabet has them. Empty
/// when it can be no code, of these options or of earlier ones.
std::vector<std::string> readings_of(const CodeShape& shape, std::string_view typed);

/// What is stored of a code. A plain hash: nothing can be guessed of 2^112, and unlike a keyed one it outlives the
/// master secrets that the application had when the code was written down. It is made for one account, so a row that is
/// copied to another one opens nothing.
std::string hash_of(AccountId account, std::string_view code);

}  // namespace rowan::strategies::recovery_code
