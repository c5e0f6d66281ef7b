#include <rowan/engine/parts/credential_number.hpp>
#include <rowan/engine/spine.hpp>

namespace rowan {

Result<tokens::NumberLease> take_credential_number(const Services& services) {
  return tokens::NumberLease::take(engine_spine(services).numbers);
}

void end_credential(Transaction& transaction, const Services& services, std::int64_t number) {
  // What a node has in memory is read again within the hour, and then its row says that it has ended.
  engine_spine(services).revocation.revoke(transaction, number, services.clock().now() + std::chrono::hours(1));
}

void credential_has_ended(Transaction& transaction, const Services& services, std::int64_t number) {
  engine_spine(services).revocation.known_dead(transaction, number);
}

bool is_from_before_restore(const Services& services, std::int64_t number) {
  return number < engine_spine(services).numbers.floor();
}

}  // namespace rowan
