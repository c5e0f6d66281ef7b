#include <algorithm>
#include <rowan/hosts/beast/places.hpp>
#include <utility>

namespace rowan::hosts::beast {

namespace {

// One that was given up may just have got a request and stays until that is answered: so many places beyond the total
// are lent out meanwhile. The descriptors for them are part of what descriptors.hpp keeps back.
constexpr std::size_t lent = 32;

void tell(std::shared_ptr<Guest> guest) {
  auto* const told = guest.get();
  if (told != nullptr) told->give_up(std::move(guest));
}

}  // namespace

Places::Places(std::size_t total, std::size_t share, std::vector<http::IpRange> exempt)
    : total_(std::max<std::size_t>(total, 1)), share_(std::max<std::size_t>(share, 1)), exempt_(std::move(exempt)) {}

Places::~Places() = default;

void Places::Place::belongs_to(std::weak_ptr<Guest> guest) {
  const std::lock_guard lock(places_.mutex_);
  guest_ = std::move(guest);
}

Places::Admitted Places::admit(const http::IpAddress& address) {
  Admitted admitted{.verdict = Verdict::free};
  std::shared_ptr<Guest> given_up;
  {
    const std::lock_guard lock(mutex_);
    const auto key = address.bucket();
    const auto found = clients_.find(key);
    auto* client = found == clients_.end() ? nullptr : found->second.get();
    const bool exempt =
        client ? client->exempt
               : std::ranges::any_of(exempt_, [&](const http::IpRange& range) { return range.contains(address); });
    const bool share_is_full = client && !exempt && client->taken - client->leaving >= share_;
    if (share_is_full || taken_ - leaving_ >= total_) {
      const auto& idle = share_is_full ? client->idle : idle_;
      const bool room = !idle.empty() && taken_ < total_ + lent;
      if (!room) return {.verdict = share_is_full ? Verdict::share_is_full : Verdict::full};
      given_up = give_up_first(idle);
      admitted.verdict = Verdict::instead_of_an_idle_one;
    }
    if (client == nullptr) {
      client =
          clients_.emplace(key, std::make_unique<Client>(Client{.key = key, .exempt = exempt})).first->second.get();
    }
    ++client->taken;
    ++taken_;
    admitted.place.reset(new Place(*this, *client));
  }
  tell(std::move(given_up));
  return admitted;
}

bool Places::give_up_longest_idle() {
  std::shared_ptr<Guest> given_up;
  {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return false;
    given_up = give_up_first(idle_);
  }
  tell(std::move(given_up));
  return true;
}

std::size_t Places::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

std::shared_ptr<Guest> Places::give_up_first(const Idle& idle) {
  auto& place = *idle.front();
  remove_from_idle(place);
  place.given_up_ = true;
  ++leaving_;
  ++place.client_.leaving;
  return place.guest_.lock();
}

void Places::leave(Place& place) {
  const std::lock_guard lock(mutex_);
  remove_from_idle(place);
  auto& client = place.client_;
  --taken_;
  --client.taken;
  if (place.given_up_) {
    --leaving_;
    --client.leaving;
  }
  if (client.taken == 0) clients_.erase(std::string(client.key));
}

void Places::set_idle(Place& place, bool idle) {
  const std::lock_guard lock(mutex_);
  if (!idle) return remove_from_idle(place);
  if (place.idle_ || place.given_up_) return;
  place.idle_ = true;
  idle_.splice(idle_.end(), place.node_of_all_);
  place.client_.idle.splice(place.client_.idle.end(), place.node_of_client_);
}

void Places::remove_from_idle(Place& place) {
  if (!std::exchange(place.idle_, false)) return;
  place.node_of_all_.splice(place.node_of_all_.end(), idle_, place.in_all_);
  place.node_of_client_.splice(place.node_of_client_.end(), place.client_.idle, place.in_client_);
}

}  // namespace rowan::hosts::beast
