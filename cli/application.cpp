#include <algorithm>
#include <cli/application.hpp>
#include <cli/development.hpp>
#include <cli/settings.hpp>
#include <functional>
#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>

namespace rowan::cli {

namespace {

// Stands in while the other options are checked, so that all problems are said at once.
class NoDatabase final : public Database {
 public:
  Dialect dialect() const override { return Dialect::sqlite; }

 protected:
  Result<> with_reader(const std::function<void(SqlConnection&)>&) override { return away(); }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>&, Durability) override { return away(); }

 private:
  static Error away() { return {.code = ErrorCode::unavailable, .reason = "there is no database"}; }
};

Secret secret_from(const std::string& text) {
  if (text.starts_with("env:")) return Secret::from_env(text.substr(4));
  if (text.starts_with("file:")) return Secret::from_file(text.substr(5));
  return Secret::from_text(text);
}

Secrets secrets_from(const std::vector<std::string>& texts) {
  std::vector<Secret> secrets;
  for (const auto& text : texts) secrets.push_back(secret_from(text));
  return Secrets(std::move(secrets));
}

TokenOptions tokens_of(const Config& config) {
  const auto& given = config.tokens;
  TokenOptions options{.algorithm = given.algorithm,
                       .accept = given.accept,
                       .audience = given.audience,
                       .leeway = given.leeway,
                       .acr = given.acr,
                       .acr_two_factors = given.acr_two_factors,
                       .rotate_every = given.rotate_every,
                       .publish_before = given.publish_before,
                       .rsa_bits = static_cast<int>(given.rsa_bits)};
  if (!given.introspection_client.empty())
    options.introspection.emplace(
        IntrospectionClient{.id = given.introspection_client, .secrets = secrets_from(given.introspection_secrets)});
  return options;
}

// Of a strategy for the engine ("user.confirm_new_user") → of its room in the file ("confirmation").
using Sections = std::map<std::string, const Room*>;

void name_parts(Sections& sections, const SubjectOptions& subject, const Room& room) {
  const auto add = [&](const Strategy& part) { sections.emplace(subject.name + "." + part.name, &room); };
  for (const auto& strategy : subject.strategies) add(strategy);
  for (const auto& add_on : subject.add_ons)
    for (const auto& part : add_on.parts) add(part);
}

std::vector<SubjectOptions> subjects_of(const Config& config, Sections* sections = nullptr) {
  std::vector<SubjectOptions> subjects;
  for (const auto& given : config.subjects) {
    SubjectOptions subject{.name = given.name};
    for (const auto& on : given.rooms) {
      on.room->declare(on.options, subject);
      if (sections != nullptr) name_parts(*sections, subject, *on.room);
    }
    subjects.push_back(std::move(subject));
  }
  if (config.dev && !subjects.empty()) subjects.front().add_ons.push_back(development_pages());
  return subjects;
}

PagesOptions pages_of(const Config& config) {
  return {.app_name = config.pages.app_name,
          .logo_url = config.pages.logo_url,
          .template_folder = config.pages.template_folder,
          .text_folder = config.pages.text_folder,
          .theme_css = config.pages.theme_css,
          .default_language = config.pages.default_language};
}

SecondFactorPolicy policy_of(const Config& config) {
  SecondFactorPolicy policy{.grace = config.second_factor.grace, .trust_browsers = config.second_factor.trust_browsers};
  if (config.second_factor.required) policy.required = [](const User&) { return true; };
  return policy;
}

std::unique_ptr<Auth> make_auth(const Config& config, Database& database, Mailer& mailer, Logger& logger,
                                Hooks hooks = {}) {
  return std::make_unique<Auth>(AuthOptions{
      .base_url = config.base_url,
      .database = database,
      .mailer = mailer,
      .secret = secrets_from(config.secrets),
      .subjects = subjects_of(config),
      .hooks = std::move(hooks),
      .second_factor = policy_of(config),
      .notices_off = config.notices_off,
      .token_lifetime = config.tokens.lifetime,
      .tokens = tokens_of(config),
      .argon2 = config.argon2,
      .pages = pages_of(config),
      .trusted_proxies = config.trusted_proxies,
      .limits_enabled = config.limits_enabled,
      .allow_insecure_cookies_for_development = config.dev,
      .logger = &logger,
  });
}

template <class Open>
void collect(std::vector<std::string>& problems, const Open& open) {
  try {
    open();
  } catch (const ConfigError& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
}

bool says(const std::vector<std::string>& problems, std::string_view option) {
  for (const auto& problem : problems)
    if (problem.starts_with(std::string(option) + ":")) return true;
  return false;
}

// "user.otp: code.length: …" → "otp.length: …", for readers who know only the file.
std::string in_words_of_the_file(const std::string& problem, const Sections& sections) {
  constexpr std::string_view secret = "secret:", declare = "declare it";
  if (problem.starts_with(secret)) return "secrets:" + problem.substr(secret.size());
  if (problem.starts_with("token_lifetime:")) return "tokens.lifetime:" + problem.substr(problem.find(':') + 1);
  if (const auto page = "pages." + problem; find_setting(page.substr(0, page.find(':'))) != nullptr) return page;
  const auto behind = problem.find(": ");
  const auto found = sections.find(problem.substr(0, behind));
  if (behind == problem.npos || found == sections.end()) return problem;
  const auto& room = *found->second;
  const auto subject = problem.substr(0, problem.find('.'));
  auto rest = problem.substr(behind + 2);
  const auto option = rest.substr(0, rest.find(':'));
  const auto dot = option.rfind('.');
  if (dot != option.npos && room.find(option.substr(dot + 1)) != nullptr) rest.erase(0, dot + 1);
  for (const auto& other : all_rooms())
    if (const auto at = rest.find(declare); at != rest.npos && rest.contains("the add-on " + other.name))
      rest.replace(at, declare.size(), "add a section [" + section_of(subject, other.name) + "]");
  return section_of(subject, room.name) + "." + rest;
}

// `check` throws what it finds wrong with the config; an option that is missing is not also said to be wrong.
void add_problems(std::vector<std::string>& problems, const Config& config, const std::function<void()>& check) {
  Sections sections;
  subjects_of(config, &sections);
  std::vector<std::string> found;
  collect(found, check);
  // The engine stops before it reads a template.
  if (!found.empty()) collect(found, [&] { const Pages tried(pages_of(config)); });
  const auto said = problems;
  for (const auto& problem : found) {
    auto text = in_words_of_the_file(problem, sections);
    if (!says(said, text.substr(0, text.find(':'))) && std::ranges::find(problems, text) == problems.end())
      problems.push_back(std::move(text));
  }
}

}  // namespace

Routes Application::routes() {
  return rowan::routes(*auth)
      .auth_routes(web)
      .auth_routes(api, {.path = "/api/auth"})
      .sign_in_route()
      .register_route()
      .reset_route()
      .confirm_route()
      .magic_sign_in_route()
      .sign_out_route(web)
      .account_routes();
}

std::vector<std::string> problems_of(const ConfigRead& read) {
  auto problems = read.problems;
  auto config = read.config;
  // The secret of --dev is made when something is opened.
  if (config.makes_secret) config.secrets = {to_base64url(system_random().bytes<32>())};
  NoDatabase no_database;
  auto mailer = open_mailer("mailbox");
  if (!config.mail.empty()) collect(problems, [&] { mailer = open_mailer(config.mail); });
  add_problems(problems, config, [&] { make_auth(config, no_database, *mailer, silent_logger()); });
  return problems;
}

std::unique_ptr<Application> open_application(ConfigRead read) {
  auto application = std::make_unique<Application>();
  const auto& config = application->config = read.config;
  application->logger = make_stderr_logger();
  const bool is_clear = read.problems.empty();
  std::vector<std::string> of_opening;
  if (is_clear && config.dev) collect(of_opening, [&] { prepare_development(config); });
  if (!config.database.empty() && (is_clear || !config.makes_database_folder))
    collect(of_opening, [&] { application->database = open_database(config.database, {}, *application->logger); });
  if (!is_clear || !application->database) {
    auto problems = problems_of(read);
    problems.insert(problems.end(), of_opening.begin(), of_opening.end());
    throw ConfigError(std::move(problems));
  }

  std::vector<std::string> problems;
  collect(problems, [&] { application->mailer = open_mailer(config.mail); });
  const auto no_mailer = open_mailer("mailbox");
  auto& mailer = application->mailer ? *application->mailer : *no_mailer;
  add_problems(problems, config, [&] {
    application->auth =
        make_auth(config, *application->database, mailer, *application->logger, application->metrics.hooks());
  });
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return application;
}

}  // namespace rowan::cli
