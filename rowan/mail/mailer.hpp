#pragma once
// Mailer: sends rendered mails. Chosen by URL: "smtp://…", "smtps://…", "mailbox".
#include <chrono>
#include <memory>
#include <rowan/base/json.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/mail/message.hpp>
#include <string>
#include <string_view>

namespace rowan {

class Mailbox;

/// A mail as the outbox worker passes it to a Mailer.
struct OutgoingMail {
  MailMessage message{};
  std::string message_id{};  // without brackets; the same at every retry, so that a receiver can drop the duplicate
  Timestamp created{};       // the mail's Date
  Timestamp sent{};          // now, by the worker's clock
};

enum class Delivery { sent, try_again, refused };  // refused: a permanent error (5xx); recorded, and not tried again

struct DeliveryReport {
  Delivery delivery = Delivery::sent;
  std::string detail{};  // for the log and `rowan mail list`; never an address or content
};

/// Thread-safe. May block (an SMTP conversation). Only the outbox worker calls it.
class Mailer {
 public:
  virtual ~Mailer() = default;
  virtual DeliveryReport deliver(const OutgoingMail& mail) = 0;
  /// The domain of the sender's address. It is the part of a Message-ID after the @.
  virtual std::string domain() const { return "localhost"; }
  /// False when no sender address is configured. That is accepted in development, with a mail server on this machine.
  /// Auth refuses it when base_url is https.
  virtual bool has_sender() const { return true; }
  /// This mailer as the development mailbox, or null when it isn't one.
  virtual Mailbox* mailbox() { return nullptr; }
};

/// The development mailbox: keeps mails in memory, newest first, at most 1,000. Thread-safe.
class Mailbox {
 public:
  virtual ~Mailbox() = default;
  /// The same JSON as `GET /dev/mailbox.json`:
  /// [{"id","to","from","subject","text","html","links":[…],"code":…,"sent_at"}]. With `to`, only mails to this
  /// address; ASCII case is ignored.
  virtual Json list(std::string_view to = {}) const = 0;
  virtual void clear() = 0;
};

struct MailerOptions {
  std::string from{};  // required, except for a server on this machine and the mailbox (then "no-reply@localhost")
  std::string from_name{};
  std::string username{};
  std::shared_ptr<const Secret> password{};
  bool require_tls = true;           // STARTTLS on smtp:// unless the server is loopback; false: for a relay in a
                                     // network of your own
  std::chrono::seconds timeout{30};  // one conversation; less than the outbox's lease of 5 minutes
  std::string ca_file{};             // PEM; empty: the system's authorities
};

/// "smtp://[user:pass@]host[:port][?from=…&from_name=…&ca=…&require_tls=…]", "smtps://…", or "mailbox[?from=…]". User,
/// password and query are percent-encoded; the URL takes precedence over `options`. Throws ConfigError with every
/// problem when it cannot read the URL.
std::unique_ptr<Mailer> open_mailer(std::string_view url, MailerOptions options);
std::unique_ptr<Mailer> open_mailer(std::string_view url);

}  // namespace rowan
