#include <algorithm>
#include <exception>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/mail/address.hpp>
#include <rowan/mail/header.hpp>
#include <rowan/mail/outbox.hpp>
#include <rowan/mail/queries.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace queries = mail::queries;

constexpr auto lease = 5min;
constexpr std::chrono::microseconds first_wait = 1min, longest_wait = 1h;
constexpr auto kept_when_finished = std::chrono::days(7);
constexpr auto counted_when_finished = 1h;
// A release that knows no withheld mail finds one too late to be useful. As many bytes as a time of today.
constexpr Timestamp long_past{std::chrono::sys_days(std::chrono::year(2000) / 1 / 1)};
constexpr std::size_t max_bodies = 1024 * 1024;
constexpr std::size_t max_kind = 100, max_detail = 200;

Error unsendable(std::string why) { return {.code = ErrorCode::invalid_input, .reason = "outbox: " + std::move(why)}; }

Result<> check(const MailMessage& message) {
  if (auto address = mail::parse_mail_address(message.to); !address) return unsendable(address.error().reason);
  if (auto subject = mail::header_text(message.subject); !subject) return unsendable(subject.error().reason);
  if (message.kind.size() > max_kind || has_control_characters(message.kind)) return unsendable("kind");
  if (message.text.size() + message.html.size() > max_bodies) return unsendable("too large");
  for (const auto* text : {&message.kind, &message.scope, &message.text, &message.html}) {
    if (!is_storable_text(*text)) return unsendable("not UTF-8, or a NUL");
  }
  return {};
}

}  // namespace

struct Outbox::Claimed {
  MailId id{};
  MailMessage message{};  // without bodies
  mail::SealedBody sealed{};
  Timestamp created{}, useful_until{};
  std::int64_t attempts = 0;
  bool withheld = false;

  explicit Claimed(const SqlRow& row)
      : id(row.id<MailId>("id")),
        message{.to = row.text("recipient"), .subject = row.text("subject"), .kind = row.text("kind")},
        sealed{.key_id = static_cast<std::uint8_t>(row.integer("key_id")), .text = row.text_or("sealed_body", "")},
        created(row.time("created_at")),
        useful_until(row.time("useful_until")),
        attempts(row.integer("attempts")),
        withheld(row.integer("withheld") != 0) {}
};

Outbox::Outbox(const crypto::KeyRing& keys, const Clock& clock, Random& random, Logger& logger)
    : bodies_(keys), clock_(&clock), random_(&random), logger_(&logger) {}

Result<> Outbox::put(Transaction& transaction, const MailMessage& message, Timestamp useful_until, Sending sending) {
  const bool withheld = sending == Sending::withheld;
  ROWAN_CHECK(check(message));
  const auto id = MailId::make(*clock_, *random_);
  ROWAN_TRY(const auto sealed, bodies_.seal(id.text(), message, *random_));
  ROWAN_CHECK(transaction.execute(queries::put, {{"id", id},
                                                 {"recipient", message.to},
                                                 {"subject", message.subject},
                                                 {"kind", message.kind},
                                                 {"key_id", sealed.key_id},
                                                 {"sealed_body", sealed.text},
                                                 {"now", clock_->now()},
                                                 {"useful_until", withheld ? long_past : useful_until},
                                                 {"scope", message.scope},
                                                 {"withheld", withheld ? 1 : 0}}));
  if (!has_sender_.exchange(true)) {
    logger_->warning("mails_wait", {{"cause", "this process does not send mails"},
                                    {"way_out",
                                     "call Auth::start(), or Auth::run_due_work() again and again, here or "
                                     "in another process with this database"}});
  }
  return {};
}

Result<std::size_t> Outbox::deliver_due(Database& database, Mailer& mailer, Logger& logger, std::size_t at_most) {
  expect_sender();
  std::size_t sent = 0;
  for (std::size_t i = 0; i < at_most; ++i) {
    ROWAN_TRY(const auto claimed, claim(database));
    if (!claimed) break;
    const auto report = send(*claimed, mailer);
    const bool is_sent = report.delivery == Delivery::sent;
    logger.write(is_sent || claimed->withheld ? LogLevel::info : LogLevel::warning,
                 claimed->withheld ? "mail withheld"
                 : is_sent         ? "mail sent"
                                   : "mail not sent",
                 {{"id", claimed->id.text()},
                  {"kind", claimed->message.kind},
                  {"attempt", claimed->attempts},
                  {"again", report.delivery == Delivery::try_again ? "yes" : "no"},
                  {"detail", report.detail}});
    sent += is_sent;
    ROWAN_CHECK(mark(database, *claimed, report));
  }
  return sent;
}

Result<std::optional<Outbox::Claimed>> Outbox::claim(Database& database) {
  const auto now = clock_->now();
  ROWAN_TRY(const auto due, database.read([&](SqlConnection& connection) {
    return connection.first(queries::any_due, {{"now", now}});
  }));
  if (!due) return std::optional<Claimed>();
  ROWAN_TRY(const auto row, database.transact([&](Transaction& transaction) {
    return transaction.first(queries::claim, {{"now", now}, {"lease_until", now + lease}});
  }));
  if (!row) return std::optional<Claimed>();  // another worker was faster
  return std::optional<Claimed>(std::in_place, *row);
}

