#pragma once
// Not installed. DER (X.690) item by item, for extensions of certificates that OpenSSL does not know. Views into the
// input; no recursion.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace rowan::crypto {

struct DerItem {
  // Universal types, X.680 section 8.4.
  static constexpr std::uint32_t integer = 2, octets = 4, sequence = 16, set = 17;

  std::uint8_t tag_class = 0;  // 0 universal, 2 context-specific
  std::uint32_t number = 0;
  std::span<const std::byte> content{};

  bool is(std::uint32_t universal) const { return tag_class == 0 && number == universal; }
  bool is_context() const { return tag_class == 2; }
};

class DerReader {
 public:
  explicit DerReader(std::span<const std::byte> rest) : rest_(rest) {}
  /// Nullopt at the end, and for what is malformed: cut off, of indefinite length, with a length or a tag number that
  /// is not in its shortest form, or with a tag number of more than two bytes.
  std::optional<DerItem> next();
  bool at_end() const { return rest_.empty(); }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace rowan::crypto
