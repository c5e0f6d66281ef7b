#include <algorithm>
#include <rowan/base/thread_counts.hpp>
#include <thread>

namespace rowan {

ThreadCounts usual_threads() {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  return {.database = 8, .hash = std::min(2 * cores, 64U), .outgoing = 8};
}

unsigned usual_connections() {
  constexpr unsigned beside = 3;
  return usual_threads().sum() + beside;
}

ThreadCounts fit_threads(ThreadCounts told, unsigned connections) {
  const auto usual = usual_threads();
  const auto or_usual = [](unsigned said, unsigned otherwise) { return said > 0 ? said : otherwise; };
  ThreadCounts counts{.database = or_usual(told.database, usual.database),
                      .hash = or_usual(told.hash, usual.hash),
                      .outgoing = or_usual(told.outgoing, usual.outgoing)};
  // One off the largest that is ours to choose, again and again.
  while (connections > 0 && counts.sum() > connections) {
    unsigned* largest = nullptr;
    const auto consider = [&](unsigned said, unsigned& count) {
      if (said == 0 && count > 1 && (!largest || count > *largest)) largest = &count;
    };
    consider(told.database, counts.database);
    consider(told.hash, counts.hash);
    consider(told.outgoing, counts.outgoing);
    if (!largest) break;
    --*largest;
  }
  return counts;
}

}  // namespace rowan
