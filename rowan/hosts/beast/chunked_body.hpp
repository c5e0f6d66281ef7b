#pragma once
// Not installed. Parses a chunked body (RFC 9112 section 7.1) as it arrives. Extensions and trailers are refused,
// because they are not needed and have no bounds; so the bytes on the wire are at most ten times those of the body. Not
// thread-safe.
#include <cstddef>
#include <string>

namespace rowan::hosts::beast {

class ChunkedBody {
 public:
  enum class State { more, done, broken, too_large };

  explicit ChunkedBody(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  /// Moves what it has parsed from the front of `received` to the end of `body`. Call it again only after `more`.
  State feed(std::string& received, std::string& body);

 private:
  enum class Expecting { size, data, data_end, last_line };
  State step(std::string_view rest, std::size_t& used, std::string& body);

  std::size_t max_bytes_;
  Expecting expecting_ = Expecting::size;
  std::size_t remaining_ = 0;  // of the chunk
};

}  // namespace rowan::hosts::beast
