#pragma once
// Not installed. An answer as it comes in, within its bounds.
#include <rowan/http/client.hpp>
#include <string>
#include <string_view>

namespace rowan::http {

class Answer {
 public:
  Answer(std::size_t most_header, std::size_t most_body) : most_header_(most_header), most_body_(most_body) {}
  std::size_t most_body() const { return most_body_; }

  /// False when it is too much, or no header: then nothing more is read, and `refusal` says why.
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  const std::string& refusal() const { return refusal_; }
  OutgoingResponse response() && { return std::move(response_); }

 private:
  bool refuse(const char* why);
  std::size_t most_header_, most_body_;
  std::size_t header_bytes_ = 0, fields_ = 0;  // of all headers of the answer: 100 Continue and trailers count too
  std::string refusal_{};
  OutgoingResponse response_{};
};

}  // namespace rowan::http
