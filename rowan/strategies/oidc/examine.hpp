#pragma once
// Not installed. What `rowan doctor oidc` finds out about a provider of OpenID Connect.
#include <rowan/strategies/oauth2/examine.hpp>

namespace rowan::strategies::oidc {

struct Examined {
  std::string redirect_uri{};
  bool signs_out_there = false;  // people are led to its end_session_endpoint
};

/// Fetches its document and its keys, and compares them with `known`: what is declared here. Learns nothing.
std::vector<Finding> examine_provider(const Services& services, const oauth2::Provider& known, const Examined& more);

}  // namespace rowan::strategies::oidc
