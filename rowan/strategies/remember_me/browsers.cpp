#include <charconv>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/browser_name.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/remember_me/browsers.hpp>
#include <rowan/strategies/remember_me/queries.hpp>
#include <rowan/strategies/remember_me/theft.hpp>

namespace rowan::strategies::remember_me {

namespace {

constexpr std::size_t id_length = 22;  // 16 bytes

// A browser shows nothing when it is recognised: its session has no evidence, and no time at which any was shown.
constexpr Timestamp never{};

struct Found {
  KeptText kept{};
  AccountId account{};
  std::int64_t generation = 0, tenant_generation = 0, step = 0, session = 0;
  Timestamp session_expires_at{}, used_at{}, expires_at{};
};

// Nodes' clocks differ a little, so it may have been used a moment from now.
bool was_used_within(Timestamp used_at, std::chrono::seconds window, Timestamp now) {
  const auto ago = now < used_at ? used_at - now : now - used_at;
  return ago <= window;
}

// Whether the browser shows a step that was used too long ago for a tab that is slow.
bool is_copy(const KeptText& kept, std::int64_t step, Timestamp used_at, const RememberMeOptions& options,
             Timestamp now) {
  if (kept.step >= step) return false;
  return kept.step + 1 < step || !was_used_within(used_at, options.repeat_within, now);
}

// The step before is of a tab that is slow. The one that is next, this soon, is of a browser that lost its session, or
// of somebody who asks again and again: it gets no further one. The session of the sign-in itself (step 0) has shown
// more than being remembered.
bool is_made_already(const Found& found, const RememberMeOptions& options, Timestamp now) {
  const auto next = found.kept.step == found.step && found.step > 0;
  return (next || found.kept.step + 1 == found.step) && was_used_within(found.used_at, options.repeat_within, now);
}

MadeAlready made_already(const Found& found, const Realm& realm) {
  MadeAlready made{
      .session = {},
      .keeps = {.text = KeptText{.id = found.kept.id, .step = found.step}.text(), .until = found.expires_at}};
  auto& session = made.session;
  session.id = found.account;
  session.realm = realm;
  session.numbers = {
      .token = found.session, .account_generation = found.generation, .tenant_generation = found.tenant_generation};
  session.methods.put("remember_me", {}, never);
  session.expires_at = found.session_expires_at;
  return made;
}

// Who is quicker takes the step; whoever comes second looks again. The account is locked first, as everywhere.
Result<Applied> take_step(Transaction& transaction, const Found& found, Timestamp now) {
  ROWAN_CHECK(accounts::lock(transaction, found.account));
  ROWAN_TRY(const auto row,
            transaction.first(sql::use, {{"id", found.kept.id}, {"step", found.kept.step}, {"now", now}}));
  if (!row) return wrong_credential("the browser's secret was used meanwhile");
  return Applied{
      .account = row->id<AccountId>("account_id"),
      .generation = row->integer("generation"),
      .keeps = BrowserKeeps{.text = KeptText{.id = found.kept.id, .step = found.kept.step + 1}.text(),
                            .until = row->time("expires_at")},
      .goes_on_from = EarlierSession{.number = row->integer("session"), .expires_at = row->time("session_expires_at")}};
}

// Under the lock of its account; nullopt when somebody was quicker.
struct TakenOut {
  SqlRow row;
  bool is_good = false;  // a browser could have come back by it
};
Result<std::optional<TakenOut>> take_out(Transaction& transaction, const std::string& id, Timestamp now) {
  ROWAN_TRY(const auto whose, transaction.first(sql::whose, {{"id", id}}));
  if (!whose) return std::nullopt;
  ROWAN_TRY(const auto account, accounts::lock(transaction, whose->id<AccountId>("account_id")));
  ROWAN_TRY(auto row, transaction.first(sql::forget, {{"id", id}}));
  if (!row) return std::nullopt;
  const bool is_good = account && account->generation == row->integer("generation") && row->time("expires_at") > now;
  return TakenOut{.row = *std::move(row), .is_good = is_good};
}

Result<Recognised> ended(const Services& services, std::int64_t session) {
  ROWAN_CHECK(
      services.database().transact([&](Transaction& transaction) { return forget_session(transaction, session); }));
  return Recognised(Unidentified{"its session was ended"});
}

Result<Recognised> stolen(const Services& services, const std::string& id, const Visitor& visitor) {
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto taken, take_out(transaction, id, services.clock().now()));
    return taken ? end_stolen(transaction, services, taken->row, visitor) : Result<>();
  }));
  return Recognised(Unidentified{"a secret from before: somebody has a copy"});
}

}  // namespace

std::string KeptText::text() const { return id + "." + std::to_string(step); }

