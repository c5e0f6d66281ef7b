#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <rowan/strategies/oauth2/examine.hpp>

namespace rowan::strategies::oauth2 {

namespace {

using std::chrono::seconds;

constexpr seconds leeway{60};     // what is forgiven in tokens
constexpr seconds noticeable{5};  // an answer takes a moment, and Date has whole seconds

std::optional<int> digits(std::string_view text) {
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return number;
}

Finding look_at_user_url(const Services& services, const Provider& provider) {
  Finding finding{.about = "user_url"};
  const auto answer = services.http_client().send({.url = provider.user_url, .reach = provider.reach});
  if (!answer) {
    finding.says = answer.error().reason;
    finding.is_well = false;
  } else if (answer->status == 404 || answer->status == 405 || answer->status >= 500) {
    finding.says = "it answered with status " + std::to_string(answer->status) + "; check the address";
    finding.is_well = false;
  } else {
    finding.says = "it answers (status " + std::to_string(answer->status) + " without a token)";
  }
  return finding;
}

}  // namespace

std::optional<Timestamp> read_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
      text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT")
    return std::nullopt;
  const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4)), hour = digits(text.substr(17, 2)),
             minute = digits(text.substr(20, 2)), second = digits(text.substr(23, 2));
  const auto month = std::ranges::find(months, text.substr(8, 3));
  if (!day || !year || !hour || !minute || !second || month == months.end()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return Timestamp(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                   std::chrono::minutes(*minute) + seconds(*second));
}

std::string shown(std::string_view text) {
  std::string plain;
  for (const char c : text.substr(0, 200)) plain += c >= ' ' && c < 127 ? c : '?';
  return plain;
}

Finding look_at_redirect_uri(const std::string& redirect_uri) {
  if (redirect_uri.empty())
    return {.about = "redirect URI", .says = "the callback is not mounted on the web", .is_well = false};
  return {.about = "redirect URI", .says = redirect_uri + " has to be registered at the provider, exactly so"};
}

Finding look_at_clock(const http::Headers& headers, Timestamp now) {
  Finding finding{.about = "clock"};
  const auto field = headers.single("Date");
  const auto there = field ? read_http_date(*field) : std::nullopt;
  if (!there) {
    finding.says = "its answer has no Date to compare with";
    return finding;
  }
  const auto ahead = std::chrono::round<seconds>(now - *there);
  const auto apart = std::chrono::abs(ahead);
  if (apart <= noticeable) {
    finding.says = "the same here and there";
    return finding;
  }
  finding.is_well = apart < leeway;
  finding.says = "ours is " + std::to_string(apart.count()) + " s " + (ahead > seconds(0) ? "ahead" : "behind") +
                 (finding.is_well ? "; tokens are taken up to 60 s"
                                  : "; tokens are refused from 60 s on: set the clock of this machine by NTP");
  return finding;
}

Finding look_at_client(const Services& services, const Provider& provider, const std::string& redirect_uri) {
  Finding finding{.about = "client"};
  auto& random = services.random();
  const Flow flow{.redirect_uri = redirect_uri, .state = {}, .code_verifier = random_value(random)};
  const auto answer =
      exchange_code(services.http_client(), provider, flow, "a-code-of-rowan-doctor", services.clock().now(), random);
  finding.is_well = !answer && answer.error().code == ErrorCode::authentication_failed;
  if (finding.is_well)
    finding.says = "the provider knows us: it refused a made-up code, and not the client";
  else if (answer)
    finding.says = "the provider gave tokens for a code that is none";
  else
    finding.says =
        answer.error().reason + " at the token endpoint; check client_id, client_secret and client_authentication";
  return finding;
}

std::vector<Finding> examine_configured(const Services& services, const Provider& provider,
                                        const std::string& redirect_uri) {
  std::vector<Finding> findings{look_at_redirect_uri(redirect_uri)};
  http::OutgoingRequest request{.url = provider.authorize_url, .reach = provider.reach};
  const auto page = services.http_client().send(request);
  if (!page) {
    findings.push_back({.about = "authorize_url", .says = page.error().reason, .is_well = false});
  } else {
    // What it says to a request without parameters is its own affair.
    const bool is_there = page->status != 404 && page->status < 500;
    findings.push_back(
        {.about = "authorize_url",
         .says = "it answers with status " + std::to_string(page->status) + (is_there ? "" : "; check the address"),
         .is_well = is_there});
    findings.push_back(look_at_clock(page->headers, services.clock().now()));
  }
  findings.push_back(look_at_client(services, provider, redirect_uri));
  if (!provider.user_url.empty()) findings.push_back(look_at_user_url(services, provider));
  return findings;
}

}  // namespace rowan::strategies::oauth2
