#include <rowan/hosts/beast/websocket_port.hpp>
#include <utility>

namespace rowan::hosts::beast {

namespace {

constexpr std::size_t overhead = 64;           // of a message: empty ones take memory, too
constexpr std::size_t max_reason_bytes = 123;  // RFC 6455 section 5.5: a control frame holds 125

// Not in the middle of a character: the reason is UTF-8, too.
std::string_view cut(std::string_view text) {
  if (text.size() <= max_reason_bytes) return text;
  auto size = max_reason_bytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

// RFC 6455 section 7.4: others are not for a frame, and a client takes them for a broken one.
bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

bool WebSocketPort::send(std::string text) {
  const std::lock_guard lock(mutex_);
  if (!open_) return false;
  const auto bytes = text.size() + overhead;
  if (bytes > max_queued_bytes_ - queued_bytes_) {
    close_locked(http::close_code::policy_violation, "messages are not read", true);
    return false;
  }
  queued_bytes_ += bytes;
  messages_.push_back(std::move(text));
  notify_locked();
  return true;
}

void WebSocketPort::close(std::uint16_t code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (open_) close_locked(code, reason, false);
}

void WebSocketPort::end(std::uint16_t code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  // Also when it is closing already: then what still waits is dropped.
  if (notify_) close_locked(code, reason, true);
}

void WebSocketPort::close_locked(std::uint16_t code, std::string_view reason, bool at_once) {
  open_ = false;
  closing_ = {.code = may_be_sent(code) ? code : http::close_code::normal,
              .reason = std::string(cut(reason)),
              .at_once = at_once};
  if (at_once) messages_.clear();
  notify_locked();
}

void WebSocketPort::notify_locked() {
  if (notify_ && !std::exchange(notified_, true)) notify_();
}

WebSocketPort::Taken WebSocketPort::take() {
  const std::lock_guard lock(mutex_);
  notified_ = false;
  return {.messages = std::exchange(messages_, {}), .closing = std::exchange(closing_, std::nullopt)};
}

void WebSocketPort::written(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  queued_bytes_ -= bytes + overhead;
}

void WebSocketPort::shut() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  notify_ = nullptr;
  messages_.clear();
  closing_.reset();
}

}  // namespace rowan::hosts::beast
