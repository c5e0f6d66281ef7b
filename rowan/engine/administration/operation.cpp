// What operators' tools ask an Auth: what is declared, how it is doing, and the mails.
#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/engine/parts/preview.hpp>

namespace rowan {

namespace {

DeclaredStrategy description_of(const Strategy& strategy) {
  DeclaredStrategy described{.name = strategy.name,
                             .phases = {},
                             .has_passwords = strategy.set_secret != nullptr,
                             .imports_hashes = strategy.import_secret != nullptr,
                             .issues_sign_ins = strategy.issue_sign_in != nullptr};
  for (const auto& phase : strategy.phases) described.phases.push_back(phase.name);
  return described;
}

}  // namespace

Result<std::vector<MigrationState>> Auth::migration_states() const {
  return rowan::migration_states(core_->spine.database, migrations());
}

Result<> Auth::healthy() const { return core_->health.ask(); }

Dialect Auth::dialect() const { return core_->spine.database.dialect(); }

std::vector<DeclaredSubject> Auth::subjects() const {
  std::vector<DeclaredSubject> all;
  for (const auto& subject : core_->subjects) {
    auto& described = all.emplace_back(DeclaredSubject{.name = subject.name});
    for (const auto& strategy : subject.strategies) described.strategies.push_back(description_of(strategy));
  }
  return all;
}

std::string Auth::sentence(const FieldError& field, std::string_view language) const {
  return core_->pages.field_error(field, language);
}

std::vector<std::string> Auth::languages() const { return core_->pages.languages(); }
std::string Auth::default_language() const { return core_->options.pages.default_language; }

Result<std::vector<OutboxEntry>> Auth::mails(const MailFilter& filter) const {
  return core_->outbox.list(core_->spine.database, filter);
}

Result<std::optional<OutboxEntry>> Auth::mail(MailId id) const { return core_->outbox.find(core_->spine.database, id); }

Result<bool> Auth::retry_mail(MailId id) { return core_->outbox.retry(core_->spine.database, id); }

Result<MailCounts> Auth::count_mails() const { return core_->outbox.count(core_->spine.database); }

Result<std::vector<Finding>> Auth::examine(std::string_view strategy, const Realm& realm) const {
  if (auto base = core_->origins.of(realm.tenant); !base) return std::move(base).error();
  const auto* subject = core_->find_subject(realm.subject);
  const auto slash = strategy.find('/');
  const auto which = slash == std::string_view::npos ? std::string_view() : strategy.substr(slash + 1);
  const auto* found = subject == nullptr ? nullptr : subject->find(strategy.substr(0, slash));
  if (found != nullptr && found->examine) return found->examine(core_->services, realm, which);
  std::string names;
  for (const auto& one : subject == nullptr ? std::vector<Strategy>() : subject->strategies)
    if (one.examine) names += (names.empty() ? "" : ", ") + one.name;
  return Error{.code = ErrorCode::not_found,
               .reason = "no provider is declared as \"" + std::string(strategy) + "\"" +
                         (names.empty() ? std::string() : "; there is " + names)};
}

void Auth::mails_are_sent_elsewhere() { core_->outbox.expect_sender(); }

std::vector<DeclaredLetter> Auth::letters() const { return engine::declared_letters(*core_); }

Result<MailMessage> Auth::preview_letter(std::string_view name, std::string_view language) const {
  return engine::preview_letter(*core_, name, language);
}

std::optional<std::chrono::nanoseconds> Auth::revocation_age() const {
  const auto watermark = core_->revocation.watermark();
  if (watermark.count() < 0) return std::nullopt;
  return core_->clock.elapsed() - watermark;
}

}  // namespace rowan
