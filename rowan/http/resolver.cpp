#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <rowan/http/resolver.hpp>
#include <system_error>
#include <thread>

namespace rowan::http {

namespace {

constexpr int most_lookups = 16;
constexpr std::size_t most_addresses = 16;

Error unavailable(const std::string& what) {
  return Error{.code = ErrorCode::unavailable, .reason = "resolver: " + what};
}

Result<std::vector<IpAddress>> look_up(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;  // no IPv6 address where this machine has none
  addrinfo* found = nullptr;
  if (const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found); failed != 0)
    return unavailable(host + ": " + ::gai_strerror(failed));
  std::vector<IpAddress> addresses;
  for (const auto* one = found; one != nullptr && addresses.size() < most_addresses; one = one->ai_next) {
    const auto address = IpAddress::of(*one->ai_addr);
    if (address && std::ranges::find(addresses, *address) == addresses.end()) addresses.push_back(*address);
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return unavailable(host + " has no address");
  return addresses;
}

class SystemResolver final : public Resolver {
 public:
  Result<std::vector<IpAddress>> resolve(const std::string& host, std::chrono::milliseconds patience) override {
    {
      const std::lock_guard lock(running_->mutex);
      if (running_->count >= most_lookups) return unavailable("too many lookups are waiting for the system");
      ++running_->count;
    }
    auto lookup = std::make_shared<Lookup>();
    try {
      std::thread([lookup, host, running = running_] {
        auto answer = look_up(host);
        {
          const std::lock_guard lock(lookup->mutex);
          lookup->answer = std::move(answer);
        }
        lookup->done.notify_one();
        const std::lock_guard lock(running->mutex);
        --running->count;
      }).detach();
    } catch (const std::system_error&) {
      const std::lock_guard lock(running_->mutex);
      --running_->count;
      return unavailable("no thread");
    }
    std::unique_lock lock(lookup->mutex);
    if (!lookup->done.wait_for(lock, patience, [&] { return lookup->answer.has_value(); }))
      return unavailable(host + ": no answer within " + std::to_string(patience.count()) + " ms");
    return *std::move(lookup->answer);
  }

 private:
  struct Lookup {
    std::mutex mutex{};
    std::condition_variable done{};
    std::optional<Result<std::vector<IpAddress>>> answer{};
  };
  struct Running {
    std::mutex mutex{};
    int count = 0;
  };
  // Threads may outlive the resolver.
  std::shared_ptr<Running> running_ = std::make_shared<Running>();
};

}  // namespace

std::shared_ptr<Resolver> system_resolver() { return std::make_shared<SystemResolver>(); }

}  // namespace rowan::http
