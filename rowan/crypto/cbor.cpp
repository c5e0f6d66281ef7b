#include <algorithm>
#include <array>
#include <limits>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/crypto/cbor.hpp>
#include <string>

namespace rowan::crypto {

namespace {

using Bytes = std::span<const std::byte>;

// RFC 8949 section 3.1.
constexpr unsigned unsigned_integer = 0, negative_integer = 1, byte_string = 2, text_string = 3, array_of_items = 4,
                   map_of_pairs = 5, simple_value = 7;
constexpr std::uint64_t simple_false = 20, simple_true = 21, simple_null = 22;

struct Head {
  unsigned major = 0;
  std::uint64_t argument = 0;
  std::size_t size = 0;
};

/// The first bytes of an item; `size` 0 when they are cut off, reserved, of indefinite length or not in the shortest
/// form.
Head head_of(Bytes input) {
  if (input.empty()) return {};
  const auto first = std::to_integer<unsigned>(input[0]);
  const unsigned major = first >> 5, low = first & 31U;
  if (low < 24) return {.major = major, .argument = low, .size = 1};
  if (low > 27) return {};
  const std::size_t width = std::size_t{1} << (low - 24);
  if (input.size() <= width) return {};
  std::uint64_t argument = 0;
  for (const auto byte : input.subspan(1, width)) argument = argument << 8 | std::to_integer<std::uint64_t>(byte);
  const std::uint64_t least = width == 1 ? 24 : std::uint64_t{1} << (width * 4);
  if (argument < least) return {};
  return {.major = major, .argument = argument, .size = 1 + width};
}

bool has_content(unsigned major) { return major == byte_string || major == text_string; }

/// What follows an item in a well-formed sequence. No recursion: it counts the items that are still to come.
Bytes after_item(Bytes input) {
  for (std::uint64_t pending = 1; pending > 0; --pending) {
    const auto head = head_of(input);
    if (head.major == array_of_items) pending += head.argument;
    if (head.major == map_of_pairs) pending += 2 * head.argument;
    input = input.subspan(head.size + (has_content(head.major) ? head.argument : 0));
  }
  return input;
}

/// An array or map that is being read.
struct Open {
  bool is_map = false;
  std::uint64_t left = 0;  // items; two for each entry of a map
  std::size_t key_count = 0;
  std::array<Bytes, most_cbor_entries> keys{};  // as they were written: their shortest form is the only one
};

class Measure {
 public:
  explicit Measure(Bytes input) : input_(input) {}

  /// The size of the item at the front, checked with all that is in it.
  Result<std::size_t> operator()() {
    do {
      ROWAN_CHECK(next());
      while (depth_ > 0 && open_[depth_ - 1].left == 0) --depth_;
    } while (depth_ > 0);
    return at_;
  }

 private:
  Error wrong(const char* what) const {
    return Error{.code = ErrorCode::malformed_request, .reason = "CBOR at byte " + std::to_string(at_) + ": " + what};
  }

  Result<> next() {
    const auto rest = input_.subspan(at_);
    const auto head = head_of(rest);
    if (head.size == 0) return wrong("cut off, of indefinite length or not in the shortest form");
    const std::uint64_t room = rest.size() - head.size;
    auto whole = head.size;
    if (has_content(head.major)) {
      if (head.argument > room) return wrong("a string is longer than what there is");
      whole += head.argument;
      if (head.major == text_string && !is_valid_utf8(as_text(rest.subspan(head.size, head.argument))))
        return wrong("a text is not UTF-8");
    }
    if (head.major == simple_value && head.size != 1) return wrong("a float or an unknown simple value");
    if (head.major == simple_value && (head.argument < simple_false || head.argument > simple_null))
      return wrong("an unknown simple value");
    if (head.major == 6) return wrong("a tag");
    if (depth_ > 0) ROWAN_CHECK(belongs(head.major, rest.first(whole)));
    if (head.major == array_of_items || head.major == map_of_pairs) ROWAN_CHECK(enter(head, room));
    at_ += whole;
    return {};
  }

  /// Counts the item in what it is in. Every second item of a map is a key.
  Result<> belongs(unsigned major, Bytes encoded) {
    auto& parent = open_[depth_ - 1];
    if (parent.is_map && parent.left % 2 == 0) {
      if (major != unsigned_integer && major != negative_integer && major != text_string)
        return wrong("a key is neither a number nor text");
      const auto known = std::span(parent.keys).first(parent.key_count);
      if (std::ranges::any_of(known, [&](Bytes key) { return std::ranges::equal(key, encoded); }))
        return wrong("a key is there twice");
      parent.keys[parent.key_count++] = encoded;
    }
    --parent.left;
    return {};
  }

  Result<> enter(const Head& head, std::uint64_t room) {
    const bool is_map = head.major == map_of_pairs;
    if (depth_ == most_cbor_levels) return wrong("too deep");
    if (is_map && head.argument > most_cbor_entries) return wrong("a map has too many entries");
    const auto items = is_map ? 2 * head.argument : head.argument;
    if (items > room) return wrong("more items are announced than there are bytes");
    auto& entered = open_[depth_++];
    entered.is_map = is_map;
    entered.left = items;
    entered.key_count = 0;
    return {};
  }

