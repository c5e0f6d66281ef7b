#include <algorithm>
#include <rowan/http/url.hpp>
#include <rowan/testing/browser.hpp>
#include <rowan/testing/exchange.hpp>
#include <rowan/testing/html.hpp>
#include <stdexcept>

namespace rowan::testing {

namespace {

constexpr int max_redirects = 5;
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

std::string urlencoded(const Form::Fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    if (!body.empty()) body += '&';
    body += http::percent_encode(name) + "=" + http::percent_encode(value);
  }
  return body;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

Form& Form::fill(std::string_view name, std::string_view value) {
  const auto field = std::ranges::find(fields_, name, &Field::name);
  if (field == fields_.end()) throw std::runtime_error("the form to " + action_ + " has no field " + std::string(name));
  field->value = value;
  field->sent = true;
  return *this;
}

Form& Form::tick(std::string_view name) { return fill(name, value(name)); }

Form& Form::choose(std::string_view name, std::string_view value) {
  bool is_there = false;
  for (auto& field : fields_) {
    if (field.name != name) continue;
    field.sent = field.value == value;
    is_there = is_there || field.sent;
  }
  if (!is_there)
    throw std::runtime_error("the form to " + action_ + " has no " + std::string(name) + " of " + std::string(value));
  return *this;
}

Browser& Form::submit() {
  Fields sent;
  for (const auto& field : fields_)
    if (field.sent) sent.emplace_back(field.name, field.value);
  if (method_ == "post") return browser_->post(action_, sent);
  return browser_->get(action_ + "?" + urlencoded(sent));
}

bool Form::has(std::string_view name) const { return std::ranges::find(fields_, name, &Field::name) != fields_.end(); }

std::string Form::value(std::string_view name) const {
  const auto field = std::ranges::find(fields_, name, &Field::name);
  return field == fields_.end() ? std::string() : field->value;
}

Browser::Browser(const Site& site, std::string origin) : Browser(&site, std::move(origin)) {}

Browser::Browser(const Site* site, std::string origin)
    : site_(site), origin_(std::move(origin)), client_(*http::IpAddress::parse("127.0.0.1")) {}

Browser& Browser::get(std::string_view target) {
  navigate(request_to(http::Method::get, target));
  return *this;
}

Browser& Browser::head(std::string_view target) {
  navigate(request_to(http::Method::head, target));
  return *this;
}

Browser& Browser::post(std::string_view target, const Fields& fields) {
  return send(http::Method::post, target, form_type, urlencoded(fields));
}

Browser& Browser::send(http::Method method, std::string_view target, std::string_view content_type, std::string body) {
  auto request = request_to(method, target);
  if (!content_type.empty()) request.headers.add("Content-Type", std::string(content_type));
  request.body = std::move(body);
  navigate(std::move(request));
  return *this;
}

Browser& Browser::json(std::string_view method, std::string_view target, const Json& body) {
  http::Request request = request_to(http::parse_method(method), target);
  request.headers.all().clear();
  request.headers.add("Accept", "application/json");
  request.headers.add("User-Agent", "rowan-testing");
  request.headers.add("Content-Type", "application/json");
  if (!bearer_.empty()) request.headers.add("Authorization", "Bearer " + bearer_);
  request.body = body.text();
  exchange(std::move(request));
  return *this;
}

Browser& Browser::json(std::string_view method, std::string_view target) {
  http::Request request = request_to(http::parse_method(method), target);
  request.headers.all().clear();
  request.headers.add("Accept", "application/json");
  request.headers.add("User-Agent", "rowan-testing");
  if (!bearer_.empty()) request.headers.add("Authorization", "Bearer " + bearer_);
  exchange(std::move(request));
  return *this;
}

Form Browser::form(std::string_view which) {
  for (const auto& found : forms_in(body_)) {
    if (!which.empty() && found.id != which && found.action.find(which) == std::string::npos) continue;
    Form form(*this);
    form.action_ = found.action;
    form.method_ = found.method;
    for (const auto& field : found.fields)
      if (field.type != "submit")
        form.fields_.push_back(
            {field.name, field.value, (field.type != "checkbox" && field.type != "radio") || field.checked});
    return form;
  }
  throw std::runtime_error("no form \"" + std::string(which) + "\" at " + location_ + " (" + std::to_string(status()) +
                           "):\n" + body_);
}

std::optional<std::string> Browser::header(std::string_view name) const {
  const auto value = response_.headers.single(name);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

bool Browser::says(std::string_view words) const { return text_of(body_).find(words) != std::string::npos; }

Json Browser::answer() const {
  auto parsed = Json::parse(body_);
  return parsed ? *std::move(parsed) : Json(nullptr);
}

Browser& Browser::bearer(std::string token) {
  bearer_ = std::move(token);
  return *this;
}

Browser& Browser::client(std::string_view address) {
  const auto parsed = http::IpAddress::parse(address);
  if (!parsed) throw std::runtime_error("no address: " + std::string(address));
  client_ = *parsed;
  return *this;
}

Browser& Browser::follow_redirects(bool follow) {
  follows_ = follow;
  return *this;
}

Browser& Browser::with_header(std::string name, std::optional<std::string> value) {
  overrides_.emplace_back(std::move(name), std::move(value));
  return *this;
}

http::Request Browser::request_to(http::Method method, std::string_view target) const {
  if (target.starts_with(origin_)) target.remove_prefix(origin_.size());
  target = target.substr(0, target.find('#'));
  if (!target.starts_with('/')) throw std::runtime_error("not on this site: " + std::string(target));
  const auto question = target.find('?');
  http::Request request{.method = method, .path = std::string(target.substr(0, question))};
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.peer = client_;
  request.tls = origin_.starts_with("https:");
  const bool reading = method == http::Method::get || method == http::Method::head;
  request.headers.add("Host", origin_.substr(origin_.find("://") + 3));
  request.headers.add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
  request.headers.add("Accept-Language", "en");
  request.headers.add("User-Agent", "Mozilla/5.0 (rowan-testing)");
  request.headers.add("Sec-Fetch-Site", reading ? "none" : "same-origin");
  request.headers.add("Sec-Fetch-Mode", "navigate");
  // A page that sends no referrer sends no origin either (Fetch, "append a request Origin header").
  if (!reading) request.headers.add("Origin", header("Referrer-Policy") == "no-referrer" ? "null" : origin_);
  return request;
}

void Browser::navigate(http::Request request) {
  const auto send_with_cookies = [this](http::Request next) {
    std::string all;
    for (const auto& [name, value] : cookies_) all += (all.empty() ? "" : "; ") + name + "=" + value;
    if (!all.empty()) next.headers.add("Cookie", std::move(all));
    exchange(std::move(next));
  };
  const auto method = request.method;
  send_with_cookies(std::move(request));
  for (int i = 0; follows_ && is_redirect(status()) && i < max_redirects; ++i) {
    const auto to = header("Location").value_or("");
    if (!to.starts_with(origin_ + "/") && (!to.starts_with('/') || to.starts_with("//"))) return;  // leaves this site
    send_with_cookies(request_to(method == http::Method::head ? method : http::Method::get, to));
  }
}

void Browser::exchange(http::Request request) {
  for (auto& [name, value] : std::exchange(overrides_, {})) {
    request.headers.remove(name);
    if (value) request.headers.add(std::move(name), *std::move(value));
  }
  location_ = request.path + (request.query.empty() ? "" : "?" + request.query);
  if (site_ == nullptr) {
    response_ = exchange_over_socket(origin_, request);
  } else {
    auto begun = site_->begin(request);
    auto* whole = std::get_if<http::Response>(&begun);
    took_a_thread_ = whole == nullptr;
    response_ = whole != nullptr ? std::move(*whole) : std::get<Blocking>(begun).run();
  }
  body_ = request.method == http::Method::head ? std::string() : std::string(response_.content());
  keep_cookies();
}

void Browser::keep_cookies() {
  for (const auto& [name, value] : response_.headers.all()) {
    if (!http::equal_without_case(name, "Set-Cookie")) continue;
    const auto pair = value.substr(0, value.find(';'));
    const auto equals = pair.find('=');
    if (value.find("Max-Age=0") != std::string::npos)
      cookies_.erase(pair.substr(0, equals));
    else
      cookies_[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
}

}  // namespace rowan::testing
