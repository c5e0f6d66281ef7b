#include <algorithm>
#include <array>
#include <cstdint>
#include <rowan/pages/assets.hpp>

namespace rowan::pages {

namespace {

// FNV-1a, 64 bits: tells versions of our own files apart; nothing depends on it being hard to collide.
std::string fingerprint(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  std::string hex(16, '0');
  for (auto digit = hex.rbegin(); digit != hex.rend(); ++digit, hash >>= 4) *digit = "0123456789abcdef"[hash & 15];
  return hex;
}

std::string_view content_type_of(std::string_view name) {
  struct Type {
    std::string_view ending, type;
  };
  constexpr std::array<Type, 3> types{
      {{".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"}}};
  const auto found = std::ranges::find_if(types, [&](const Type& type) { return name.ends_with(type.ending); });
  return found == types.end() ? "application/octet-stream" : found->type;
}

}  // namespace

Assets::Assets(std::span<const EmbeddedFile> files, std::string_view theme, std::vector<std::string>& problems) {
  for (const auto& file : files) {
    const auto name = file.name.substr(file.name.find_last_of('/') + 1);
    if (named(name) != nullptr) problems.push_back("asset " + std::string(file.name) + ": another asset has this name");
    Stored asset{.name = std::string(name), .bytes = std::string(file.bytes), .content_type = content_type_of(name)};
    if (name == "rowan.css" && !theme.empty()) asset.bytes += "\n" + std::string(theme);
    asset.hash = fingerprint(asset.bytes);
    asset.etag = '"' + asset.hash + '"';
    stored_.push_back(std::move(asset));
  }
}

std::string Assets::path(std::string_view name) const {
  const auto* asset = named(name);
  return asset == nullptr ? "" : "assets/" + asset->hash + "/" + asset->name;
}

std::optional<Asset> Assets::find(std::string_view hash, std::string_view name) const {
  const auto* asset = named(name);
  if (asset == nullptr || asset->hash != hash) return std::nullopt;
  return Asset{.name = asset->name,
               .hash = asset->hash,
               .content_type = asset->content_type,
               .bytes = asset->bytes,
               .etag = asset->etag};
}

const Assets::Stored* Assets::named(std::string_view name) const {
  const auto found = std::ranges::find(stored_, name, &Stored::name);
  return found == stored_.end() ? nullptr : &*found;
}

}  // namespace rowan::pages
