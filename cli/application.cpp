#include <cli/application.hpp>
#include <cli/development.hpp>
#include <rowan/base/config_error.hpp>

namespace rowan::cli {

namespace {

// Stands in while the other options are checked, so that all problems are said at once.
class NoDatabase final : public Database {
 public:
  Dialect dialect() const override { return Dialect::sqlite; }

 protected:
  Result<> with_reader(const std::function<void(SqlConnection&)>&) override { return away(); }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>&) override { return away(); }

 private:
  static Error away() { return {.code = ErrorCode::unavailable, .reason = "there is no database"}; }
};

Secret secret_from(const std::string& text) {
  if (text.starts_with("env:")) return Secret::from_env(text.substr(4));
  if (text.starts_with("file:")) return Secret::from_file(text.substr(5));
  return Secret::from_text(text);
}

Secrets secrets_of(const Config& config) {
  std::vector<Secret> secrets;
  for (const auto& text : config.secrets) secrets.push_back(secret_from(text));
  return Secrets(std::move(secrets));
}

std::vector<SubjectOptions> subjects_of(const Config& config) {
  std::vector<SubjectOptions> subjects;
  for (const auto& given : config.subjects) {
    SubjectOptions subject{.name = given.name};
    if (given.password) subject.strategies.push_back(password());
    subjects.push_back(std::move(subject));
  }
  if (config.dev && !subjects.empty()) subjects.front().add_ons.push_back(development_pages());
  return subjects;
}

std::unique_ptr<Auth> make_auth(const Config& config, Database& database, Mailer& mailer, Logger& logger) {
  return std::make_unique<Auth>(AuthOptions{
      .base_url = config.base_url,
      .database = database,
      .mailer = mailer,
      .secret = secrets_of(config),
      .subjects = subjects_of(config),
      .pages = {.app_name = config.pages.app_name,
                .logo_url = config.pages.logo_url,
                .template_folder = config.pages.template_folder,
                .text_folder = config.pages.text_folder,
                .theme_css = config.pages.theme_css,
                .default_language = config.pages.default_language},
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

}  // namespace

Routes Application::routes() {
  return rowan::routes(*auth)
      .auth_routes(web)
      .auth_routes(api, {.path = "/api/auth"})
      .sign_in_route()
      .register_route()
      .reset_route()
      .sign_out_route(web)
      .account_routes();
}

std::unique_ptr<Application> open_application(ConfigRead read) {
  auto problems = std::move(read.problems);
  auto application = std::make_unique<Application>();
  application->config = std::move(read.config);
  const auto& config = application->config;
  application->logger = make_stderr_logger();
  if (problems.empty() && config.dev) collect(problems, [&] { prepare_development(config); });
  if (!config.database.empty())
    collect(problems, [&] { application->database = open_database(config.database, {}, *application->logger); });
  if (!config.mail.empty()) collect(problems, [&] { application->mailer = open_mailer(config.mail); });

  NoDatabase no_database;
  const auto no_mailer = open_mailer("mailbox");
  auto& database = application->database ? *application->database : no_database;
  auto& mailer = application->mailer ? *application->mailer : *no_mailer;
  std::vector<std::string> found;
  collect(found, [&] { application->auth = make_auth(config, database, mailer, *application->logger); });
  const auto said = problems;  // an option that is missing is not also said to be wrong
  for (auto& problem : found) {
    if (problem.starts_with("secret:")) problem.replace(0, 6, "secrets");  // the file's name for it
    if (!says(said, problem.substr(0, problem.find(':')))) problems.push_back(problem);
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return application;
}

}  // namespace rowan::cli
