#include <algorithm>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/check_options.hpp>
#include <rowan/engine/notices/undo.hpp>
#include <rowan/engine/second_factor/second_factor.hpp>
#include <rowan/engine/web/base_url.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/extra_claims.hpp>
#include <rowan/tokens/signing_keys.hpp>
#include <set>

namespace rowan::engine {

namespace {

using Problems = std::vector<std::string>;

bool is_name(std::string_view name, std::size_t at_most) {
  return !name.empty() && name.size() <= at_most && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void check_base_url(const AuthOptions& options, Problems& problems) {
  const auto base = BaseUrl::parse(*options.base_url);
  if (!base) {
    problems.push_back("base_url: \"" + *options.base_url + "\" is not a valid URL (expected https://notes.example)");
    return;
  }
  if (base->text.size() > 200) problems.push_back("base_url: at most 200 bytes");
  if (!base->https && !base->loopback)
    problems.push_back("base_url: plain http is for development on localhost only; use https://");
  if (!base->https && !options.allow_insecure_cookies_for_development)
    problems.push_back(
        "base_url: over http, cookies cannot be Secure; set allow_insecure_cookies_for_development (only for "
        "development) or use https://");
}

void check_mailer(const AuthOptions& options, Problems& problems) {
  const auto base = BaseUrl::parse(*options.base_url);
  if (base && base->https && !options.mailer->has_sender())
    problems.push_back(
        "mail: `from` is missing; write the address that mails come from, such as "
        "smtp://localhost:25?from=no-reply@your.domain");
}

void check_secrets(const AuthOptions& options, Problems& problems) {
  const auto secrets = options.secret->newest_first();
  if (secrets.empty()) problems.push_back("secret: give at least one of 32 bytes or more");
  for (const auto& secret : secrets) {
    if (secret.missing())
      problems.push_back("secret: " + secret.origin() +
                         " is not set; give it 32 random bytes, such as `openssl rand -base64 32` prints");
    else if (secret.size() < 32)
      problems.push_back("secret: " + secret.origin() + " has " + std::to_string(secret.size()) +
                         " bytes; 32 are needed (RFC 7518 section 3.2)");
    else if (std::set<char>(secret.expose().begin(), secret.expose().end()).size() < 8)
      problems.push_back("secret: " + secret.origin() +
                         " looks like a sample; make a random one, such as `openssl rand -base64 32` prints");
  }
}

// They are read by other programs, and the guard finds where each ends by its quotation mark.
bool is_plain(std::string_view text, std::size_t at_most) {
  return !text.empty() && text.size() <= at_most &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

void check_tokens(const AuthOptions& options, Problems& problems) {
  const auto& tokens = options.tokens;
  using namespace std::chrono_literals;
  constexpr auto names =
      "expected HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA";
  const auto check_algorithm = [&](const std::string& option, const std::string& name) {
    if (const auto algorithm = crypto::jose::algorithm_named(name); !algorithm || name_of(*algorithm) != name)
      problems.push_back(option + ": \"" + name + "\" is not an algorithm (" + names + ")");
  };
  check_algorithm("tokens.algorithm", tokens.algorithm);
  for (const auto& name : tokens.accept) check_algorithm("tokens.accept", name);
  std::size_t bytes = 0;
  for (const auto& audience : tokens.audience) {
    bytes += audience.size();
    if (!is_plain(audience, 200))
      problems.push_back("tokens.audience: 1 to 200 printable letters each, without spaces and quotation marks");
  }
  if (tokens.audience.size() > 8 || bytes > 400)
    problems.push_back("tokens.audience: at most 8, of 400 bytes together");
  if (!options.audience.empty() && !is_plain(options.audience, 200))
    problems.push_back("audience: 1 to 200 printable letters, without spaces and quotation marks");
  if (!options.audience.empty() && !tokens.audience.empty())
    problems.push_back("audience: give either audience or tokens.audience, not both");
  for (const auto& acr : {tokens.acr, tokens.acr_two_factors})
    if (!acr.empty() && !is_plain(acr, 100))
      problems.push_back("tokens.acr: at most 100 printable letters, without spaces and quotation marks");
  if (tokens.leeway < 0s || tokens.leeway > 5min) problems.push_back("tokens.leeway: 0 to 5 minutes");
  if (tokens.rotate_every != 0s &&
      (tokens.rotate_every < std::chrono::days(7) || tokens.rotate_every > std::chrono::days(365)))
    problems.push_back("tokens.rotate_every: 7 to 365 days, or 0 for never");
  if (tokens.publish_before < 2 * tokens::key_set_max_age || tokens.publish_before > std::chrono::days(3))
    problems.push_back(
        "tokens.publish_before: 30 minutes to 3 days; services keep the list of keys for a quarter of an hour");
  if (tokens.rsa_bits < crypto::jose::least_rsa_bits_of_ours || tokens.rsa_bits > crypto::jose::most_rsa_bits_of_ours)
    problems.push_back("tokens.rsa_bits: 3072 to 4096");
  if (const auto text = tokens::extra_claims_text(std::span(&tokens.claims, 1)); !text)
    problems.push_back("tokens." + text.error().reason);
  if (!tokens.introspection) return;
  if (!is_plain(tokens.introspection->id, 100) || tokens.introspection->id.contains(':'))
    problems.push_back("tokens.introspection: the id has 1 to 100 printable letters, without colons");
  const auto secrets = tokens.introspection->secrets.newest_first();
  if (secrets.empty() || secrets.size() > 4) problems.push_back("tokens.introspection: give 1 to 4 secrets");
  for (const auto& secret : secrets) {
    if (secret.missing())
      problems.push_back("tokens.introspection: " + secret.origin() + " is not set; give it 32 random bytes");
    else if (secret.size() < 32 || secret.size() > 256)
      problems.push_back("tokens.introspection: " + secret.origin() + " has " + std::to_string(secret.size()) +
                         " bytes; 32 to 256 are needed");
  }
}

// OWASP's Password Storage Cheat Sheet for one lane (PWD-13). A hasher given as a seam answers for itself.
void check_argon2(const AuthOptions& options, Problems& problems) {
  if (options.hasher != nullptr) return;
  const auto passes = options.argon2.passes;
  const std::uint32_t least = passes >= 3 ? 12288 : passes == 2 ? 19456 : 47104;
  if (options.argon2.memory_kib < least)
    problems.push_back("argon2.memory_kib: at least " + std::to_string(least) + " with " + std::to_string(passes) +
                       (passes == 1 ? " pass" : " passes") +
                       ", or guessing is too cheap for an attacker; use the default");
}

// What would otherwise be found by the first visitor, or never: a form that vanishes, an address that is not there.
void check_declaration(const Strategy& strategy, const std::string& of, Problems& problems) {
  const auto is_phase = [&](const std::string& name) {
    return name.empty() || std::ranges::find(strategy.phases, name, &Phase::name) != strategy.phases.end();
  };
  std::set<std::string_view> names;
  for (const auto& phase : strategy.phases) {
    const auto at = of + phase.name + ": ";
    if (!names.insert(phase.name).second) problems.push_back(at + "two phases are called so");
    if (!phase.run) problems.push_back(at + "has no run");
    if (!phase.path.empty() && !phase.path.starts_with('/')) problems.push_back(at + "its path must begin with /");
    for (const auto& limit : phase.limits)
      if (limit.per == RateLimit::Per::identifier &&
          std::ranges::find(phase.inputs, limit.input, &Input::name) == phase.inputs.end())
        problems.push_back(at + "limit " + limit.name + " counts input \"" + limit.input + "\", which is not declared");
  }
  for (const auto& panel : strategy.panels)
    if (!is_phase(panel.phase))
      problems.push_back(of + "panel " + panel.template_name + ": there is no phase " + panel.phase);
  for (const auto& document : strategy.well_known) {
    if (!is_name(document.name, 63))
      problems.push_back(of + "well-known \"" + document.name + "\": lower case letters, digits and _");
    if (!document.document) problems.push_back(of + "well-known " + document.name + ": has no document");
  }
  for (const auto& page : strategy.pages) {
    if (!page.path.starts_with('/')) problems.push_back(of + "page \"" + page.path + "\": its path must begin with /");
    if (!is_phase(page.phase)) problems.push_back(of + "page " + page.path + ": there is no phase " + page.phase);
  }
}

void check_subject(const SubjectOptions& subject, std::string_view base_url, Problems& problems) {
  if (!is_name(subject.name, 31))
    problems.push_back("subjects: \"" + subject.name + "\" must be lower case letters, digits and _, at most 31");
  SubjectView view{.name = subject.name, .base_url = base_url, .strategies = {}, .add_ons = {}};
  std::set<std::string_view> names;
  const auto add = [&](const Strategy& strategy, std::vector<std::string_view>& list) {
    if (!is_name(strategy.name, 23))
      problems.push_back(subject.name + ": strategy name \"" + strategy.name +
                         "\" must be lower case letters, digits and _, at most 23");
    if (strategy.name == notices_name)
      problems.push_back(subject.name + ": the name \"" + strategy.name +
                         "\" is taken by what Rowan declares itself; give it a different .name");
    if (strategy.name == second_factor_name || strategy.name == browsers_name)
      problems.push_back(subject.name + ": the name \"" + strategy.name +
                         "\" is taken by what Rowan declares beside second factors; give it a different .name");
    if (!names.insert(strategy.name).second)
      problems.push_back(subject.name + ": two strategies or add-ons are called \"" + strategy.name +
                         "\"; give one of them a different .name");
    list.push_back(strategy.name);
  };
  for (const auto& strategy : subject.strategies) add(strategy, view.strategies);
  for (const auto& add_on : subject.add_ons) {
    view.add_ons.push_back(add_on.name);
    for (const auto& part : add_on.parts) add(part, view.strategies);
  }
  const auto ask = [&](const Strategy& strategy) {
    const auto name = subject.name + "." + strategy.name + ": ";
    for (const auto& problem : problems_of(strategy.options)) problems.push_back(name + problem);
    for (const auto& phase : strategy.phases)
      for (const auto& input : phase.inputs)
        if (input.in_path && !(phase.path + "/").contains("/:" + input.name + "/"))
          problems.push_back(name + phase.name + ": its path has no :" + input.name + ", which an input is read from");
    check_declaration(strategy, name, problems);
    if (!strategy.check) return;
    for (const auto& problem : strategy.check(view)) problems.push_back(name + problem);
  };
  for (const auto& strategy : subject.strategies) ask(strategy);
  for (const auto& add_on : subject.add_ons)
    for (const auto& part : add_on.parts) ask(part);
}

void check_second_factor(const SecondFactorPolicy& policy, Problems& problems) {
  if (policy.grace < std::chrono::seconds(0) || policy.grace > std::chrono::days(365))
    problems.push_back("second_factor.grace: 0 to 365 days");
  if (policy.trust_browsers < std::chrono::seconds(0) || policy.trust_browsers > std::chrono::days(365))
    problems.push_back("second_factor.trust_browsers: 0 (never) to 365 days");
}

// Who must have a second factor and cannot set one up would never be let in.
void check_enrolment(const AuthOptions& options, Problems& problems) {
  if (!options.second_factor.required) return;
  const auto enrols = [](const std::vector<Strategy>& strategies) {
    return std::ranges::any_of(strategies, [](const Strategy& strategy) {
      return std::ranges::any_of(strategy.phases,
                                 [](const Phase& phase) { return phase.who == Who::session_or_enrolling; });
    });
  };
  bool all = options.subjects.empty() ? enrols(options.strategies) : true;
  for (const auto& subject : options.subjects) all = all && enrols(subject.strategies);
  if (!all)
    problems.push_back(
        "second_factor.required: no strategy sets a second factor up; declare one, such as rowan::totp()");
}

// Its origin goes into a header and its text into every page.
bool is_logo(std::string_view text) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?[]@!$&()*+=%";
  if (text.find_first_not_of(allowed) != std::string_view::npos) return false;
  if (text.starts_with('/')) return !text.starts_with("//");
  return BaseUrl::parse(text.substr(0, text.find('?'))).has_value();
}

}  // namespace

void check_options(const AuthOptions& options) {
  Problems problems;
  if (!options.pages.logo_url.empty() && !is_logo(options.pages.logo_url))
    problems.push_back("pages.logo_url: \"" + options.pages.logo_url +
                       "\" is neither a path (expected /logo.svg) nor a URL (expected https://notes.example/logo.svg)");
  check_base_url(options, problems);
  check_mailer(options, problems);
  check_secrets(options, problems);
  check_argon2(options, problems);
  check_tokens(options, problems);
  check_second_factor(options.second_factor, problems);
  if (!options.subjects.empty() && !(options.strategies.empty() && options.add_ons.empty()))
    problems.push_back("subjects: give either .subjects or .strategies and .add_ons, not both");
  std::set<std::string_view> names;
  for (const auto& subject : options.subjects) {
    if (!names.insert(subject.name).second) problems.push_back("subjects: two are called \"" + subject.name + "\"");
    check_subject(subject, *options.base_url, problems);
  }
  if (options.subjects.empty())
    check_subject({.name = "user", .strategies = options.strategies, .add_ons = options.add_ons}, *options.base_url,
                  problems);
  check_enrolment(options, problems);
  for (const auto& range : options.trusted_proxies)
    if (!http::IpRange::parse(range))
      problems.push_back("trusted_proxies: \"" + range + "\" is not a CIDR range (expected 127.0.0.1/32)");
  for (const auto& text : options.allowed_origins) {
    const auto url = BaseUrl::parse(text);
    if (!url || !url->path.empty() || (!url->https && !url->loopback))
      problems.push_back("allowed_origins: \"" + text +
                         "\" is not an origin (expected https://app.notes.example, without a path)");
  }
  if (options.session.account_cache_lifetime <= std::chrono::seconds(0) ||
      options.session.account_cache_lifetime > std::chrono::hours(1))
    problems.push_back("session.account_cache_lifetime: must be positive and at most an hour");
  // A dead generation is remembered that long: nothing may outlive it.
  if (options.session.lifetime > tokens::longest_lifetime) problems.push_back("session.lifetime: at most 60 days");
  if (options.token_lifetime > tokens::longest_lifetime) problems.push_back("token_lifetime: at most 60 days");
  if (options.session.lifetime <= std::chrono::seconds(0) || options.session.idle <= std::chrono::seconds(0) ||
      options.token_lifetime <= std::chrono::seconds(0))
    problems.push_back("session.lifetime, session.idle, token_lifetime: must be positive");
  if (options.session.revocation_bound <= options.session.poll_interval)
    problems.push_back("session.revocation_bound: must be longer than session.poll_interval");
  if (!problems.empty()) throw ConfigError(problems);
}

}  // namespace rowan::engine

namespace rowan {

bool SubjectView::has(std::string_view wanted) const {
  return std::find(strategies.begin(), strategies.end(), wanted) != strategies.end() ||
         std::find(add_ons.begin(), add_ons.end(), wanted) != add_ons.end();
}

}  // namespace rowan
