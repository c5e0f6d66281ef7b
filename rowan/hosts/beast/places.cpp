#include <algorithm>
#include <rowan/hosts/beast/places.hpp>
#include <utility>

namespace rowan::hosts::beast {

namespace {

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

Places::Admitted Places::admit(const http::IpAddress& address, Clock::time_point now) {
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
    const bool has_share = client && !exempt;
    const bool none_left = taken_ >= total_ + lent,
               none_left_for_one = has_share && client->taken >= share_ + lent_to_one;
    const auto counted = taken_ - leaving_, counted_of_one = has_share ? client->taken - client->leaving : 0;
    const bool share_is_full = has_share && (counted_of_one >= share_ || none_left_for_one);
    if (share_is_full || counted >= total_ || none_left) {
      const bool room = !none_left && !none_left_for_one;
      const auto held = share_is_full ? counted_of_one : counted, limit = share_is_full ? share_ : total_;
      // Without room too, when more are held than should be: so those that were lent come back.
      auto* const other =
          held > limit || (held == limit && room) ? longest(share_is_full ? client->lists : lists_, now) : nullptr;
      if (other != nullptr) given_up = give_up(*other);
      admitted.verdict = other != nullptr && room ? Verdict::instead_of_another
                         : share_is_full          ? Verdict::share_is_full
                                                  : Verdict::full;
    }
    if (admitted.verdict == Verdict::free || admitted.verdict == Verdict::instead_of_another) {
      if (client == nullptr) {
        client =
            clients_.emplace(key, std::make_unique<Client>(Client{.key = key, .exempt = exempt})).first->second.get();
      }
      ++client->taken;
      ++taken_;
      admitted.place.reset(new Place(*this, *client));
    }
  }
  tell(std::move(given_up));
  return admitted;
}

bool Places::give_up_longest(Clock::time_point now) {
  std::shared_ptr<Guest> given_up;
  {
    const std::lock_guard lock(mutex_);
    auto* const place = longest(lists_, now);
    if (place == nullptr) return false;
    given_up = give_up(*place);
  }
  tell(std::move(given_up));
  return true;
}

std::size_t Places::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

Places::Place* Places::longest(const Lists& lists, Clock::time_point now) {
  if (!lists.idle.empty()) return lists.idle.front();
  if (!lists.waiting.empty() && now - lists.waiting.front()->since_ >= patience) return lists.waiting.front();
  return nullptr;
}

std::shared_ptr<Guest> Places::give_up(Place& place) {
  remove_from_lists(place);
  place.given_up_ = true;
  set_leaving(place, true);
  return place.guest_.lock();
}

void Places::leave(Place& place) {
  const std::lock_guard lock(mutex_);
  remove_from_lists(place);
  set_leaving(place, false);
  auto& client = place.client_;
  --taken_;
  --client.taken;
  if (client.taken == 0) clients_.erase(std::string(client.key));
}

void Places::set_state(Place& place, State state, Clock::time_point since) {
  const std::lock_guard lock(mutex_);
  if (state == State::idle && place.state_ == State::idle) return;
  remove_from_lists(place);
  // A connection that was given up but got a request first stays for now, and counts. When it becomes idle again it is
  // about to close: either its guest has not been told yet, or it would not have become idle.
  const bool leaving = state == State::idle && place.given_up_;
  set_leaving(place, leaving);
  if (leaving || state == State::busy) return;
  place.state_ = state;
  place.since_ = since;
  auto &all = lists_.of(state), &own = place.client_.lists.of(state);
  all.splice(all.end(), place.node_of_all_);
  own.splice(own.end(), place.node_of_client_);
}

void Places::set_leaving(Place& place, bool leaving) {
  if (std::exchange(place.leaving_, leaving) == leaving) return;
  auto& client = place.client_;
  leaving_ = leaving ? leaving_ + 1 : leaving_ - 1;
  client.leaving = leaving ? client.leaving + 1 : client.leaving - 1;
}

void Places::remove_from_lists(Place& place) {
  const auto state = std::exchange(place.state_, State::busy);
  if (state == State::busy) return;
  place.node_of_all_.splice(place.node_of_all_.end(), lists_.of(state), place.in_all_);
  place.node_of_client_.splice(place.node_of_client_.end(), place.client_.lists.of(state), place.in_client_);
}

}  // namespace rowan::hosts::beast
