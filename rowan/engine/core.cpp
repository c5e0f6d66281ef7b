#include <rowan/base/config_error.hpp>
#include <rowan/base/words.hpp>
#include <rowan/engine/administration/close_account.hpp>
#include <rowan/engine/check_options.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/engine/notices/undo.hpp>
#include <rowan/engine/parts/preview.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/engine/second_factor/second_factor.hpp>
#include <rowan/engine/web/route_table.hpp>
#include <set>

namespace rowan::engine {

namespace {

AuthOptions checked(AuthOptions options) {
  check_options(options);
  return options;
}

std::vector<Subject> resolve_subjects(const AuthOptions& options, const std::string& session_cookie) {
  auto declared = options.subjects;
  if (declared.empty())
    declared.push_back({.name = "user", .strategies = options.strategies, .add_ons = options.add_ons});
  std::vector<Subject> subjects;
  for (auto& given : declared) {
    Subject subject{.name = SubjectName::from(given.name).value(), .strategies = given.strategies};
    for (auto& add_on : given.add_ons)
      subject.strategies.insert(subject.strategies.end(), add_on.parts.begin(), add_on.parts.end());
    if (!subject.strategies.empty()) subject.strategies.push_back(notices());
    std::ranges::move(beside_second_factors(subject.strategies, options.second_factor),
                      std::back_inserter(subject.strategies));
    subject.has_request_credentials = std::ranges::any_of(
        subject.strategies, [](const Strategy& strategy) { return bool(strategy.request_credential.is_ours); });
    // A cookie for each subject: the answers to two requests at once must not undo each other's.
    if (subject.remembering() != nullptr)
      subject.remember_cookie =
          session_cookie + "_remember" + (subjects.empty() ? "" : "_" + std::string(subject.name.view()));
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

std::vector<http::IpRange> resolve_proxies(const AuthOptions& options) {
  std::vector<http::IpRange> ranges;
  for (const auto& text : options.trusted_proxies)
    if (const auto range = http::IpRange::parse(text)) ranges.push_back(*range);
  return ranges;
}

// A logo on this host needs no origin of its own.
std::string resolve_logo_origin(const AuthOptions& options) {
  const auto url = BaseUrl::parse(std::string_view(options.pages.logo_url).substr(0, options.pages.logo_url.find('?')));
  return url ? url->origin : std::string();
}

std::vector<std::string> resolve_origins(const AuthOptions& options) {
  std::vector<std::string> origins;
  for (const auto& text : options.allowed_origins)
    if (auto url = BaseUrl::parse(text)) origins.push_back(std::move(url->origin));
  return origins;
}

std::vector<EmbeddedFile> collect_templates(const std::vector<Subject>& subjects) {
  std::vector<EmbeddedFile> templates;
  for (const auto& subject : subjects)
    for (const auto& strategy : subject.strategies)
      templates.insert(templates.end(), strategy.templates.begin(), strategy.templates.end());
  return templates;
}

bool calls_others(const std::vector<Subject>& subjects) {
  for (const auto& subject : subjects)
    for (const auto& strategy : subject.strategies)
      for (const auto& phase : strategy.phases)
        if (phase.cost == Cost::outgoing) return true;
  return false;
}

using crypto::jose::Algorithm;
using crypto::jose::Algorithms;

Algorithm resolve_algorithm(const TokenOptions& options) {
  return crypto::jose::algorithm_named(options.algorithm).value();
}

Algorithms resolve_accepted(const TokenOptions& options) {
  Algorithms accepted{resolve_algorithm(options)};
  for (const auto& name : options.accept) accepted.add(crypto::jose::algorithm_named(name).value());
  return accepted;
}

tokens::SigningKeyRules resolve_key_rules(const TokenOptions& options) {
  return {.algorithm = resolve_algorithm(options),
          .accepted = resolve_accepted(options),
          .rsa_bits = options.rsa_bits,
          .rotate_every = options.rotate_every,
          .publish_before = options.publish_before};
}

tokens::BearerRules resolve_token_rules(const AuthOptions& options, const std::string& base_url) {
  auto audience = options.tokens.audience;
  if (audience.empty()) audience.push_back(options.audience.empty() ? base_url : options.audience);
  return {.issuer = base_url,
          .audience = std::move(audience),
          .algorithm = resolve_algorithm(options.tokens),
          .accepted = resolve_accepted(options.tokens),
          .leeway = options.tokens.leeway,
          .acr_of_one = options.tokens.acr,
          .acr_of_two = options.tokens.acr_two_factors};
}

void check_notices(const std::vector<std::string>& off, const std::vector<Subject>& subjects,
                   std::vector<std::string>& problems) {
  std::set<std::string> known;
  for (const auto& subject : subjects)
    for (const auto& strategy : subject.strategies)
      for (const auto& letter : strategy.letters)
        if (letter.is_notice) known.insert(letter.name);
  for (const auto& name : off)
    if (!known.contains(name))
      problems.push_back("notices_off: no notice is called \"" + name +
                         "\"; there are: " + join(std::vector<std::string>(known.begin(), known.end()), ", "));
}

// A template that is not there would be found by the first visitor of its page.
void check_templates(const std::vector<Subject>& subjects, const Pages& pages, std::vector<std::string>& problems) {
  for (const auto& subject : subjects)
    for (const auto& strategy : subject.strategies) {
      const auto check = [&](const std::string& name, std::string_view of) {
        if (!name.empty() && !pages.has(name))
          problems.push_back(subject.name.text() + "." + strategy.name + ": " + std::string(of) +
                             ": there is no template " + name);
      };
      for (const auto& panel : strategy.panels) check(panel.template_name, "a panel");
      for (const auto& page : strategy.pages) check(page.template_name, "page " + page.path);
      for (const auto& phase : strategy.phases) check(phase.page, phase.name);
    }
}

}  // namespace

const Strategy* Subject::find(std::string_view strategy) const {
  for (const auto& declared : strategies)
    if (declared.name == strategy) return &declared;
  return nullptr;
}

const Strategy* Subject::remembering() const {
  for (const auto& declared : strategies)
    if (declared.remembers.recognise) return &declared;
  return nullptr;
}

Core::Core(AuthOptions given)
    : options(checked(std::move(given))),
      origins(*BaseUrl::parse(*options.base_url), options.base_url_of),
      base(origins.own()),
      logo_origin(resolve_logo_origin(options)),
      allowed_origins(resolve_origins(options)),
      session_cookie(options.allow_insecure_cookies_for_development && !base.https ? "rowan" : "__Host-rowan"),
      state_cookie(session_cookie + "_state"),
      device_cookie(session_cookie + "_device"),
      subjects(resolve_subjects(options, session_cookie)),
      trusted_proxies(resolve_proxies(options)),
      clock(options.clock ? *options.clock : system_clock()),
      random(options.random ? *options.random : system_random()),
      own_scheduler(options.scheduler ? nullptr : make_thread_scheduler()),
      scheduler(options.scheduler ? *options.scheduler : *own_scheduler),
      logger(options.logger ? *options.logger : silent_logger()),
      own_hasher(options.hasher ? nullptr : make_argon2id_hasher(options.argon2, random)),
      hasher(options.hasher ? *options.hasher : *own_hasher),
      own_http_client(options.http_client == nullptr && calls_others(subjects) ? http::open_client(options.outgoing)
                                                                               : nullptr),
      keys(*options.secret),
      pages(options.pages, collect_templates(subjects)),
      outbox(keys, clock, random, logger),
      numbers(*options.database),
      revocation(*options.database, numbers, clock, random, logger),
      links(keys, clock, random),
      codes(keys, clock, random),
      addresses(standard_addresses(base.path, subjects)),
      limits(*options.database, keys, clock, options.limits_enabled),
      signing_keys(resolve_key_rules(options.tokens), keys, *options.database, numbers, revocation, clock, random,
                   logger),
      bearers(keys, resolve_token_rules(options, base.text), signing_keys, random),
      session_seal(keys, clock, random, session_cookie, base.text),
      state_seal(keys, clock, random, state_cookie, base.text),
      remember_seal(keys, clock, random, session_cookie + "_remember", base.text),
      form_mac(keys.derive(0, "form secret", "remembered").bytes()),
      accounts(clock, options.session.account_cache_lifetime),
      credentials(clock, random, options.session.account_cache_lifetime),
      seen(reseal_after(options.session)),
      health(*options.database, clock),
      watches(std::make_shared<Watches>(revocation, numbers, clock, logger, options.session.revocation_bound)),
      spine{
          .database = *options.database,
          .clock = clock,
          .random = random,
          .scheduler = scheduler,
          .logger = logger,
          .keys = keys,
          .hasher = hasher,
          .http_client = options.http_client != nullptr ? options.http_client : own_http_client.get(),
          .outbox = outbox,
          .pages = pages,
          .numbers = numbers,
          .revocation = revocation,
          .links = links,
          .codes = codes,
          .limits = limits,
          .addresses = addresses,
          .origins = origins,
          .app_name = options.pages.app_name,
          .strategies_of = [this](const SubjectName& name) -> std::span<const Strategy> {
            const auto* subject = find_subject(name);
            return subject == nullptr ? std::span<const Strategy>() : subject->strategies;
          },
          .close_account = [this](AccountId id, const auto& with) { return close_account(*this, id, with, "account"); },
          .end_everything =
              [this](AccountId id, const auto& with) {
                return act_and_end(*this, id, [&](Transaction& transaction, const accounts::Account& account) {
                  auto done = with(transaction, account.user);
                  if (done) done = tell(transaction, *this, act_on(account.user, "end_everything", "account"));
                  return done ? Result<bool>(true) : Result<bool>(std::move(done).error());
                });
              },
          .tell = [this](Transaction& transaction,
                         const AuthEvent& event) { return engine::tell(transaction, *this, event); },
          .hooks_of = [this](const SubjectName& name) { return engine::hooks_of(*this, name); },
          .bearers = bearers,
          .session_idle = options.session.idle,
          .notices_off = options.notices_off},
      services(spine),
      feed_is_away(false),
      expiring(),
      writing_seen(),
      tending(),
      starting(),
      tasks() {
  auto problems = problems_of_letters(*this);
  check_notices(options.notices_off, subjects, problems);
  check_templates(subjects, pages, problems);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  revocation.on_account_changed([this](std::optional<std::int64_t> generation) {
    if (generation) {
      accounts.forget(*generation);
      watches->learnt(*generation);
    } else {
      accounts.forget_all();
    }
  });
}

const Subject* Core::find_subject(std::string_view name) const {
  for (const auto& subject : subjects)
    if (subject.name == name) return &subject;
  return nullptr;
}

std::vector<const Hooks*> Core::hooks(const Subject& subject) const {
  std::vector<const Hooks*> all;
  for (const auto& strategy : subject.strategies) all.push_back(&strategy.hooks);
  all.push_back(&options.hooks);
  return all;
}

}  // namespace rowan::engine
