#pragma once
// Takes a chunked body apart (RFC 9112 section 7.1) as it arrives. Extensions and trailers, which nobody needs and no
// parser bounds, are refused; so the bytes on the wire are at most ten times those of the body. Not thread-safe.
#include <cstddef>
#include <string>

namespace rowan::hosts::beast {

class ChunkedBody {
 public:
  enum class State { more, done, broken, too_large };

  explicit ChunkedBody(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  /// Moves what it understands from the front of `received` to the end of `body`. After anything but `more`: not again.
  State feed(std::string& received, std::string& body);

 private:
  enum class Expecting { size, data, data_end, last_line };
  State step(std::string_view rest, std::size_t& used, std::string& body);

  std::size_t max_bytes_;
  Expecting expecting_ = Expecting::size;
  std::size_t remaining_ = 0;  // of the chunk
};

}  // namespace rowan::hosts::beast
