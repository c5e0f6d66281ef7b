#pragma once
// Not installed. The number by which a credential is revoked on every node (docs/architecture.md#revocation), for
// strategies that keep credentials which authenticate requests.
#include <rowan/engine/services.hpp>
#include <rowan/tokens/numbers.hpp>

namespace rowan {

/// Take it before you open the transaction that stores it, and settle() the lease when that has ended.
Result<tokens::NumberLease> take_credential_number(const Services& services);

/// Everything with this number is refused once the transaction commits: here at once, elsewhere within the bound. Say
/// it only when the row says so too, in the same transaction: the row is what a node reads that starts later.
void end_credential(Transaction& transaction, const Services& services, std::int64_t number);
/// The row says it already, and so does the feed: this node knows it from the commit on, too.
void credential_has_ended(Transaction& transaction, const Services& services, std::int64_t number);

/// Whether it was given out before a restored backup (Auth::after_restore): it is refused, whatever its row says.
bool is_from_before_restore(const Services& services, std::int64_t number);

}  // namespace rowan
