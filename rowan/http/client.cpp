#include <rowan/base/config_error.hpp>
#include <rowan/http/client.hpp>
#include <rowan/http/curl/curl_client.hpp>
#include <rowan/http/outgoing_url.hpp>

namespace rowan::http {

namespace {

std::vector<std::string> problems_of(const ClientOptions& options) {
  std::vector<std::string> problems;
  const auto check = [&](bool right, const char* problem) {
    if (!right) problems.emplace_back(std::string("http client: ") + problem);
  };
  using namespace std::chrono_literals;
  check(options.timeout >= 100ms && options.timeout <= 2min, "timeout is from 100 ms to 2 minutes");
  check(options.connect_timeout >= 100ms && options.connect_timeout <= options.timeout,
        "connect_timeout is from 100 ms to timeout");
  check(options.most_header_bytes >= 1024 && options.most_header_bytes <= 256 * 1024,
        "most_header_bytes is from 1 to 256 KiB");
  check(options.most_body_bytes >= 1024 && options.most_body_bytes <= 64 * 1024 * 1024,
        "most_body_bytes is from 1 KiB to 64 MiB");
  check(options.most_per_host >= 1 && options.most_public_only >= 1,
        "most_per_host and most_public_only are at least 1");
  check(!options.user_agent.empty() && options.user_agent.find_first_of("\r\n") == std::string::npos,
        "user_agent is one line");
  check(options.proxy.empty() || options.proxy.starts_with("http://") || options.proxy.starts_with("https://"),
        "proxy begins with http:// or https://");
  return problems;
}

}  // namespace

std::unique_ptr<Client> open_client(ClientOptions options) {
  if (auto problems = problems_of(options); !problems.empty()) throw ConfigError(std::move(problems));
  if (!options.resolver) options.resolver = system_resolver();
#ifdef ROWAN_HAS_HTTP_CLIENT
  return make_curl_client(std::move(options));
#else
  throw ConfigError("http client: this build has none; install libcurl and build with ROWAN_HTTP_CLIENT=ON");
#endif
}

}  // namespace rowan::http
