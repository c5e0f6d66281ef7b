#include <openssl/crypto.h>

#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>

namespace rowan::crypto {

namespace {

std::vector<std::string> problems_of(std::span<const Secret> secrets) {
  std::vector<std::string> problems;
  if (secrets.empty()) problems.push_back("secrets: at least one is needed");
  for (const auto& secret : secrets) {
    if (secret.missing())
      problems.push_back("secrets: " + secret.origin() + " is missing");
    else if (secret.size() < least_secret_size)
      problems.push_back("secrets: " + secret.origin() + " has " + std::to_string(secret.size()) + " bytes, at least " +
                         std::to_string(least_secret_size) + " random ones are needed");
  }
  return problems;
}

Key256 derive_from(const Key256& root, std::string_view purpose, std::string_view context) {
  std::string info = "rowan/" + std::string(purpose) + "/v1";
  if (!context.empty()) (info += '\0') += context;
  Key256 key;
  hkdf_expand(root.bytes(), info, key.writable());
  return key;
}

}  // namespace

KeyRing::KeyRing(const Secrets& secrets) {
  const auto list = secrets.newest_first();
  if (auto problems = problems_of(list); !problems.empty()) throw ConfigError(std::move(problems));
  roots_.reserve(list.size());  // growing would leave copies of keys behind, though wiped ones
  for (const auto& secret : list) {
    auto extracted = hkdf_extract(as_bytes(secret.expose()), {});
    Key256 root;
    std::ranges::copy(extracted, root.writable().begin());
    OPENSSL_cleanse(extracted.data(), extracted.size());
    const auto name = derive_from(root, "key id", {});
    const auto id = std::to_integer<std::uint8_t>(name.bytes()[0]);
    if (const auto twin = std::ranges::find(ids_, id); twin != ids_.end()) {
      const auto& other = list[static_cast<std::size_t>(twin - ids_.begin())];
      throw ConfigError("secrets: " + secret.origin() + " and " + other.origin() +
                        " are the same or share their short name (once in 256 times): make the newer one again");
    }
    roots_.push_back(root);
    ids_.push_back(id);
    kids_.push_back(to_base64url(name.bytes().first(6)));
  }
}

Key256 KeyRing::derive(std::size_t secret, std::string_view purpose, std::string_view context) const {
  return derive_from(roots_[secret], purpose, context);
}

}  // namespace rowan::crypto
