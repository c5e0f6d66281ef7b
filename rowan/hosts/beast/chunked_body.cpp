#include <algorithm>
#include <charconv>
#include <rowan/hosts/beast/chunked_body.hpp>
#include <string_view>

namespace rowan::hosts::beast {

ChunkedBody::State ChunkedBody::feed(std::string& received, std::string& body) {
  std::size_t position = 0;
  State state = State::more;
  while (state == State::more) {
    std::size_t used = 0;
    state = step(std::string_view(received).substr(position), used, body);
    position += used;
    if (used == 0) break;
  }
  received.erase(0, position);
  return state;
}

// One element: a size line, some data, the end of a chunk, or the empty line behind the last one. Uses nothing when it
// needs more.
ChunkedBody::State ChunkedBody::step(std::string_view rest, std::size_t& used, std::string& body) {
  constexpr std::string_view line_end = "\r\n";
  constexpr std::size_t max_digits = 8;
  switch (expecting_) {
    case Expecting::size: {
      const auto digits = std::min(rest.find_first_not_of("0123456789abcdefABCDEF"), rest.size());
      if (digits > max_digits) return State::broken;
      if (digits == rest.size()) return State::more;
      // Behind the digits: nothing but the line end, so no extension and no whitespace.
      if (digits == 0 || !line_end.starts_with(rest.substr(digits, line_end.size()))) return State::broken;
      if (rest.size() < digits + line_end.size()) return State::more;
      std::from_chars(rest.data(), rest.data() + digits, remaining_, 16);  // eight digits fit
      if (remaining_ > max_bytes_ - body.size()) return State::too_large;
      used = digits + line_end.size();
      expecting_ = remaining_ == 0 ? Expecting::last_line : Expecting::data;
      return State::more;
    }
    case Expecting::data: {
      used = std::min(remaining_, rest.size());
      body.append(rest.substr(0, used));
      remaining_ -= used;
      if (remaining_ == 0) expecting_ = Expecting::data_end;
      return State::more;
    }
    case Expecting::data_end:
    case Expecting::last_line: {
      if (!line_end.starts_with(rest.substr(0, line_end.size()))) return State::broken;
      if (rest.size() < line_end.size()) return State::more;
      used = line_end.size();
      if (expecting_ == Expecting::last_line) return State::done;
      expecting_ = Expecting::size;
      return State::more;
    }
  }
  return State::broken;
}

}  // namespace rowan::hosts::beast
