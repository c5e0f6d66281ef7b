#include <algorithm>
#include <rowan/strategies/oidc/assurance.hpp>

namespace rowan::strategies::oidc {

namespace {

constexpr std::size_t most_values = 20, most_value_bytes = 255;

bool says_acr(const Json& claims, const std::vector<std::string>& accepted) {
  const auto acr = claims.find("acr");
  return acr && std::ranges::any_of(accepted, [&](const auto& one) { return acr->as_text() == one; });
}

// OpenID Connect Core section 2: a list of texts. One text, as some providers send it, is no list.
bool says_amr(const Json& claims, const std::vector<std::string>& accepted) {
  const auto amr = claims.find("amr");
  if (!amr || amr->kind() != Json::Kind::array) return false;
  return std::ranges::any_of(amr->items_view(), [&](const Json& item) {
    return std::ranges::any_of(accepted, [&](const auto& one) { return item.as_text() == one; });
  });
}

// acr_values is a list with blanks between them.
bool is_value(const std::string& text) {
  return !text.empty() && text.size() <= most_value_bytes &&
         std::ranges::all_of(text, [](unsigned char byte) { return byte > 0x20 && byte < 0x7f; });
}

}  // namespace

Result<> check_assurance(const crypto::jose::IdToken& verified, const ProviderAssurance& asked) {
  if (asked.require_acr.empty() || says_acr(verified.claims, asked.require_acr)) return {};
  return Error{.code = ErrorCode::authentication_failed,
               .reason = "id token: its acr is none of those that were asked for"};
}

void add_assurance(oauth2::Person& person, const crypto::jose::IdToken& verified, const ProviderAssurance& asked,
                   Timestamp now) {
  // Without it the two factors may have been shown long ago, and would pass for fresh.
  if (!verified.authenticated_at) return;
  const bool are_two = says_acr(verified.claims, asked.trust_acr) || says_amr(verified.claims, asked.trust_amr);
  if (are_two) person.proves = Proves{Evidence::known, Evidence::held};
  if (are_two || asked.max_age > std::chrono::seconds(0)) person.shown_at = std::min(*verified.authenticated_at, now);
}

std::vector<std::string> problems_of(const std::string& name, const ProviderAssurance& asked) {
  std::vector<std::string> problems;
  const auto check = [&](bool right, const std::string& problem) {
    if (!right) problems.push_back(name + ": " + problem);
  };
  for (const auto& [option, values] :
       {std::pair("require_acr", &asked.require_acr), std::pair("trust_acr", &asked.trust_acr),
        std::pair("trust_amr", &asked.trust_amr)}) {
    check(values->size() <= most_values && std::ranges::all_of(*values, is_value),
          std::string(option) + " has at most 20 values without blanks, as the provider's documentation has them");
    // Core section 2.
    check(option == std::string_view("trust_amr") || std::ranges::find(*values, "0") == values->end(),
          std::string(option) + " has \"0\", by which a provider says that nothing is certain; remove it");
  }
  check(asked.max_age >= std::chrono::seconds(0) && asked.max_age <= std::chrono::days(365),
        "max_age is from 1s to 365d, or 0 for any time");
  return problems;
}

}  // namespace rowan::strategies::oidc
