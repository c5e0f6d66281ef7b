#pragma once
// CRC32 of ISO-HDLC, as in zlib, PNG and Ethernet. It finds typing mistakes and texts that only look like a key; it
// protects nothing.
#include <cstdint>
#include <string_view>

namespace rowan {

std::uint32_t crc32(std::string_view text);

}  // namespace rowan
