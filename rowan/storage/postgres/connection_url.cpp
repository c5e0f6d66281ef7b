#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <rowan/storage/postgres/connection_url.hpp>

namespace rowan::storage {
namespace {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace

std::optional<std::string> connection_url(const std::string& url, std::chrono::milliseconds connect_timeout,
                                          std::chrono::milliseconds statement_timeout) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree);
  if (!options) return std::nullopt;
  // libpq counts whole seconds and takes 1 for 2.
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(connect_timeout).count(), std::int64_t{2});
  std::map<std::string, std::string> settings{{"connect_timeout", std::to_string(seconds)},
                                              {"application_name", "rowan"},
                                              // A server that vanished from the network: give up on what it does not
                                              // acknowledge, and notice while waiting for rows.
                                              {"tcp_user_timeout", std::to_string(2 * statement_timeout.count())},
                                              {"keepalives_idle", "10"},
                                              {"keepalives_interval", "5"},
                                              {"keepalives_count", "3"}};
  for (const auto* option = options.get(); option->keyword; ++option) {
    if (option->val) settings[option->keyword] = option->val;
  }
  std::string result = "postgresql://";
  char separator = '?';
  for (const auto& [key, value] : settings) {
    result += separator + key + '=' + percent_encoded(value);
    separator = '&';
  }
  return result;
}

}  // namespace rowan::storage
