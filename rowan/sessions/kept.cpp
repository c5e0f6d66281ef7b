#include <rowan/sessions/byte_layout.hpp>
#include <rowan/sessions/kept.hpp>

namespace rowan::sessions {

namespace {
constexpr std::size_t max_bytes = (2 + SubjectRule::max_bytes) + (2 + TenantRule::max_bytes) + (2 + 64) + 8;
}  // namespace

std::string seal_kept(const Seal& seal, const Kept& kept) {
  std::array<std::byte, max_bytes> bytes;
  LayoutWriter writer(bytes);
  writer.text(kept.realm.subject.view());
  writer.text(kept.realm.tenant.view());
  writer.text(kept.text.view());
  writer.integer(to_microseconds(kept.until));
  return seal.seal(std::span(bytes).first(writer.used()));
}

std::optional<Kept> open_kept(const Seal& seal, std::string_view cookie, Timestamp now) {
  std::array<std::byte, max_bytes> bytes;
  const auto size = seal.open(cookie, bytes, now);
  if (!size) return std::nullopt;
  LayoutReader reader(std::span<const std::byte>(bytes).first(*size));
  const auto subject = SubjectName::from(reader.text());
  const auto tenant = TenantName::from(reader.text());
  const auto text = Kept::Text::from(reader.text());
  const auto until = from_microseconds(reader.integer());
  if (!subject || !tenant || !text || !reader.done()) return std::nullopt;
  return Kept{.realm = {.tenant = *tenant, .subject = *subject}, .text = *text, .until = until};
}

}  // namespace rowan::sessions
