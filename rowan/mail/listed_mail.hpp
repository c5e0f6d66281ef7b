#pragma once
// What an operator sees of the mails: Auth::mails, `rowan mail list`.
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/mail/mailer.hpp>
#include <string>

namespace rowan {

/// As lists have it: no body, the address as stored.
struct OutboxEntry {
  MailId id{};
  std::string to{}, subject{}, kind{}, state{};  // "waiting", "sent", "refused", "expired", "withheld"
  std::int64_t attempts = 0;
  Timestamp created{}, next_attempt{};
  std::string detail{};  // why it was not sent: an SMTP code, never an address
};

/// Which mails a list has, the newest first.
struct MailFilter {
  enum class State : std::uint8_t { all, waiting, sent, refused, expired, withheld };
  static constexpr std::size_t max_limit = 1000;
  State state = State::all;
  MailId before{};          // the last of the page before; nil: from the newest
  std::size_t limit = 100;  // 1 to max_limit
};

/// How many mails there are, without those withheld. Each half stops counting at 100,000.
struct MailCounts {
  std::int64_t waiting = 0;
  std::int64_t sent = 0, refused = 0, expired = 0;  // finished within the last hour
};

}  // namespace rowan
