#pragma once
// Internal. Places: who may stay connected when there are fewer places than clients. No socket, no Asio. Thread-safe.
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <rowan/http/ip_address.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace rowan::hosts::beast {

/// A connection as Places sees it.
class Guest {
 public:
  virtual ~Guest() = default;
  /// Its place is wanted: close now when no request has begun, else after the answer. Called on any thread, with no
  /// lock held. `self` is this guest, to be let go of on the guest's own thread.
  virtual void give_up(std::shared_ptr<Guest> self) = 0;
};

class Places {
  struct Client;

 public:
  /// `total`: of everybody together; `share`: of one client, an IPv4 address or an IPv6 /64. Clients in `exempt` ranges
  /// (a proxy stands for many) have no share of their own.
  Places(std::size_t total, std::size_t share, std::vector<http::IpRange> exempt);
  ~Places();  // after every Place
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  enum class Verdict { free, instead_of_an_idle_one, share_is_full, full };

  /// A connection's place, until it is destroyed.
  class Place {
   public:
    ~Place() { places_.leave(*this); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    void belongs_to(std::weak_ptr<Guest> guest);  // once, before the first becomes_idle
    /// It waits for a request, from now on.
    void becomes_idle() { places_.set_idle(*this, true); }
    void becomes_busy() { places_.set_idle(*this, false); }

   private:
    friend class Places;
    Place(Places& places, Client& client) : places_(places), client_(client) {}
    Places& places_;
    Client& client_;
    std::weak_ptr<Guest> guest_{};
    bool idle_ = false, given_up_ = false;
    // One node each, moved into the lists of the idle and back: nothing is allocated for a request.
    std::list<Place*> node_of_all_{this}, node_of_client_{this};
    const std::list<Place*>::iterator in_all_ = node_of_all_.begin(), in_client_ = node_of_client_.begin();
  };

  struct Admitted {
    Verdict verdict = Verdict::full;
    std::unique_ptr<Place> place{};  // empty when refused
  };
  /// Gives up the connection that has been idle longest when that makes room: one of the client's own when the share is
  /// full, anybody's when everything is. One that is given up keeps its place until it has closed.
  Admitted admit(const http::IpAddress& client);
  /// For a process that is out of descriptors although there are places. False when none is idle.
  bool give_up_longest_idle();

  std::size_t taken() const;
  std::size_t total() const { return total_; }
  std::size_t share() const { return share_; }

 private:
  using Idle = std::list<Place*>;
  struct Client {
    std::string key{};
    bool exempt = false;
    std::size_t taken = 0, leaving = 0;  // leaving: given up and not yet gone
    Idle idle{};
  };
  void leave(Place& place);
  void set_idle(Place& place, bool idle);
  void remove_from_idle(Place& place);                     // locked
  std::shared_ptr<Guest> give_up_first(const Idle& idle);  // locked; the caller tells the guest when it is not

  const std::size_t total_, share_;
  const std::vector<http::IpRange> exempt_;
  mutable std::mutex mutex_{};
  std::size_t taken_ = 0, leaving_ = 0;
  Idle idle_{};  // of everybody; the longest in front
  std::unordered_map<std::string, std::unique_ptr<Client>> clients_{};
};

}  // namespace rowan::hosts::beast
