#pragma once
// Not installed. The outbox: a mail is a row written in the action's transaction, its body sealed, sent by a worker
// (docs/architecture.md#mail).
#include <atomic>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/random.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/mail/listed_mail.hpp>
#include <rowan/mail/mailer.hpp>
#include <rowan/mail/sealed_body.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>

namespace rowan {

/// A withheld mail is never sent. It is the same row, with as many bytes, written by the same statements, and the
/// worker needs as many statements to end it. So what a request wrote does not tell whether its address gets a mail.
enum class Sending { yes, withheld };

/// Thread-safe. `clock` and `random` must outlive it.
class Outbox {
 public:
  /// `logger`, which must outlive it too, gets one line when a mail is put and this process has never sent any.
  Outbox(const crypto::KeyRing& keys, const Clock& clock, Random& random, Logger& logger = silent_logger());
  /// Call it when this process will call deliver_due regularly.
  void expect_sender() { has_sender_.store(true); }
  /// Part of the caller's transaction: the mail exists exactly if the effect does. `useful_until`: not sent later than
  /// this. Errors: `invalid_input` for a recipient that is not an address, a subject with control characters, text that
  /// is not UTF-8 or holds a NUL, or more than 1 MiB; those of the database.
  Result<> put(Transaction& transaction, const MailMessage& message, Timestamp useful_until,
               Sending sending = Sending::yes);
  /// Claims due rows with a lease (5 minutes), one at a time, commits, sends, marks. Retries with back-off (1 min
  /// doubling to 1 h, and up to a fifth more) until `useful_until`; a body is erased once sent, refused or expired. Any
  /// number of workers on any number of nodes. A worker that dies between sending and marking makes at most one
  /// duplicate, after the lease, with the same Message-ID. Answers how many were sent. Errors: those of the database;
  /// the mail in hand is then tried again after its lease.
  Result<std::size_t> deliver_due(Database& database, Mailer& mailer, Logger& logger, std::size_t at_most = 50);
  /// `invalid_input` for a limit outside its bounds.
  Result<std::vector<OutboxEntry>> list(Database& database, const MailFilter& filter = {}) const;
  Result<std::optional<OutboxEntry>> find(Database& database, MailId id) const;
  Result<MailCounts> count(Database& database) const;
  /// Makes a waiting mail due now. False when there is no mail with this id, or when it is finished: its body is gone.
  Result<bool> retry(Database& database, MailId id);
  /// No mail that waits is sent: a restored backup holds those that were sent since it was made.
  Result<> give_up_waiting(Sweep& sweep);
  /// In the caller's transaction: of this scope nothing that waits for the address is sent, and no row names it any
  /// more. A mail that is on its way just now arrives.
  Result<> forget(Transaction& transaction, std::string_view scope, std::string_view recipient);
  /// Removes finished rows older than a week (DAT-01).
  Result<> expire(Sweep& sweep);

 private:
  struct Claimed;
  Result<std::optional<Claimed>> claim(Database& database);
  Result<> mark(Database& database, const Claimed& claimed, const DeliveryReport& report);
  DeliveryReport send(const Claimed& claimed, Mailer& mailer) const;
  Timestamp next_attempt(const Claimed& claimed);

  mail::SealedBodies bodies_;
  const Clock* clock_;
  Random* random_;
  Logger* logger_;
  std::atomic<bool> has_sender_{false};  // or has said that it has none
};

}  // namespace rowan
