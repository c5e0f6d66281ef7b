#include <rowan/base/maybe.hpp>

#include <stdexcept>
#include <string>

namespace rowan::detail {

void throw_absent(const char* function) { throw std::logic_error(std::string("absent value used: ") + function); }

}  // namespace rowan::detail
