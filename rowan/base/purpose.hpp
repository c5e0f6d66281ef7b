#pragma once
// Purpose: what a token, link or code may be used for. Written in the source, never read from a request.
#include <string_view>

namespace rowan {

/// Made from literals only: "password_reset". What was issued for one purpose is refused for every other.
class Purpose {
 public:
  template <std::size_t N>
  consteval Purpose(const char (&text)[N]) : text_(text, N - 1) {
    if (text_.empty()) throw "a purpose has a name";
  }
  constexpr std::string_view view() const { return text_; }
  friend constexpr bool operator==(const Purpose&, const Purpose&) = default;

 private:
  std::string_view text_;
};

}  // namespace rowan
