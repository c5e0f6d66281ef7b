#pragma once
// StrongId: ids of different things do not mix.
#include <functional>
#include <rowan/base/json.hpp>
#include <rowan/base/uuid.hpp>

namespace rowan {

/// A UUIDv7 that belongs to one kind of thing.
template <class Tag>
class StrongId {
 public:
  StrongId() = default;  // nil: the id of nothing
  explicit StrongId(Uuid uuid) : uuid_(uuid) {}
  static StrongId make(const Clock& clock, Random& random) { return StrongId(Uuid::v7(clock, random)); }
  static Result<StrongId> parse(std::string_view text) {
    if (const auto uuid = Uuid::parse(text)) return StrongId(*uuid);
    return Error{.code = ErrorCode::malformed_request, .reason = "not a UUID"};
  }
  std::string text() const { return uuid_.text(); }
  const Uuid& uuid() const { return uuid_; }
  bool is_nil() const { return uuid_.is_nil(); }

  friend auto operator<=>(const StrongId&, const StrongId&) = default;
  friend Json to_json(const StrongId& id) { return id.text(); }

 private:
  Uuid uuid_{};
};

using AccountId = StrongId<struct AccountTag>;
using FlowId = StrongId<struct FlowTag>;
using MailId = StrongId<struct MailTag>;

}  // namespace rowan

template <class Tag>
struct std::hash<rowan::StrongId<Tag>> {
  std::size_t operator()(const rowan::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(id.uuid().bytes.data()), 16});
  }
};
