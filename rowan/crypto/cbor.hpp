#pragma once
// Not installed. CBOR as authenticators write it (RFC 8949, in the form of CTAP 2.1 section 8), read strictly, and
// written for the kit. Reading allocates nothing: an item is a view into the input, which has to outlive it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <rowan/base/result.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace rowan::crypto {

/// Arrays and maps inside each other. CTAP 2.1 section 8 allows four levels, and an attestation object has three: the
/// object, its statement, and the certificates in it.
inline constexpr std::size_t most_cbor_levels = 4;
/// Entries of one map. No message of WebAuthn has more than a dozen; it bounds the search for a key that is there
/// twice.
inline constexpr std::size_t most_cbor_entries = 64;

enum class CborKind : std::uint8_t { integer, bytes, text, array, map, boolean, null };

/// One well-formed item and everything in it. Only the functions below make one, so nothing that is read from it can
/// be malformed. Cheap to copy; thread-safe.
class CborItem {
 public:
  CborKind kind() const;
  /// Nullopt for other kinds, and for a number beyond 64 bits with a sign.
  std::optional<std::int64_t> as_integer() const;
  std::optional<std::span<const std::byte>> as_bytes() const;
  std::optional<std::string_view> as_text() const;
  std::optional<bool> as_boolean() const;

  /// Elements of an array, entries of a map; 0 for anything else.
  std::size_t size() const;
  /// An element of an array. Of a map, 2i is the key of entry i and 2i + 1 is its value.
  std::optional<CborItem> at(std::size_t index) const;
  /// The value of a map's entry; nullopt when it is absent, or when this is not a map.
  std::optional<CborItem> find(std::int64_t key) const;
  std::optional<CborItem> find(std::string_view key) const;

  std::span<const std::byte> encoded() const { return encoded_; }

 private:
  friend Result<CborItem> read_cbor(std::span<const std::byte>);
  friend Result<CborItem> read_cbor_prefix(std::span<const std::byte>);
  explicit CborItem(std::span<const std::byte> encoded) : encoded_(encoded) {}
  template <class Matches>
  std::optional<CborItem> find_if(Matches matches) const;

  std::span<const std::byte> encoded_;
};

/// One item and nothing behind it. Refused: indefinite lengths, numbers that are not in their shortest form, floats,
/// tags, `undefined`, text that is not UTF-8, keys that are neither numbers nor text, a key that is there twice, and
/// everything beyond the bounds above. The order of keys is free, because some password managers do not sort them and
/// no meaning hangs on it. The reason of an error says at which byte.
Result<CborItem> read_cbor(std::span<const std::byte> input);
/// The same for the item at the front: `encoded().size()` says where it ends.
Result<CborItem> read_cbor_prefix(std::span<const std::byte> input);

/// Writes item after item; numbers are in their shortest form. Whether counts, keys and their order are right is up to
/// the caller: a test also writes what must be refused.
class CborWriter {
 public:
  CborWriter& integer(std::int64_t value);
  CborWriter& bytes(std::span<const std::byte> value);
  CborWriter& text(std::string_view value);
  CborWriter& boolean(bool value);
  CborWriter& null();
  CborWriter& array(std::size_t elements);  // as many items follow
  CborWriter& map(std::size_t entries);     // as many keys follow, each with its value
  CborWriter& raw(std::span<const std::byte> encoded);
  const std::vector<std::byte>& written() const { return written_; }

 private:
  void head(unsigned major, std::uint64_t argument);
  std::vector<std::byte> written_{};
};

}  // namespace rowan::crypto
