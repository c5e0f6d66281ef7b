#pragma once
// Internal. Places: decides which connections may stay when there are fewer places than clients. No socket, no Asio.
// Thread-safe.
#include <chrono>
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
  /// Its place is wanted: close now when no request has begun or when it has waited for the client for
  /// Places::patience, else after the answer. May come more than once. Called on any thread, with no lock held. `self`
  /// is this guest, to be let go of on the guest's own thread.
  virtual void give_up(std::shared_ptr<Guest> self) = 0;
};

class Places {
  struct Client;
  enum class State { busy, idle, waiting };

 public:
  using Clock = std::chrono::steady_clock;
  /// How long a connection may wait for its client in the middle of something (a handshake, a request, an answer that
  /// the client does not read) before its place may be given to another client.
  static constexpr std::chrono::milliseconds patience{1000};
  /// A connection that is given up may just have got a request, and stays until that is answered. Meanwhile so many
  /// places beyond the total, and beyond one client's share, are lent out. descriptors.hpp reserves descriptors for
  /// them.
  static constexpr std::size_t lent = 32, lent_to_one = 8;

  /// `total`: places of all clients together; `share`: of one client, an IPv4 address or an IPv6 /64. Clients in
  /// `exempt` ranges have no share of their own, because a proxy stands for many.
  Places(std::size_t total, std::size_t share, std::vector<http::IpRange> exempt);
  ~Places();  // after every Place
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  enum class Verdict { free, instead_of_another, share_is_full, full };

  /// A connection's place, until it is destroyed.
  class Place {
   public:
    ~Place() { places_.leave(*this); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    void belongs_to(std::weak_ptr<Guest> guest);  // once, before the first of these
    /// It waits for a request, from now on.
    void becomes_idle() { places_.set_state(*this, State::idle, {}); }
    /// It waits for the client in the middle of something, since then.
    void becomes_waiting(Clock::time_point since) { places_.set_state(*this, State::waiting, since); }
    /// It waits for nothing of the client's: never given up.
    void becomes_busy() { places_.set_state(*this, State::busy, {}); }

   private:
    friend class Places;
    Place(Places& places, Client& client) : places_(places), client_(client) {}
    Places& places_;
    Client& client_;
    std::weak_ptr<Guest> guest_{};
    State state_ = State::busy;
    Clock::time_point since_{};  // while it is waiting
    bool given_up_ = false;
    bool leaving_ = false;  // given up, and nothing has begun since
    // One node each, moved into the lists of a state and back: nothing is allocated for a request.
    std::list<Place*> node_of_all_{this}, node_of_client_{this};
    const std::list<Place*>::iterator in_all_ = node_of_all_.begin(), in_client_ = node_of_client_.begin();
  };

  struct Admitted {
    Verdict verdict = Verdict::full;
    std::unique_ptr<Place> place{};  // empty when refused
  };
  /// To make room it gives up the connection that has been idle longest. When none is idle, it gives up the one that
  /// has waited for its client longest, at least `patience`. When the share is full it chooses among the client's own
  /// connections, when all places are taken among all. A connection keeps its place until it has closed.
  Admitted admit(const http::IpAddress& client, Clock::time_point now = Clock::now());
  /// For a process that is out of descriptors although there are places. False when there is none to give up.
  bool give_up_longest(Clock::time_point now = Clock::now());

  std::size_t taken() const;
  std::size_t total() const { return total_; }
  std::size_t share() const { return share_; }

 private:
  using List = std::list<Place*>;
  struct Lists {  // the longest in front
    List idle{}, waiting{};
    List& of(State state) { return state == State::idle ? idle : waiting; }
  };
  struct Client {
    std::string key{};
    bool exempt = false;
    std::size_t taken = 0, leaving = 0;  // leaving: those of `taken` that are about to close
    Lists lists{};
  };
  void leave(Place& place);
  void set_state(Place& place, State state, Clock::time_point since);
  // All of these locked.
  static Place* longest(const Lists& lists, Clock::time_point now);
  void remove_from_lists(Place& place);
  void set_leaving(Place& place, bool leaving);
  std::shared_ptr<Guest> give_up(Place& place);  // the caller tells the guest when it is not locked any more

  const std::size_t total_, share_;
  const std::vector<http::IpRange> exempt_;
  mutable std::mutex mutex_{};
  std::size_t taken_ = 0, leaving_ = 0;
  Lists lists_{};  // of all clients
  std::unordered_map<std::string, std::unique_ptr<Client>> clients_{};
};

}  // namespace rowan::hosts::beast
