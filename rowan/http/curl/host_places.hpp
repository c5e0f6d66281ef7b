#pragma once
// Not installed. How many requests to one host may run at once.
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace rowan::http {

/// Thread-safe. It outlives its places.
class HostPlaces {
 public:
  explicit HostPlaces(unsigned most) : most_(most) {}

  /// Gives its place back when it goes.
  class Place {
   public:
    Place(HostPlaces& places, std::string host) : places_(&places), host_(std::move(host)) {}
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)), host_(std::move(other.host_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (places_ != nullptr) places_->give_back(host_);
    }

   private:
    HostPlaces* places_;
    std::string host_;
  };

  /// Nullopt when all of the host's are taken: no one waits here.
  std::optional<Place> take(const std::string& host) {
    const std::lock_guard lock(mutex_);
    auto& taken = taken_[host];
    if (taken >= most_) return std::nullopt;
    ++taken;
    return std::optional<Place>(std::in_place, *this, host);
  }

 private:
  void give_back(const std::string& host) {
    const std::lock_guard lock(mutex_);
    const auto found = taken_.find(host);
    if (--found->second == 0) taken_.erase(found);
  }

  const unsigned most_;
  std::mutex mutex_{};
  std::map<std::string, unsigned> taken_{};
};

}  // namespace rowan::http
