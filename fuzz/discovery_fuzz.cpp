#include <algorithm>
#include <fuzz/target.hpp>
#include <rowan/base/json.hpp>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/strategies/oidc/discovery.hpp>

namespace rowan::fuzz {

using namespace strategies::oidc;

namespace {

// Whatever is taken from a document may be called, and from the internet nothing leads back to this machine.
void require_callable(const std::string& url, bool needed, bool on_this_machine) {
  require(!url.empty() || !needed);
  if (url.empty()) return;
  const auto parsed = http::OutgoingUrl::parse(url);
  require(parsed.has_value());
  require(parsed->secure || (on_this_machine && parsed->is_loopback()));
}

bool read(std::string_view input, std::string_view issuer, bool on_this_machine) {
  const auto found = read_discovery(input, issuer);
  if (!found) {
    require(found.error().code == ErrorCode::unavailable && found.error().reason.starts_with("discovery: "));
    return false;
  }
  require(input.size() <= most_discovery_bytes);
  require(found->issuer == issuer);
  for (const auto* url : {&found->authorize_url, &found->token_url, &found->keys_url})
    require_callable(*url, true, on_this_machine);
  for (const auto* url : {&found->user_url, &found->pushed_url, &found->sign_out_url})
    require_callable(*url, false, on_this_machine);
  for (const auto* name : {"HS256", "HS384", "HS512"})
    require(!found->algorithms.allows(*crypto::jose::algorithm_named(name)));
  auto ways = found->authentications;
  std::ranges::sort(ways);
  require(std::ranges::adjacent_find(ways) == ways.end());
  // One letter more is another issuer, and one document is of one alone.
  for (const std::string& other : {std::string(issuer) + "/", std::string(issuer) + "x", std::string()})
    require(!read_discovery(input, other));
  return true;
}

}  // namespace

bool run(std::string_view input) {
  const bool of_the_internet = read(input, "https://idp.example", false);
  const bool of_this_machine = read(input, "http://127.0.0.1:9000", true);
  require(!(of_the_internet && of_this_machine));
  return of_the_internet || of_this_machine;
}

}  // namespace rowan::fuzz
