#include <httplib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <rowan/hosts/httplib/mount.hpp>
#include <rowan/hosts/request_rules.hpp>

namespace rowan::hosts::httplib {

namespace {

using HandlerResponse = ::httplib::Server::HandlerResponse;

struct Door {
  Answerer answerer;
  Admission& admission;
  MountOptions options;

  http::Response answer(const http::Request& request) const;
  http::Response refusal(const Refusal& why) const { return answer_to(why, answerer.protect); }
  http::Response fault(std::string_view event, std::string_view cause) const;
};

// begin, admission and run in one; never waits for a place.
http::Response Door::answer(const http::Request& request) const {
  try {
    auto begun = answerer.begin(request);
    if (auto* response = std::get_if<http::Response>(&begun)) return std::move(*response);
    const auto& work = std::get<Blocking>(begun);
    if (work.cost == Cost::none) return work.run();
    const auto ticket = admission.enter(work.cost);
    return ticket ? work.run() : answerer.overloaded(request);
  } catch (...) {  // a Site never throws; httplib would show what() to the visitor
    return fault("host.stray_exception", cause_of_current_exception());
  }
}

http::Response Door::fault(std::string_view event, std::string_view cause) const {
  auto& logger = options.logger ? *options.logger : silent_logger();
  return answer_to_fault(logger, event, cause, answerer.protect);
}

// --- the first conversion ---

// A body is read only by a handler that httplib finds by regular expression over the path. The pre-routing handler
// gives a request of ours this path and hides its fields behind this prefix, both impossible on the wire (a target
// without '/' is not a path of ours, a colon ends a field's name); so no regular expression sees what a visitor sent,
// the body is not taken for multipart or gzip and read any other way than as bytes, and the answer is neither
// compressed nor cut into ranges.
constexpr const char* body_path = "rowan:body";
constexpr std::string_view hidden = "rowan:";

http::Request convert(const ::httplib::Request& from) {
  http::Request request{.method = http::parse_method(from.method)};
  for (const auto& [name, value] : from.headers) {
    // httplib adds these to what the client sent.
    constexpr std::array added = {"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT"};
    if (std::ranges::find(added, name) == added.end()) request.headers.add(name, value);
  }
  request.peer = http::IpAddress::parse(from.remote_addr).value_or(http::IpAddress{});
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  request.tls = from.ssl != nullptr;
#endif
  return request;
}

std::variant<Framing, Refusal> check(const ::httplib::Request& from, http::Request& request,
                                     std::size_t max_body_bytes) {
  const bool http_1_0 = from.version == "HTTP/1.0";
  if (const auto refusal = check_method(from.method)) return *refusal;
  if (const auto refusal = check_fields(request.headers, http_1_0)) return *refusal;
  auto framing = read_framing(request.headers, http_1_0, max_body_bytes);
  if (const auto* length = std::get_if<Framing>(&framing); length && (length->chunked || length->length > 0)) {
    // httplib leaves these bodies where they are, to be taken for the next request.
    const bool unread = request.method == http::Method::get || request.method == http::Method::head ||
                        request.method == http::Method::options ||
                        (request.method == http::Method::delete_ && length->chunked);
    if (unread) return Refusal{400, "body of a method that has none here"};
  }
  return framing;
}

void hide(::httplib::Request& request) {
  ::httplib::Headers fields;
  for (const auto& [name, value] : request.headers) {
    fields.emplace(std::string(hidden) + name, value);
    if (http::equal_without_case(name, "content-length") || http::equal_without_case(name, "transfer-encoding") ||
        http::equal_without_case(name, "connection")) {
      fields.emplace(name, value);
    }
  }
  request.headers = std::move(fields);
  request.params.clear();
  request.ranges.clear();
}

std::optional<::httplib::Request> unhide(const ::httplib::Request& hidden_request) {
  ::httplib::Request request;
  request.method = hidden_request.method;
  request.target = hidden_request.target;
  request.version = hidden_request.version;
  request.remote_addr = hidden_request.remote_addr;
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  request.ssl = hidden_request.ssl;
#endif
  for (const auto& [name, value] : hidden_request.headers) {
    if (name.starts_with(hidden)) request.headers.emplace(name.substr(hidden.size()), value);
  }
  if (request.headers.empty()) return std::nullopt;
  return request;
}

// --- the second conversion ---

void write(const Door& door, http::Response from, ::httplib::Response& to) {
  if (from.upgrade) from = door.refusal({501, "WebSocket"});
  if (!is_well_formed(from)) from = door.fault("host.malformed_response", "status " + std::to_string(from.status));
  to.status = from.status;
  for (auto& [name, value] : from.headers.all()) {
    if (!belongs_to_the_door(name)) to.headers.emplace(std::move(name), std::move(value));
  }
  if (from.status == 204 || from.status == 304) return;
  if (!from.content_type.empty()) to.headers.emplace("Content-Type", from.content_type);
  to.body = from.shared_body.empty() ? std::move(from.body) : std::string(from.shared_body);
}

// For an answer behind which nothing may be read: httplib closes when its content cannot be written to the end.
void write_and_close(const Door& door, http::Response from, ::httplib::Response& to) {
  write(door, std::move(from), to);
  to.headers.emplace("Connection", "close");
  auto body = std::make_shared<const std::string>(std::exchange(to.body, {}));
  const auto type = to.get_header_value("Content-Type");
  to.headers.erase("Content-Type");
  to.set_content_provider(body->size(), type.c_str(),
                          [body](std::size_t offset, std::size_t, ::httplib::DataSink& sink) {
                            sink.write(body->data() + offset, body->size() - offset);
                            return false;
                          });
}

HandlerResponse begin(const Door& door, ::httplib::Request& request, ::httplib::Response& response) {
  auto own = convert(request);
  auto refusal = read_target(request.target, own.headers, own);
  if (!refusal && door.answerer.knows && !door.answerer.knows(own)) return HandlerResponse::Unhandled;
  hide(request);
  Framing framing;
  if (!refusal) {
    const auto checked = check(request, own, door.options.max_body_bytes);
    if (const auto* why = std::get_if<Refusal>(&checked))
      refusal = *why;
    else
      framing = std::get<Framing>(checked);
  }
  if (refusal) {
    request.method = "GET";  // a HEAD would not get as far as the content, and so would not close
    write_and_close(door, door.refusal(*refusal), response);
    return HandlerResponse::Handled;
  }
  if (framing.chunked || framing.length > 0) {
    request.path = body_path;
    return HandlerResponse::Unhandled;
  }
  write(door, door.answer(own), response);
  return HandlerResponse::Handled;
}

void finish(const Door& door, const ::httplib::Request& hidden_request, ::httplib::Response& response,
            const ::httplib::ContentReader& content) {
  const auto request = unhide(hidden_request);
  if (!request) {
    response.status = 404;
    return;
  }
  auto own = convert(*request);
  const auto refusal = read_target(request->target, own.headers, own);
  const auto checked = check(*request, own, door.options.max_body_bytes);
  if (refusal || std::holds_alternative<Refusal>(checked)) {
    return write_and_close(door, door.refusal(refusal ? *refusal : std::get<Refusal>(checked)), response);
  }
  bool fits = true;
  const bool complete = content([&](const char* data, std::size_t size) {
    fits = size <= door.options.max_body_bytes - own.body.size();
    if (fits) own.body.append(data, size);
    return fits;
  });
  response.status = -1;  // a reader that fails sets one
  if (!complete) return write_and_close(door, door.refusal({fits ? 400 : 413, "body"}), response);
  write(door, door.answer(own), response);
}

}  // namespace

void mount(::httplib::Server& server, Answerer answerer, Admission& admission, MountOptions options) {
  const auto door = std::make_shared<const Door>(Door{std::move(answerer), admission, options});
  server.set_pre_routing_handler([door](const ::httplib::Request& request, ::httplib::Response& response) {
    // The object is httplib's own, not const, and nothing else uses it: see body_path.
    return begin(*door, const_cast<::httplib::Request&>(request), response);
  });
  const ::httplib::Server::HandlerWithContentReader with_body =
      [door](const ::httplib::Request& request, ::httplib::Response& response,
             const ::httplib::ContentReader& content) { finish(*door, request, response, content); };
  server.Post(body_path, with_body).Put(body_path, with_body).Patch(body_path, with_body).Delete(body_path, with_body);
  server.set_tcp_nodelay(true);
}

void mount(::httplib::Server& server, const Site& site, Admission& admission, MountOptions options) {
  start_auths(site);
  mount(server, answer_from(site), admission, options);
}

}  // namespace rowan::hosts::httplib