  Bytes input_;
  std::size_t at_ = 0, depth_ = 0;
  std::array<Open, most_cbor_levels> open_{};
};

}  // namespace

CborKind CborItem::kind() const {
  const auto head = head_of(encoded_);
  switch (head.major) {
    case unsigned_integer:
    case negative_integer: return CborKind::integer;
    case byte_string: return CborKind::bytes;
    case text_string: return CborKind::text;
    case array_of_items: return CborKind::array;
    case map_of_pairs: return CborKind::map;
    default: return head.argument == simple_null ? CborKind::null : CborKind::boolean;
  }
}

std::optional<std::int64_t> CborItem::as_integer() const {
  const auto head = head_of(encoded_);
  if (head.major > negative_integer || head.argument > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    return std::nullopt;
  const auto value = static_cast<std::int64_t>(head.argument);
  return head.major == unsigned_integer ? value : -1 - value;
}

std::optional<Bytes> CborItem::as_bytes() const {
  const auto head = head_of(encoded_);
  if (head.major != byte_string) return std::nullopt;
  return encoded_.subspan(head.size);
}

std::optional<std::string_view> CborItem::as_text() const {
  const auto head = head_of(encoded_);
  if (head.major != text_string) return std::nullopt;
  return rowan::as_text(encoded_.subspan(head.size));
}

std::optional<bool> CborItem::as_boolean() const {
  if (kind() != CborKind::boolean) return std::nullopt;
  return head_of(encoded_).argument == simple_true;
}

std::size_t CborItem::size() const {
  const auto head = head_of(encoded_);
  return head.major == array_of_items || head.major == map_of_pairs ? head.argument : 0;
}

std::optional<CborItem> CborItem::at(std::size_t index) const {
  const auto head = head_of(encoded_);
  const auto items = head.major == map_of_pairs ? 2 * size() : size();
  if (index >= items) return std::nullopt;
  auto rest = encoded_.subspan(head.size);
  for (std::size_t i = 0; i < index; ++i) rest = after_item(rest);
  return CborItem(rest.first(rest.size() - after_item(rest).size()));
}

template <class Matches>
std::optional<CborItem> CborItem::find_if(Matches matches) const {
  const auto head = head_of(encoded_);
  if (head.major != map_of_pairs) return std::nullopt;
  auto rest = encoded_.subspan(head.size);
  for (std::uint64_t entry = 0; entry < head.argument; ++entry) {
    const auto value = after_item(rest);
    const auto next = after_item(value);
    if (matches(CborItem(rest.first(rest.size() - value.size()))))
      return CborItem(value.first(value.size() - next.size()));
    rest = next;
  }
  return std::nullopt;
}

std::optional<CborItem> CborItem::find(std::int64_t key) const {
  return find_if([key](const CborItem& item) { return item.as_integer() == key; });
}

std::optional<CborItem> CborItem::find(std::string_view key) const {
  return find_if([key](const CborItem& item) { return item.as_text() == key; });
}

Result<CborItem> read_cbor_prefix(Bytes input) {
  ROWAN_TRY(const auto size, Measure(input)());
  return CborItem(input.first(size));
}

Result<CborItem> read_cbor(Bytes input) {
  ROWAN_TRY(const auto item, read_cbor_prefix(input));
  if (item.encoded().size() != input.size())
    return Error{.code = ErrorCode::malformed_request,
                 .reason = "CBOR at byte " + std::to_string(item.encoded().size()) + ": bytes behind the item"};
  return item;
}

void CborWriter::head(unsigned major, std::uint64_t argument) {
  const auto put = [this](std::uint64_t byte) { written_.push_back(static_cast<std::byte>(byte & 0xFF)); };
  if (argument < 24) return put(major << 5 | argument);
  unsigned power = 0;  // 1, 2, 4 or 8 bytes
  while (power < 3 && argument >> (8U << power) != 0) ++power;
  put(major << 5 | (24 + power));
  for (unsigned shift = 8U << power; shift > 0; shift -= 8) put(argument >> (shift - 8));
}

CborWriter& CborWriter::integer(std::int64_t value) {
  if (value >= 0)
    head(unsigned_integer, static_cast<std::uint64_t>(value));
  else
    head(negative_integer, static_cast<std::uint64_t>(-1 - value));
  return *this;
}

CborWriter& CborWriter::bytes(Bytes value) {
  head(byte_string, value.size());
  return raw(value);
}

CborWriter& CborWriter::text(std::string_view value) {
  head(text_string, value.size());
  return raw(as_bytes(value));
}

CborWriter& CborWriter::boolean(bool value) {
  head(simple_value, value ? simple_true : simple_false);
  return *this;
}

CborWriter& CborWriter::null() {
  head(simple_value, simple_null);
  return *this;
}

CborWriter& CborWriter::array(std::size_t elements) {
  head(array_of_items, elements);
  return *this;
}

CborWriter& CborWriter::map(std::size_t entries) {
  head(map_of_pairs, entries);
  return *this;
}

CborWriter& CborWriter::raw(Bytes encoded) {
  written_.insert(written_.end(), encoded.begin(), encoded.end());
  return *this;
}

}  // namespace rowan::crypto
