#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <soci/soci.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rowan/storage/postgres/connect.hpp>
#include <stdexcept>
#include <thread>

namespace rowan::storage {
namespace {

using std::chrono::milliseconds;

// The kernel takes connections for it, and nothing ever answers. They are hung up on when it goes.
class Silent {
 public:
  Silent() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port to be silent on");
    port_ = ntohs(address.sin_port);
  }
  ~Silent() { ::close(listener_); }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;
  unsigned short port() const { return port_; }

 private:
  int listener_ = -1;
  unsigned short port_ = 0;
};

TEST(Connecting, AbandonsAttemptsThatTakeTooLongAndCountsThem) {
  auto silent = std::make_unique<Silent>();
  const auto url = "postgresql://?host=127.0.0.1&user=a&connect_timeout=600&port=" + std::to_string(silent->port());
  const auto left_behind = std::make_shared<LeftBehind>();
  const auto why = [&](milliseconds at_most) {
    const auto connected = connect(url, at_most, left_behind);
    return connected ? "connected" : connected.error().reason;
  };
  for (int i = 0; i < LeftBehind::most; ++i) ASSERT_EQ(why(milliseconds(20)), "PostgreSQL: cannot connect: timeout");
  ASSERT_EQ(left_behind->count, LeftBehind::most);
  EXPECT_EQ(why(std::chrono::hours(1)), "PostgreSQL: cannot connect: earlier attempts still wait");
  silent.reset();  // they are hung up on
  while (left_behind->count > 0) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(why(std::chrono::hours(1)), "PostgreSQL: cannot connect: connection refused");
}

}  // namespace
}  // namespace rowan::storage
