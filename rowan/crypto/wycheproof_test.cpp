// Project Wycheproof's files, which are not part of the repository. ROWAN_VECTORS names the folder that holds
// wycheproof/; its default lies beside the checkout. Without them the tests are skipped, by name.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/hash.hpp>
#include <stdexcept>

namespace rowan::crypto {
namespace {

namespace json = boost::json;
using Bytes = std::vector<std::byte>;

std::optional<json::value> vectors(const char* name) {
  const char* const folder = std::getenv("ROWAN_VECTORS");
  const auto checkout = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  const auto root = folder != nullptr ? std::filesystem::path(folder) : checkout / ".." / "shared" / "vectors";
  std::ifstream file(root / "wycheproof" / name, std::ios::binary);
  if (!file) return std::nullopt;
  return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

Bytes bytes_at(const json::value& test, const char* key) {
  return from_hex(std::string_view(test.at(key).as_string())).value();
}

/// Calls check(group, test, must it hold) for every test; answers how many there were.
template <class Check>
std::size_t each_test(const json::value& file, const Check& check) {
  std::size_t count = 0;
  for (const auto& group : file.at("testGroups").as_array())
    for (const auto& test : group.at("tests").as_array()) {
      SCOPED_TRACE("tcId " + std::to_string(test.at("tcId").as_int64()));
      count += check(group, test, test.at("result").as_string() == "valid") ? 1 : 0;
    }
  return count;
}

TEST(Wycheproof, HmacSha256) {
  const auto file = vectors("hmac_sha256_test.json");
  if (!file) GTEST_SKIP() << "hmac_sha256_test.json: ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [](const json::value& group, const json::value& test, bool valid) {
    const auto tag = HmacSha256(bytes_at(test, "key"))(bytes_at(test, "msg"));
    const auto kept = std::span(tag).first(static_cast<std::size_t>(group.at("tagSize").as_int64()) / 8);
    EXPECT_EQ(equal_in_constant_time(kept, bytes_at(test, "tag")), valid);
    return true;
  });
  EXPECT_EQ(count, 174U);
}

TEST(Wycheproof, HkdfSha256) {
  const auto file = vectors("hkdf_sha256_test.json");
  if (!file) GTEST_SKIP() << "hkdf_sha256_test.json: ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [](const json::value&, const json::value& test, bool valid) {
    Bytes out(static_cast<std::size_t>(test.at("size").as_int64()));
    const auto info = bytes_at(test, "info");
    try {
      hkdf_sha256(bytes_at(test, "ikm"), bytes_at(test, "salt"), as_text(info), out);
      EXPECT_EQ(out == bytes_at(test, "okm"), valid);
    } catch (const std::length_error&) {
      EXPECT_FALSE(valid);
    }
    return true;
  });
  EXPECT_EQ(count, 86U);
}

TEST(Wycheproof, Aes256GcmWith96BitNoncesAnd128BitTags) {
  const auto file = vectors("aes_gcm_test.json");
  if (!file) GTEST_SKIP() << "aes_gcm_test.json: ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [](const json::value& group, const json::value& test, bool valid) {
    if (group.at("keySize") != 256 || group.at("ivSize") != 96 || group.at("tagSize") != 128) return false;
    Key256 key;
    std::ranges::copy(bytes_at(test, "key"), key.writable().begin());
    std::array<std::byte, nonce_size> nonce;
    std::ranges::copy(bytes_at(test, "iv"), nonce.begin());
    const auto associated = bytes_at(test, "aad"), plain = bytes_at(test, "msg");
    auto sealed = bytes_at(test, "ct");
    std::ranges::copy(bytes_at(test, "tag"), std::back_inserter(sealed));

    for (const auto engine : {AeadEngine::fastest, AeadEngine::openssl}) {
      const AeadKey aead(key, engine);
      Bytes out(plain.size());
      const auto size = aead.open(nonce, associated, sealed, out);
      EXPECT_EQ(size.has_value(), valid);
      if (size) {
        EXPECT_EQ(out, plain);
      }
      Bytes made(plain.size() + tag_size);
      aead.seal(nonce, associated, plain, made);
      EXPECT_EQ(made == sealed, valid);
    }
    return true;
  });
  EXPECT_EQ(count, 66U);
}

}  // namespace
}  // namespace rowan::crypto
