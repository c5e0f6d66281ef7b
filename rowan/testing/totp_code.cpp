#include <rowan/strategies/totp/code.hpp>
#include <rowan/testing/totp_code.hpp>
#include <stdexcept>

namespace rowan::testing {

std::string totp_code(std::string_view secret, const Clock& clock, const TotpOptions& options) {
  namespace room = strategies::totp;
  const auto seed = room::from_base32(secret);
  if (!seed || seed->empty()) throw std::invalid_argument("a TOTP secret that is not base32");
  return room::code_of(*seed, room::step_at(clock.now(), options.period), room::shape_of(options));
}

}  // namespace rowan::testing
