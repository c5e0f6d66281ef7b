#include <algorithm>
#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/api_key/options.hpp>
#include <set>

namespace rowan {

using namespace std::chrono_literals;

namespace strategies::api_key {

namespace {

constexpr std::size_t longest_prefix = 20, longest_scope = 40;

bool consists_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  });
}

}  // namespace

const std::vector<Option>& options() {
  using O = ApiKeyOptions;
  static const std::vector<Option> all{
      option("prefix", "What keys begin with: lower-case letters and digits. Keys with another prefix stop working.",
             {}, &O::prefix),
      option("scopes", "The words that keys can be given and guards ask for, such as read.", {}, &O::scopes),
      option("lifetime", "How long a key works whose owner says nothing.",
             between(1min, std::chrono::days(3650), "KEY-03"), &O::lifetime),
      option("longest_lifetime", "How long a key may work at most.", between(1min, std::chrono::days(3650), "KEY-03"),
             &O::longest_lifetime),
      option("never_expires", "Whether a key may have no end.", {}, &O::never_expires),
      option("keys", "How many keys of an account can work at once.", between(1, 200), &O::keys),
      option("query_parameter", "Whether a key may stand in the query (api_key), where it ends up in logs.", {},
             &O::query_parameter),
      option("recent", "How old a sign-in may be by which a key is made.", between(1s, std::chrono::days(1)),
             &O::recent),
      option("end_with_sessions",
             "Whether keys end together with the account's sessions, as when its password changes.", {},
             &O::end_with_sessions),
  };
  return all;
}

std::vector<std::string> problems_of(const ApiKeyOptions& options) {
  std::vector<std::string> problems;
  if (options.prefix.empty() || options.prefix.size() > longest_prefix || !consists_of(options.prefix, ""))
    problems.push_back("prefix: must be 1 to 20 lower-case letters and digits");
  if (options.scopes.size() > KeyClaims::most_scopes)
    problems.push_back("scopes: at most " + std::to_string(KeyClaims::most_scopes));
  std::set<std::string_view> seen;
  for (const auto& scope : options.scopes) {
    // They stand in a header (RFC 6749 section 3.3) and in the names of fields.
    if (scope.empty() || scope.size() > longest_scope || !consists_of(scope, "_.:-"))
      problems.push_back("scopes: \"" + scope + "\" must be lower-case letters, digits and _.:-, at most 40");
    if (!seen.insert(scope).second) problems.push_back("scopes: \"" + scope + "\" twice");
  }
  if (options.lifetime > options.longest_lifetime) problems.push_back("lifetime: must be at most longest_lifetime");
  return problems;
}

}  // namespace strategies::api_key

namespace rooms {

Room api_key() {
  ApiKeyOptions development;
  development.scopes = {"read", "write"};
  return {.name = "api_key",
          .sentence = "Keys that people give to programs.",
          .signs_in = false,
          .defaults = ApiKeyOptions{},
          .development = development,
          .options = strategies::api_key::options(),
          .declare = declares(rowan::api_key)};
}

}  // namespace rooms

}  // namespace rowan