std::optional<KeptText> KeptText::parse(std::string_view text) {
  if (text.size() < id_length + 2 || text[id_length] != '.') return std::nullopt;
  KeptText kept{.id = std::string(text.substr(0, id_length))};
  const auto digits = text.substr(id_length + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), kept.step);
  if (error != std::errc() || end != digits.data() + digits.size() || kept.step < 0) return std::nullopt;
  return kept;
}

Result<BrowserKeeps> remember(Transaction& transaction, const Services& services, const Claims& session,
                              const Visitor& visitor, const RememberMeOptions& options) {
  const KeptText kept{.id = to_base64url(services.random().bytes<16>())};
  const auto now = services.clock().now();
  const auto until = now + options.lifetime;
  ROWAN_CHECK(transaction.execute(sql::insert, {{"id", kept.id},
                                                {"account", session.id},
                                                {"tenant", session.realm.tenant},
                                                {"subject", session.realm.subject},
                                                {"generation", session.numbers.account_generation},
                                                {"tenant_generation", session.numbers.tenant_generation},
                                                {"session", session.numbers.token},
                                                {"session_expires_at", session.expires_at},
                                                {"browser", browser_name(visitor.user_agent)},
                                                {"address", visitor.address.text()},
                                                {"now", now},
                                                {"expires_at", until}}));
  ROWAN_CHECK(transaction.execute(sql::keep_newest, {{"account", session.id}, {"most", options.browsers}}));
  return BrowserKeeps{.text = kept.text(), .until = until};
}

Result<Recognised> recognise(const Services& services, const Realm& realm, std::string_view text,
                             const Visitor& visitor, const RememberMeOptions& options) {
  const auto kept = KeptText::parse(text);
  if (!kept) return Recognised(Unidentified{"not what a browser keeps"});
  ROWAN_TRY(const auto row, services.database().read([&](SqlConnection& connection) {
    return connection.first(sql::look_up, {{"id", kept->id}, {"tenant", realm.tenant}, {"subject", realm.subject}});
  }));
  if (!row) return Recognised(Unidentified{"the browser is not remembered any more"});
  if (row->integer("is_ended") != 0) return ended(services, row->integer("session"));
  const Found found{.kept = *kept,
                    .account = row->id<AccountId>("account_id"),
                    .generation = row->integer("generation"),
                    .tenant_generation = row->integer("tenant_generation"),
                    .step = row->integer("step"),
                    .session = row->integer("session"),
                    .session_expires_at = row->time("session_expires_at"),
                    .used_at = row->time("used_at"),
                    .expires_at = row->time("expires_at")};
  const auto now = services.clock().now();
  if (found.expires_at <= now) return Recognised(Unidentified{"the browser was remembered long enough"});
  if (found.generation != row->integer("generation_now") ||
      found.tenant_generation != row->integer("tenant_generation_now"))
    return Recognised(Unidentified{"ended with the account's sessions"});
  if (kept->step > found.step) return Recognised(Unidentified{"from after a backup that was restored"});
  if (is_copy(*kept, found.step, found.used_at, options, now)) return stolen(services, kept->id, visitor);
  if (is_made_already(found, options, now)) return Recognised(made_already(found, realm));
  return Recognised(
      SignedIn{.method = "remember_me",
               .apply = [found, now](Transaction& transaction) { return take_step(transaction, found, now); },
               .shown_at = never});
}

Result<> goes_on(Transaction& transaction, const Services&, std::string_view text, const Claims& session) {
  const auto kept = KeptText::parse(text);
  if (!kept) return {};
  ROWAN_CHECK(transaction.execute(sql::go_on, {{"session", session.numbers.token},
                                               {"session_expires_at", session.expires_at},
                                               {"id", kept->id},
                                               {"account", session.id}}));
  return {};
}

Result<AccountId> forget(Transaction& transaction, const Services& services, std::string_view text,
                         const Visitor& visitor, const RememberMeOptions& options) {
  const auto kept = KeptText::parse(text);
  if (!kept) return AccountId();
  const auto now = services.clock().now();
  ROWAN_TRY(const auto taken, take_out(transaction, kept->id, now));
  if (!taken) return AccountId();
  const auto& row = taken->row;
  if (taken->is_good && is_copy(*kept, row.integer("step"), row.time("used_at"), options, now))
    ROWAN_CHECK(end_stolen(transaction, services, row, visitor));
  else
    ROWAN_CHECK(end_session_of(transaction, services, row));
  return row.id<AccountId>("account_id");
}

Result<> forget_session(Transaction& transaction, std::int64_t session) {
  ROWAN_CHECK(transaction.execute(sql::forget_session, {{"session", session}}));
  return {};
}

Result<> forget_all(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(sql::forget_all, {{"account", account}}));
  return {};
}

}  // namespace rowan::strategies::remember_me
