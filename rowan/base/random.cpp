#include <rowan/base/random.hpp>

#include <sys/random.h>
#include <cerrno>
#include <cstdlib>

namespace rowan {

namespace {

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) std::abort();
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;  // stateless
  return random;
}

}  // namespace rowan
