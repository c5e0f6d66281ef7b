#pragma once
// Not installed. The address of each tenant: what links in mails, redirects and origin checks are made of.
#include <functional>
#include <rowan/base/realm.hpp>
#include <rowan/base/result.hpp>
#include <rowan/engine/web/base_url.hpp>

namespace rowan::engine {

/// Thread-safe when `of` is.
class Origins {
 public:
  /// `of`: AuthOptions::base_url_of; may be empty.
  Origins(BaseUrl own, std::function<std::string(const TenantName&)> of) : own_(std::move(own)), of_(std::move(of)) {}
  /// base_url's own: of every tenant when `base_url_of` is not set.
  const BaseUrl& own() const { return own_; }
  bool differ() const { return static_cast<bool>(of_); }
  /// `internal` when `base_url_of` answered something that cannot be an address of this application: no URL, or one of
  /// another scheme or path than base_url.
  Result<BaseUrl> of(const TenantName& tenant) const;

 private:
  BaseUrl own_;
  std::function<std::string(const TenantName&)> of_;
};

}  // namespace rowan::engine