// Outside any transaction (docs/architecture.md#transactions). A mail that cannot be opened is refused, so that it
// never stands before the others again.
DeliveryReport Outbox::send(const Claimed& claimed, Mailer& mailer) const {
  if (claimed.withheld) return {.delivery = Delivery::refused, .detail = {}};
  const auto now = clock_->now();
  if (now > claimed.useful_until) return {.delivery = Delivery::refused, .detail = "too late to be useful"};
  OutgoingMail outgoing{.message = claimed.message, .created = claimed.created, .sent = now};
  if (auto opened = bodies_.open(claimed.id.text(), claimed.sealed, outgoing.message); !opened) {
    return {.delivery = Delivery::refused, .detail = opened.error().reason};
  }
  try {
    outgoing.message_id = claimed.id.text() + '@' + mailer.domain();
    return mailer.deliver(outgoing);
  } catch (const std::exception&) {  // an application's Mailer; what() may hold the address
    return {.delivery = Delivery::try_again, .detail = "the mailer threw an exception"};
  }
}

Result<> Outbox::mark(Database& database, const Claimed& claimed, const DeliveryReport& report) {
  const auto now = clock_->now();
  const auto detail = report.detail.substr(0, max_detail);
  return database.transact([&](Transaction& transaction) -> Result<> {
    if (report.delivery == Delivery::sent) {
      ROWAN_CHECK(transaction.execute(queries::mark_sent, {{"id", claimed.id}, {"now", now}}));
    } else if (report.delivery == Delivery::refused || now >= claimed.useful_until) {
      const auto state = now >= claimed.useful_until || claimed.withheld ? "expired" : "refused";
      ROWAN_CHECK(transaction.execute(
          queries::give_up,
          {{"id", claimed.id}, {"state", state}, {"detail", detail}, {"attempts", claimed.attempts}, {"now", now}}));
    } else {
      ROWAN_CHECK(transaction.execute(queries::try_later, {{"id", claimed.id},
                                                           {"next_attempt_at", next_attempt(claimed)},
                                                           {"detail", detail},
                                                           {"attempts", claimed.attempts}}));
    }
    return {};
  });
}

// Never after `useful_until`: at that moment at the latest the row is claimed once more, expires and loses its body.
Timestamp Outbox::next_attempt(const Claimed& claimed) {
  const auto doublings = std::clamp<std::int64_t>(claimed.attempts - 1, 0, 6);
  const auto wait = std::min(first_wait * (std::int64_t{1} << doublings), longest_wait);
  const auto jitter =
      wait / 5 * std::to_integer<int>(random_->bytes<1>()[0]) / 255;  // so that an outage does not end in a burst
  return std::min(clock_->now() + wait + jitter, claimed.useful_until);
}

namespace {

OutboxEntry entry_from(const SqlRow& row) {
  return {.id = row.id<MailId>("id"),
          .to = row.text("recipient"),
          .subject = row.text("subject"),
          .kind = row.text("kind"),
          .state = row.text("state"),
          .attempts = row.integer("attempts"),
          .created = row.time("created_at"),
          .next_attempt = row.time("next_attempt_at"),
          .detail = row.text("detail")};
}

// As queries::shown_state says it. Nothing for all of them.
std::string_view name_of(MailFilter::State state) {
  switch (state) {
    case MailFilter::State::all: break;
    case MailFilter::State::waiting: return "waiting";
    case MailFilter::State::sent: return "sent";
    case MailFilter::State::refused: return "refused";
    case MailFilter::State::expired: return "expired";
    case MailFilter::State::withheld: return "withheld";
  }
  return {};
}

constexpr std::string_view behind_every_id = "g";  // ids are hexadecimal

}  // namespace

Result<std::vector<OutboxEntry>> Outbox::list(Database& database, const MailFilter& filter) const {
  if (filter.limit < 1 || filter.limit > MailFilter::max_limit)
    return Error{.code = ErrorCode::invalid_input,
                 .reason = "limit: must be 1 to " + std::to_string(MailFilter::max_limit)};
  const auto before = filter.before.is_nil() ? std::string(behind_every_id) : filter.before.text();
  ROWAN_TRY(const auto rows, database.read([&](SqlConnection& connection) {
    return connection.query(filter.state == MailFilter::State::all ? queries::list : queries::list_of_state,
                            {{"state", name_of(filter.state)}, {"before", before}, {"at_most", filter.limit}});
  }));
  std::vector<OutboxEntry> entries;
  entries.reserve(rows.size());
  for (const auto& row : rows) entries.push_back(entry_from(row));
  return entries;
}

Result<std::optional<OutboxEntry>> Outbox::find(Database& database, MailId id) const {
  ROWAN_TRY(const auto row,
            database.read([&](SqlConnection& connection) { return connection.first(queries::find, {{"id", id}}); }));
  return row ? std::optional(entry_from(*row)) : std::nullopt;
}

Result<MailCounts> Outbox::count(Database& database) const {
  const auto since = clock_->now() - counted_when_finished;
  ROWAN_TRY(const auto rows, database.read([&](SqlConnection& connection) {
    return connection.query(queries::count, {{"since", since}});
  }));
  MailCounts counts;
  for (const auto& row : rows)
    for (auto [state, count] : {std::pair{"waiting", &counts.waiting},
                                {"sent", &counts.sent},
                                {"refused", &counts.refused},
                                {"expired", &counts.expired}})
      if (row.text("state") == state) *count = row.integer("mails");
  return counts;
}

Result<bool> Outbox::retry(Database& database, MailId id) {
  ROWAN_TRY(const auto changed, database.transact([&](Transaction& transaction) {
    return transaction.execute(queries::retry, {{"id", id}, {"now", clock_->now()}});
  }));
  return changed == 1;
}

Result<> Outbox::give_up_waiting(Sweep& sweep) { return sweep.remove(queries::give_up_waiting, {}); }

Result<> Outbox::forget(Transaction& transaction, std::string_view scope, std::string_view recipient) {
  ROWAN_CHECK(transaction.execute(queries::forget, {{"scope", scope}, {"recipient", recipient}}));
  return {};
}

Result<> Outbox::expire(Sweep& sweep) { return sweep.remove(queries::expire, kept_when_finished); }

}  // namespace rowan
