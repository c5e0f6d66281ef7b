#pragma once
// Internal. Application: everything a Config describes, opened.
#include <cli/config.hpp>
#include <cli/metrics.hpp>
#include <memory>
#include <rowan/rowan.hpp>

namespace rowan::cli {

struct Application {
  Config config{};
  std::unique_ptr<Logger> logger{};
  std::unique_ptr<Database> database{};
  std::unique_ptr<Mailer> mailer{};
  Metrics metrics{};  // before the Auth, which has its hooks
  std::unique_ptr<Auth> auth{};
  Controller web{};
  ApiController api{};

  /// Everything there is, at the paths of docs/http_contract.md#routes.
  Routes routes();
};

/// Every problem: of reading, of the engine's own checks, of templates. Opens nothing.
std::vector<std::string> problems_of(const ConfigRead& read);

/// Opens all of it; in --dev makes what is missing under var/. Throws one ConfigError with every problem.
std::unique_ptr<Application> open_application(ConfigRead read);

}  // namespace rowan::cli
