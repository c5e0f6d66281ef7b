#include <rowan/engine/web/site.hpp>

namespace rowan {

Admission::Ticket Admission::enter(Cost cost) {
  const auto limit = cost == Cost::hash ? limits_.hash : cost == Cost::outgoing ? limits_.outgoing : limits_.database;
  auto& running = running_[static_cast<std::size_t>(cost)];
  if (running.fetch_add(1, std::memory_order_relaxed) >= limit) {
    running.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }
  return Ticket(&running);
}

}  // namespace rowan
