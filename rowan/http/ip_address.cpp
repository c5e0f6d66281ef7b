#include <rowan/http/ip_address.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace rowan::http {

namespace {

constexpr std::array<std::byte, 12> mapped_prefix = [] {
  std::array<std::byte, 12> prefix{};
  prefix[10] = prefix[11] = std::byte{0xFF};
  return prefix;
}();

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  IpAddress address;
  if (text.find(':') != std::string_view::npos) {
    if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) != 1) return std::nullopt;
    return address;
  }
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + 12) != 1) return std::nullopt;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET)
    bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  else if (address.sa_family == AF_INET6)
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr || ::inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr)
    return std::nullopt;
  return parse(text.data());
}

bool IpAddress::is_v4() const { return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes_.begin()); }

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == std::byte{127};
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::byte b) { return b == std::byte{0}; }) &&
         bytes_[15] == std::byte{1};
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (is_v4())
    ::inet_ntop(AF_INET, bytes_.data() + 12, buffer.data(), buffer.size());
  else
    ::inet_ntop(AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

std::string IpAddress::bucket() const { return is_v4() ? text() : network(64); }

std::string IpAddress::network(unsigned bits) const {
  const unsigned before = is_v4() ? 96 : 0;  // of an IPv4 address that is mapped into IPv6
  bits = std::min(bits, 128 - before);
  IpAddress network = *this;
  for (unsigned i = 0; i < network.bytes_.size(); ++i) {
    const unsigned kept = std::clamp(static_cast<int>(before + bits) - static_cast<int>(8 * i), 0, 8);
    network.bytes_[i] &= static_cast<std::byte>(0xFF << (8 - kept));
  }
  return network.text() + "/" + std::to_string(bits);
}

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpRange range;
  range.address_ = *address;
  if (slash == std::string_view::npos) return range;
  const auto digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const unsigned width = address->is_v4() ? 32 : 128;
  if (digits.empty() || failed != std::errc{} || end != digits.data() + digits.size() || bits > width)
    return std::nullopt;
  range.bits_ = bits + (128 - width);
  return range;
}

bool IpRange::contains(const IpAddress& address) const {
  const unsigned whole = bits_ / 8, rest = bits_ % 8;
  if (!std::equal(address_.bytes_.begin(), address_.bytes_.begin() + whole, address.bytes_.begin())) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::byte>(0xFF << (8 - rest));
  return (address_.bytes_[whole] & mask) == (address.bytes_[whole] & mask);
}

}  // namespace rowan::http
