#pragma once
// Secret: bytes that wipe themselves and cannot be printed or compared by accident.
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowan {

/// Bytes on the heap, wiped on destruction. Move-only; no ==, no <<.
/// You read one by `secret.expose()`, so that a text search finds every place.
class Secret {
 public:
  /// Never throws: check_options reports a missing variable together with the other problems.
  static Secret from_env(std::string name);
  /// The file's bytes without one trailing newline; missing() when it cannot be read.
  static Secret from_file(std::string path);
  static Secret from_bytes(std::span<const std::byte> bytes);
  static Secret from_text(std::string_view text);
  Secret(Secret&&) noexcept;
  Secret& operator=(Secret&&) noexcept;
  ~Secret();

  std::string_view expose() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool missing() const { return bytes_ == nullptr; }
  /// Where it came from, for messages: "env:GITHUB_SECRET".
  const std::string& origin() const { return origin_; }
  Secret copy() const;  // explicit, so that a copy is never made by accident

 private:
  explicit Secret(std::string origin) : origin_(std::move(origin)) {}
  void assign(std::string_view text);
  std::unique_ptr<char[]> bytes_{};
  std::size_t size_ = 0;
  std::string origin_{};
};

/// Newest first; older ones still verify.
class Secrets {
 public:
  template <std::same_as<Secret>... Older>
  Secrets(Secret newest, Older... older) {
    list_.reserve(1 + sizeof...(older));
    list_.push_back(std::move(newest));
    (list_.push_back(std::move(older)), ...);
  }
  explicit Secrets(std::vector<Secret> newest_first) : list_(std::move(newest_first)) {}
  std::span<const Secret> newest_first() const { return list_; }

 private:
  std::vector<Secret> list_{};
};

}  // namespace rowan
