#include <signal.h>

#include <cli/development.hpp>
#include <cli/metrics_listener.hpp>
#include <cli/serve.hpp>
#include <cstdio>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/web/addresses.hpp>
#include <rowan/hosts/beast/service.hpp>

namespace rowan::cli {

namespace {

// Blocked before any thread starts, so that every thread inherits it and only we are told.
class StopSignals {
 public:
  StopSignals() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  void wait() const {
    int which = 0;
    while (::sigwait(&signals_, &which) != 0) {
    }
  }

 private:
  sigset_t signals_{}, before_{};
};

hosts::beast::ServerOptions server_options(const Application& application) {
  const auto& config = application.config;
  hosts::beast::ServerOptions options{.port = config.port, .address = config.listen_address};
  if (!config.tls_certificate.empty())
    options.tls = hosts::beast::TlsOptions{.certificate_file = config.tls_certificate, .key_file = config.tls_key};
  options.logger = application.logger.get();
  return options;
}

// Null: not wanted.
std::unique_ptr<hosts::beast::Service> listen_for_metrics(Application& application) {
  const auto& config = application.config;
  if (config.metrics_address.empty()) return nullptr;
  auto listener = make_metrics_listener({.address = config.metrics_address,
                                         .port = config.metrics_port,
                                         .text = [&application] { return application.metrics.text(*application.auth); },
                                         .logger = application.logger.get()});
  if (const auto started = listener->start(); !started)
    throw ConfigError("metrics_listen: " + started.error().reason +
                      "; stop the other program, or write an address and a port of your own");
  return listener;
}

Response health(Conn& conn, Auth& auth) {
  const auto healthy = auth.healthy();
  if (healthy) return conn.json({{"status", "ok"}});
  const auto refusal = conn.refuse({.code = ErrorCode::unavailable, .reason = "health: " + healthy.error().reason});
  return conn.status(refusal.status).json({{"status", "unavailable"}, {"error_id", conn.error_id()}});
}

// A page's path behind the origin of base_url.
std::string url_of(const Config& config, const Addresses& addresses, std::string_view path) {
  std::string_view origin = config.base_url;
  while (origin.ends_with('/')) origin.remove_suffix(1);
  if (origin.ends_with(addresses.base())) origin.remove_suffix(addresses.base().size());
  return std::string(origin) + std::string(path);
}

void greet(const Application& application, const Addresses& addresses, unsigned short port) {
  const auto& config = application.config;
  const auto metrics = config.metrics_address.empty()
                           ? std::string()
                           : "http://" + endpoint_text(config.metrics_address, config.metrics_port) + "/metrics";
  std::string text;
  if (config.dev) {
    const auto line = [&](std::string_view what, const std::string& where) {
      text += "  " + std::string(what) + std::string(21 - what.size(), ' ') + where + "\n";
    };
    text = "\n  Rowan is at " + config.base_url + "\n\n";
    if (const auto page = addresses.page(PageName::register_); !page.empty())
      line("Create an account", url_of(config, addresses, page));
    else
      line("Sign in", url_of(config, addresses, addresses.page(PageName::sign_in)));
    if (application.mailer->mailbox() != nullptr)
      line("Read the mails", url_of(config, addresses, addresses.base() + "/dev/mailbox"));
    line("List the routes", "rowan routes --dev");
    line("Database", without_password(config.database));
    if (!metrics.empty()) line("Metrics", metrics);
    text += "\n  Ctrl-C stops it.\n\n";
  } else {
    text = "Rowan answers " + config.base_url + " on " + config.listen_address + " port " + std::to_string(port) + "\n";
    if (!metrics.empty()) text += "Metrics are at " + metrics + "\n";
  }
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

int serve(Application& application) {
  auto& auth = *application.auth;
  const auto& config = application.config;
  const StopSignals signals;
  Site site;
  site.mount(application.routes());
  site.get("/healthz", [&auth](Conn& conn) { return health(conn, auth); });
  if (config.dev)
    add_development_routes(site, auth, *application.mailer);
  else
    site.get("/", non_blocking([](Conn& conn) { return conn.redirect(conn.path("/account")); }));
  if (config.makes_secret)
    std::fputs("warning: using the development secret var/secret; in production set your own with `secrets`\n", stderr);
  // The first to come and the last to go: a scrape sees also how the rest stops.
  const auto metrics = listen_for_metrics(application);
  // What Server is, with an eye on what it turns away.
  hosts::beast::Service server(server_options(application), application.metrics.counted(hosts::answer_from(site)));
  server.share_connections(application.database->connections());
  if (const auto started = server.start(); !started)
    throw ConfigError("listen: " + started.error().reason +
                      "; stop the other program, or choose another port with --port");
  auth.start();
  greet(application, *site.addresses(), server.port());
  signals.wait();
  std::fputs("Stopping…\n", stdout);
  server.stop();
  auth.stop();
  return 0;
}

}  // namespace rowan::cli
