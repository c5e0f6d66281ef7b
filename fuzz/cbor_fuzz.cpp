#include <algorithm>
#include <fuzz/target.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/cbor.hpp>

namespace rowan::fuzz {

namespace {

using crypto::CborItem;
using crypto::CborKind;
using crypto::CborWriter;

// Writes anew what was read, and looks up every entry. Four levels at most: that is one of the promises.
void write(const CborItem& item, CborWriter& writer, std::size_t levels) {
  const bool is_map = item.kind() == CborKind::map;
  switch (item.kind()) {
    case CborKind::integer:
      if (const auto number = item.as_integer())
        writer.integer(*number);
      else
        writer.raw(item.encoded());
      return;
    case CborKind::bytes: writer.bytes(item.as_bytes().value()); return;
    case CborKind::text: writer.text(item.as_text().value()); return;
    case CborKind::boolean: writer.boolean(item.as_boolean().value()); return;
    case CborKind::null: writer.null(); return;
    case CborKind::array: writer.array(item.size()); break;
    case CborKind::map: writer.map(item.size()); break;
  }
  require(levels > 0 && item.size() <= item.encoded().size());
  require(!is_map || item.size() <= crypto::most_cbor_entries);
  const auto count = std::min<std::size_t>(is_map ? 2 * item.size() : item.size(), 256);  // at() walks from the front
  if (count < item.size()) {
    writer.raw(item.encoded().subspan(item.size() < 65536 ? 3 : 5));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto member = item.at(i);
    require(member.has_value());
    write(*member, writer, levels - 1);
    if (!is_map || i % 2 == 1) continue;
    // What a key finds is the entry it stands in front of: it is there once.
    const auto value = item.at(i + 1);
    const auto text = member->as_text();
    const auto number = member->as_integer();
    const auto found = text ? item.find(*text) : number ? item.find(*number) : value;
    require(found && value && found->encoded().data() == value->encoded().data());
  }
}

}  // namespace

bool run(std::string_view input) {
  const auto bytes = as_bytes(input);
  const auto first = crypto::read_cbor_prefix(bytes);
  const auto whole = crypto::read_cbor(bytes);
  require(!whole || (first && whole->encoded().size() == input.size()));
  if (!first) return false;
  const auto encoded = first->encoded();
  require(!encoded.empty() && encoded.data() == bytes.data() && encoded.size() <= bytes.size());
  require(whole.has_value() == (encoded.size() == bytes.size()));
  // There is one spelling only.
  CborWriter writer;
  write(*first, writer, crypto::most_cbor_levels);
  require(std::ranges::equal(writer.written(), encoded));
  return whole.has_value();
}

}  // namespace rowan::fuzz
