#pragma once
// The mails as an operator sees them: Auth::mails, `rowan mail list`.
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/mail/mailer.hpp>
#include <string>

namespace rowan {

/// One line of the list: without the body, and with the address as it is stored.
struct OutboxEntry {
  MailId id{};
  std::string to{}, subject{}, kind{}, state{};  // "waiting", "sent", "refused", "expired", "withheld"
  std::int64_t attempts = 0;
  Timestamp created{}, next_attempt{};
  std::string detail{};  // why it was not sent, such as an SMTP code; never an address
};

/// Selects the mails of a list, newest first.
struct MailFilter {
  enum class State : std::uint8_t { all, waiting, sent, refused, expired, withheld };
  static constexpr std::size_t max_limit = 1000;
  State state = State::all;
  MailId before{};          // the last id of the previous page; nil: begin with the newest
  std::size_t limit = 100;  // 1 to max_limit
};

/// How many mails there are, without the withheld ones. The waiting and the finished ones are each counted up to
/// 100,000.
struct MailCounts {
  std::int64_t waiting = 0;
  std::int64_t sent = 0, refused = 0, expired = 0;  // finished within the last hour
};

}  // namespace rowan
