#include <rowan/sessions/browser_state.hpp>
#include <rowan/sessions/byte_layout.hpp>

namespace rowan::sessions {

std::size_t size_of(const BrowserState& state) {
  const auto text = [](std::string_view value) { return 2 + value.size(); };
  std::size_t size =
      8 + 16 + 1 + sizeof(FormSecret) + text(state.flash_kind) + text(state.flash_text) + text(state.flow) + 1;
  for (const auto& [key, value] : state.values) size += text(key) + text(value);
  return size;
}

std::optional<std::string> seal_state(const Seal& seal, const BrowserState& state) {
  std::array<std::byte, max_state_bytes> bytes;
  LayoutWriter writer(bytes);
  writer.integer(state.bound_to);
  writer.bytes(state.account.uuid().bytes);
  writer.byte(state.has_form_secret ? 1 : 0);
  writer.bytes(state.form_secret);
  writer.text(state.flash_kind);
  writer.text(state.flash_text);
  writer.text(state.flow);
  writer.byte(static_cast<std::uint8_t>(std::min<std::size_t>(state.values.size(), 255)));
  for (const auto& [key, value] : state.values) {
    writer.text(key);
    writer.text(value);
  }
  if (!writer.fits() || size_of(state) != writer.used() || state.values.size() > 255) return std::nullopt;
  return seal.seal(std::span(bytes).first(writer.used()));
}

std::optional<BrowserState> open_state(const Seal& seal, std::string_view cookie) {
  std::array<std::byte, max_state_bytes> bytes;
  const auto size = seal.open(cookie, bytes);
  if (!size) return std::nullopt;
  LayoutReader reader(std::span<const std::byte>(bytes).first(*size));
  BrowserState state;
  state.bound_to = reader.integer();
  Uuid account;
  reader.bytes(account.bytes);
  state.account = AccountId(account);
  state.has_form_secret = reader.byte() == 1;
  reader.bytes(state.form_secret);
  state.flash_kind = reader.text();
  state.flash_text = reader.text();
  state.flow = reader.text();
  for (std::size_t n = reader.byte(); n > 0 && reader.good(); --n) {
    std::string key(reader.text());
    state.values.emplace(std::move(key), reader.text());
  }
  return reader.done() ? std::optional(std::move(state)) : std::nullopt;
}

}  // namespace rowan::sessions
