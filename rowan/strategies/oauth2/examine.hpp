#pragma once
// Not installed. What `rowan doctor oidc` finds out about a provider. Every call blocks; nothing that came from the
// provider is shown but what could be an address, a name or a number.
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>

namespace rowan::strategies::oauth2 {

/// A provider that is known by its addresses.
std::vector<Finding> examine_configured(const Services& services, const Provider& provider,
                                        const std::string& redirect_uri);

// (internal) The parts that every kind of provider has.

/// The address of our callback, which the provider has to know.
Finding look_at_redirect_uri(const std::string& redirect_uri);
/// How far the clocks are apart, by the Date of an answer that was just given.
Finding look_at_clock(const http::Headers& headers, Timestamp now);
/// Whether it knows us: it is sent a code that is none.
Finding look_at_client(const Services& services, const Provider& provider, const std::string& redirect_uri);
/// Of what a provider wrote, as much as may be shown in a line.
std::string shown(std::string_view text);
/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7); nullopt for anything else.
std::optional<Timestamp> read_http_date(std::string_view text);

}  // namespace rowan::strategies::oauth2
