#include <algorithm>
#include <rowan/sessions/byte_layout.hpp>
#include <rowan/sessions/remembered.hpp>

namespace rowan::sessions {

namespace {
constexpr std::size_t max_kept_bytes = (2 + SubjectRule::max_bytes) + (2 + TenantRule::max_bytes) + (2 + 64) + 8;
constexpr std::size_t max_bytes = 1 + 3 * max_kept_bytes;
}  // namespace

const Kept* Remembered::find(const SubjectName& subject) const {
  for (std::size_t i = 0; i < count; ++i)
    if (kept[i].realm.subject == subject) return &kept[i];
  return nullptr;
}

void Remembered::put(const Kept& one) {
  remove(one.realm.subject);
  if (count == kept.size()) {
    *std::ranges::min_element(kept, {}, &Kept::until) = one;
    return;
  }
  kept[count++] = one;
}

void Remembered::remove(const SubjectName& subject) {
  for (std::size_t i = 0; i < count; ++i) {
    if (kept[i].realm.subject != subject) continue;
    kept[i] = kept[--count];
    return;
  }
}

std::string seal_remembered(const Seal& seal, const Remembered& remembered) {
  std::array<std::byte, max_bytes> bytes;
  LayoutWriter writer(bytes);
  writer.byte(static_cast<std::uint8_t>(remembered.count));
  for (std::size_t i = 0; i < remembered.count; ++i) {
    const auto& one = remembered.kept[i];
    writer.text(one.realm.subject.view());
    writer.text(one.realm.tenant.view());
    writer.text(one.text.view());
    writer.integer(to_microseconds(one.until));
  }
  return seal.seal(std::span(bytes).first(writer.used()));
}

std::optional<Remembered> open_remembered(const Seal& seal, std::string_view cookie, Timestamp now) {
  std::optional<Remembered> remembered;
  std::array<std::byte, max_bytes> bytes;
  const auto size = seal.open(cookie, bytes, now);
  if (!size) return remembered;
  LayoutReader reader(std::span<const std::byte>(bytes).first(*size));
  remembered.emplace().count = reader.byte();
  if (remembered->count > remembered->kept.size()) remembered->count = 0;
  for (std::size_t i = 0; i < remembered->count; ++i) {
    auto& one = remembered->kept[i];
    const auto subject = SubjectName::from(reader.text());
    const auto tenant = TenantName::from(reader.text());
    const auto text = Kept::Text::from(reader.text());
    one.until = from_microseconds(reader.integer());
    if (!subject || !tenant || !text) return std::nullopt;
    one.realm = {.tenant = *tenant, .subject = *subject};
    one.text = *text;
  }
  if (!reader.done()) remembered.reset();
  return remembered;
}

}  // namespace rowan::sessions
