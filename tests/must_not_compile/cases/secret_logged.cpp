// to ‘std::initializer_list<rowan::LogField>’
#include <rowan/base/logger.hpp>
#include <rowan/base/secret.hpp>
void f(rowan::Logger& logger, const rowan::Secret& secret) { logger.info("event", {{"secret", secret}}); }
