#include <boost/crc.hpp>
#include <rowan/base/crc32.hpp>

namespace rowan {

std::uint32_t crc32(std::string_view text) {
  boost::crc_32_type sum;
  sum.process_bytes(text.data(), text.size());
  return sum.checksum();
}

}  // namespace rowan
