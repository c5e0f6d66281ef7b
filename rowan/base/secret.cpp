#include <rowan/base/secret.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace rowan {

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)), origin_(std::move(other.origin_)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(size_, other.size_);
  std::swap(origin_, other.origin_);
  return *this;
}

Secret::~Secret() {
  if (bytes_) explicit_bzero(bytes_.get(), size_);
}

void Secret::assign(std::string_view text) {
  bytes_ = std::make_unique<char[]>(text.size() + 1);  // never null, so that "empty" and "missing" differ
  size_ = text.size();
  std::memcpy(bytes_.get(), text.data(), text.size());
}

Secret Secret::from_env(std::string name) {
  Secret secret("env:" + name);
  if (const char* value = std::getenv(name.c_str())) secret.assign(value);
  return secret;
}

Secret Secret::from_file(std::string path) {
  Secret secret("file:" + path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return secret;
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::string_view kept = text;
  if (kept.ends_with('\n')) kept.remove_suffix(1);
  secret.assign(kept);
  explicit_bzero(text.data(), text.size());
  return secret;
}

Secret Secret::from_bytes(std::span<const std::byte> bytes) {
  Secret secret("bytes");
  secret.assign({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return secret;
}

Secret Secret::from_text(std::string_view text) {
  Secret secret("text");
  secret.assign(text);
  return secret;
}

Secret Secret::copy() const {
  Secret twin(origin_);
  if (!missing()) twin.assign(expose());
  return twin;
}

}  // namespace rowan
