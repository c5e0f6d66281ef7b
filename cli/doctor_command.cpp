#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cli/commands.hpp>
#include <cli/findings.hpp>
#include <cli/option.hpp>
#include <cstdio>
#include <rowan/base/config_error.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/engine/services.hpp>

namespace rowan::cli {

namespace {

using std::chrono::milliseconds;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int samples = 7;

// The median, since other programs run beside us. The first hash only brings memory and threads.
Result<Milliseconds> time_of_a_hash(PasswordHasher& hasher) {
  constexpr std::string_view password = "correct horse battery staple";
  std::vector<Milliseconds> taken;
  for (int i = -1; i < samples; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (auto hashed = hasher.verify_nobody(password); !hashed) return std::move(hashed).error();
    if (i >= 0) taken.emplace_back(std::chrono::steady_clock::now() - begin);
  }
  std::ranges::nth_element(taken, taken.begin() + samples / 2);
  return taken[samples / 2];
}

std::string one_decimal(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", number);
  return text.data();
}

Finding look_at_hashes(Auth& auth) {
  auto& hasher = auth.services().hasher();
  const std::string by(hasher.implementation());
  const auto took = time_of_a_hash(hasher);
  if (!took) return {.about = "password hashes", .says = took.error().reason, .is_well = false};
  const bool slow = by == "libsodium" || by == "plain";
  return {.about = "password hashes",
          .says = one_decimal(took->count()) + " ms each, by " + by +
                  (slow ? "; slower than on a processor with AVX2" : "")};
}

Finding look_at_migrations(Auth& auth) {
  Finding finding{.about = "migrations"};
  const auto states = auth.migration_states();
  if (!states) return {.about = finding.about, .says = states.error().reason, .is_well = false};
  const auto missing = std::ranges::count_if(*states, [](const MigrationState& state) { return !state.applied; });
  finding.is_well = missing == 0;
  finding.says = missing == 0 ? "all " + std::to_string(states->size()) + " are applied"
                              : std::to_string(missing) + " are not applied; run `migrate`";
  return finding;
}

Finding look_at_database(Auth& auth) {
  const auto writes = auth.healthy();
  return {.about = "database",
          .says = std::string(auth.dialect() == Dialect::sqlite ? "SQLite" : "PostgreSQL") +
                  (writes ? ", can be written to" : ": " + writes.error().reason),
          .is_well = writes.has_value()};
}

Finding look_at_mails(Auth& auth) {
  const auto counts = auth.count_mails();
  if (!counts) return {.about = "mails", .says = counts.error().reason, .is_well = false};
  return {.about = "mails", .says = std::to_string(counts->waiting) + " wait to be sent"};
}

int examine(Auth& auth, bool json) {
  // Without its tables the database cannot tell about the rest.
  std::vector<Finding> findings{look_at_hashes(auth), look_at_migrations(auth)};
  if (findings.back().is_well) {
    findings.push_back(look_at_database(auth));
    findings.push_back(look_at_mails(auth));
  }
  return print_findings(findings, json);
}

int examine_provider(Auth& auth, const std::string& name, const std::string& subject, bool json) {
  const auto realm_subject = SubjectName::from(subject);
  const auto findings =
      realm_subject
          ? auth.examine(name, {.tenant = {}, .subject = *realm_subject})
          : Result<std::vector<Finding>>(Error{.code = ErrorCode::not_found, .reason = "no such subject: " + subject});
  return findings ? print_findings(*findings, json) : say_failure(auth, findings.error());
}

struct Measured {
  Argon2Options options{};
  Milliseconds took{};
  std::string by{};
};

Result<Measured> measure(const Argon2Options& options) {
  const auto hasher = make_argon2id_hasher(options, system_random());
  auto took = time_of_a_hash(*hasher);
  if (!took) return std::move(took).error();
  return Measured{.options = options, .took = *took, .by = std::string(hasher->implementation())};
}

// More memory first, which costs an attacker more than passes do (RFC 9106 section 4); then more passes. Never less
// than the default.
Result<Measured> suggest(const Measured& standard, Milliseconds wished) {
  constexpr double most_memory = 256 * 1024, most_passes = 16;
  constexpr std::uint32_t step = 1024;
  const auto least = standard.options;
  Result<Measured> best = standard;
  // A few times, since more memory fits the caches less well.
  for (int i = 0; i < 4 && best; ++i) {
    const double factor = wished / best->took;
    if (factor > 0.9 && factor < 1.1) break;
    auto options = best->options;
    const double memory = std::clamp(options.memory_kib * factor, double(least.memory_kib), most_memory);
    options.memory_kib = std::max(least.memory_kib, static_cast<std::uint32_t>(memory) / step * step);
    if (best->options.memory_kib == most_memory && factor > 1)
      options.passes = static_cast<std::uint32_t>(std::min(options.passes * factor, most_passes));
    if (options.memory_kib == best->options.memory_kib && options.passes == best->options.passes) break;
    best = measure(options);
  }
  return best;
}

Json as_json(const Measured& measured) {
  return {{"memory_kib", std::int64_t{measured.options.memory_kib}},
          {"passes", std::int64_t{measured.options.passes}},
          {"milliseconds", one_decimal(measured.took.count())}};
}

std::string as_text(const Measured& measured) {
  return std::to_string(measured.options.memory_kib) + " KiB, " + std::to_string(measured.options.passes) +
         " passes: " + one_decimal(measured.took.count()) + " ms a hash";
}

int examine_argon2(milliseconds wished, bool json) {
  const auto standard = measure({});
  const auto suggested = standard ? suggest(*standard, wished) : Result<Measured>(standard.error());
  if (!suggested) {
    std::fprintf(stderr, "%s\n", suggested.error().reason.c_str());
    return 1;
  }
  if (json) {
    print_line({{"implementation", standard->by}, {"default", as_json(*standard)}, {"suggested", as_json(*suggested)}});
    return 0;
  }
  print("Computed by: " + standard->by + "\nDefault:     " + as_text(*standard) +
        "\nSuggested:   " + as_text(*suggested) + ", for " + std::to_string(wished.count()) +
        " ms\n\n[argon2]\nmemory_kib = " + std::to_string(suggested->options.memory_kib) +
        "\npasses = " + std::to_string(suggested->options.passes) +
        "\n\nEvery sign-in costs this, and each slot needs this memory. Stored hashes follow at the next sign-in.\n");
  return 0;
}

}  // namespace

void add_doctor_command(CLI::App& app, const Access& access, int& status) {
  auto& doctor = add_command(app, access, "doctor", "Look for what is wrong with this installation", "doctor --json");
  auto json = std::make_shared<bool>(false);
  doctor.add_flag("--json", *json, "For programs");

  auto* argon2 = doctor.add_subcommand("argon2", "Measure password hashes here and suggest parameters");
  argon2->footer("Example:\n  " + access.name + " doctor argon2 --time 50");
  auto wished = std::make_shared<unsigned>(20U);
  argon2->add_option("--time", *wished, "How long a hash may take, in milliseconds (20)")
      ->check(CLI::Range(1U, 10'000U));
  argon2->add_flag("--json", *json, "For programs");

  auto* oidc = doctor.add_subcommand(
      "oidc", "Ask a provider ([[oidc]], [[providers]], [[oauth2]]) what it says of itself, and compare");
  oidc->footer("Example:\n  " + access.name + " doctor oidc google\n\nExit code 0: nothing is wrong, 1: something is.");
  auto name = std::make_shared<std::string>(), subject = std::make_shared<std::string>("user");
  oidc->add_option("NAME", *name, "Its name in addresses: /auth/user/NAME/callback")->required();
  oidc->add_option("--subject", *subject, "Whose sign-ins (user)");
  oidc->add_flag("--json", *json, "For programs");
  oidc->fallthrough();  // the options of `doctor`, such as --config

  doctor.callback([access, argon2, oidc, wished, json, name, subject, &status] {
    if (argon2->parsed())
      status = examine_argon2(milliseconds(*wished), *json);
    else if (oidc->parsed())
      status = examine_provider(access.declared(), *name, *subject, *json);
    else
      status = examine(access.declared(), *json);
  });
}

}  // namespace rowan::cli
