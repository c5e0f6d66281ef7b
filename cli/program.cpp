#include <unistd.h>
#include <CLI/CLI.hpp>
#include <cli/application.hpp>
#include <cli/commands.hpp>
#include <cli/list_options.hpp>
#include <cli/program.hpp>
#include <cli/serve.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan::cli {

namespace {

constexpr std::size_t max_file = 1024 * 1024;

struct Flags {
  bool dev = false;
  std::string config{}, port{}, database{}, base_url{};
};

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError("--config: cannot read " + path + "; name a TOML file this user may read");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > max_file) throw ConfigError("--config: " + path + " is larger than 1 MiB");
  return text;
}

ConfigRead read_all(const Flags& flags) {
  ConfigInputs inputs{.dev = flags.dev};
  std::error_code ignored;
  if (!flags.config.empty())
    inputs.file_name = flags.config;
  else if (std::filesystem::exists("rowan.toml", ignored))
    inputs.file_name = "rowan.toml";
  if (!inputs.file_name.empty()) inputs.file_text = file_text(inputs.file_name);
  for (char** variable = ::environ; *variable != nullptr; ++variable)
    if (std::string_view(*variable).starts_with("ROWAN_")) inputs.environment.emplace_back(*variable);
  const auto flag = [&](const char* option, const std::string& value) {
    if (!value.empty()) inputs.flags.emplace(option, value);
  };
  flag("port", flags.port);
  flag("database", flags.database);
  flag("base_url", flags.base_url);
  return read_config(inputs);
}

// Opened by the command that needs it, once.
class Opener {
 public:
  explicit Opener(const Flags& flags) : flags_(flags) {}

  Application& declared() {
    if (!application_) application_ = open_application(read_all(flags_));
    return *application_;
  }
  Application& ready() {
    auto& application = declared();
    if (application.config.dev) {
      if (const auto done = application.auth->migrate(); !done)
        throw ConfigError("database: the migration failed (" + done.error().reason +
                          "); fix this database, or use another with --database");
    } else {
      require_migrated(*application.auth, "rowan");
    }
    return application;
  }
  const Routes* routes() {
    routes_ = declared().routes();
    return &*routes_;
  }

 private:
  const Flags& flags_;
  std::unique_ptr<Application> application_{};
  std::optional<Routes> routes_{};
};

}  // namespace

int program(int argc, char** argv) {
  CLI::App app("Rowan: sign-in for web applications.\nStart with: rowan serve --dev", "rowan");
  app.footer(
      "Configuration: rowan.toml here or --config; ROWAN_… variables (ROWAN_LIMITS__ENABLED) and flags come before "
      "it.");
  int status = 0;
  Flags flags;
  Opener opener(flags);
  const Access access{
      .name = "rowan",
      .declared = [&]() -> Auth& { return *opener.declared().auth; },
      .ready = [&]() -> Auth& { return *opener.ready().auth; },
      .routes = [&] { return opener.routes(); },
      .add_options =
          [&](CLI::App& command) {
            command.add_flag("--dev", flags.dev,
                             "Development mode: its own SQLite file, secret and mailbox; plain http");
            command.add_option("--config", flags.config, "The TOML file (default: rowan.toml, if it exists)");
            command.add_option("--database", flags.database, "sqlite:PATH or postgres://user:password@host:port/name");
            command.add_option("--base-url", flags.base_url, "The address that browsers show");
          },
  };

  auto& serving = add_command(app, access, "serve", "Serve requests until Ctrl-C", "serve --dev");
  serving.add_option("--port", flags.port, "The port to listen on (4000)");
  serving.callback([&] { status = serve(opener.ready()); });

  auto& config = add_command(app, access, "config", "Check the configuration", "config --print");
  bool shows = false, lists = false, as_json = false, as_markdown = false;
  config.add_flag("--print", shows, "Show the effective configuration, without secrets");
  config.add_flag("--options", lists, "List every option, its default and what it does");
  config.add_flag("--json", as_json, "With --options: as JSON");
  config.add_flag("--markdown", as_markdown, "With --options: as Markdown, as the documents have them");
  std::string section;
  std::vector<std::string> sections{std::string(whole)};
  for (const auto* rooms : {&all_rooms(), &all_providers()})
    for (const auto& room : *rooms) sections.push_back(room.name);
  config.add_option("--section", section, "With --options: those of one room only; `whole`: those of none")
      ->check(CLI::IsMember(sections));
  config.add_option("--port", flags.port, "The port to listen on (4000)");
  config.callback([&] {
    status = 0;
    if (lists || as_json || as_markdown || !section.empty()) {
      if (as_json)
        print_line(options_as_json(section));
      else
        print(as_markdown ? options_as_markdown(section) : options_as_text(section));
      return;
    }
    const auto read = read_all(flags);
    if (shows) print(print_config(read.config));
    if (auto problems = problems_of(read); !problems.empty()) throw ConfigError(std::move(problems));
    if (!shows) print("The configuration is in order. `rowan config --print` shows it.\n");
  });

  add_commands(app, access, status);
  return run(app, argc, argv, status);
}

}  // namespace rowan::cli
