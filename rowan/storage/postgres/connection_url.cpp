#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
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

std::optional<ConnectionUrl> connection_url(const std::string& url, std::chrono::milliseconds connect_timeout,
                                            std::chrono::milliseconds statement_timeout) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree);
  if (!options) return std::nullopt;
  std::map<std::string, std::string> settings{{"application_name", "rowan"},
                                              {"client_encoding", "UTF8"},
                                              // A server that vanished from the network: give up on what it does not
                                              // acknowledge, and notice while waiting for rows.
                                              {"tcp_user_timeout", std::to_string(2 * statement_timeout.count())},
                                              {"keepalives_idle", "10"},
                                              {"keepalives_interval", "5"},
                                              {"keepalives_count", "3"}};
  for (const auto* option = options.get(); option->keyword; ++option) {
    if (option->val) settings[option->keyword] = option->val;
  }
  // A standby may be far behind, and what it says of revocations would be believed.
  auto& target = settings["target_session_attrs"];
  if (target != "read-write") target = "primary";
  // libpq counts whole seconds, takes 1 for 2, and waits as long for each host.
  const auto hosts = 1 + std::ranges::count(settings["host"].empty() ? settings["hostaddr"] : settings["host"], ',');
  auto seconds = std::chrono::ceil<std::chrono::seconds>(connect_timeout).count() / hosts;
  if (auto& said = settings["connect_timeout"]; std::atol(said.c_str()) > 0) {
    seconds = std::atol(said.c_str());
  } else {
    said = std::to_string(std::max(seconds, std::int64_t{2}));
  }
  seconds = std::max(seconds, std::int64_t{2});
  // And it waits as long for each address of a name, which only the resolver knows: a few of them may be silent.
  constexpr int addresses = 3;
  constexpr std::chrono::seconds margin{1};
  std::string result = "postgresql://";
  char separator = '?';
  for (const auto& [key, value] : settings) {
    if (value.empty()) continue;
    result += separator + key + '=' + percent_encoded(value);
    separator = '&';
  }
  const auto at_most = std::chrono::seconds(seconds * hosts * addresses) + margin;
  return ConnectionUrl{.text = std::move(result), .at_most = at_most};
}

}  // namespace rowan::storage
