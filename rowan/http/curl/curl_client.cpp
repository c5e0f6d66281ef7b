#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/base/without_sigpipe.hpp>
#include <rowan/http/curl/answer.hpp>
#include <rowan/http/curl/curl_client.hpp>
#include <rowan/http/curl/host_places.hpp>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/http/public_address.hpp>
#include <rowan/http/token.hpp>

namespace rowan::http {

namespace {

using std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// libcurl's list of lines.
class Lines {
 public:
  bool add(const std::string& line) {
    auto* longer = curl_slist_append(list_.get(), line.c_str());
    if (longer == nullptr) return false;
    static_cast<void>(list_.release());
    list_.reset(longer);
    return true;
  }
  curl_slist* get() const { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, FreeList> list_{};
};

/// What one request asks of libcurl. Its callbacks see it.
struct Call {
  const OutgoingRequest& request;
  const OutgoingUrl& url;
  std::vector<IpAddress> addresses{};  // to connect to; empty: a proxy finds them
  bool through_proxy = false;
  Moment deadline{};
  Answer answer;
};

std::size_t take_header(char* line, std::size_t size, std::size_t count, void* call) {
  return static_cast<Call*>(call)->answer.take_header({line, size * count}) ? size * count : 0;
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* call) {
  return static_cast<Call*>(call)->answer.take_body({bytes, size * count}) ? size * count : 0;
}

/// The last word on where a connection goes, whatever libcurl made of the address.
curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* to) {
  const auto& call = *static_cast<Call*>(context);
  if (!call.through_proxy) {
    const auto address = IpAddress::of(to->addr);
    if (!address || std::ranges::find(call.addresses, *address) == call.addresses.end()) return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

Error error_of(ErrorCode code, std::string reason) {
  return Error{.code = code, .reason = "http client: " + std::move(reason)};
}

/// Names that libcurl or we set, so that a request has one of each.
bool is_ours(std::string_view name) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect",
                                              "User-Agent", "Accept-Encoding", "Upgrade", "TE", "Trailer"},
      [&](std::string_view one) { return equal_without_case(one, name); });
}

class CurlClient final : public Client {
 public:
  explicit CurlClient(ClientOptions options)
      : options_(std::move(options)), places_(options_.most_per_host), public_places_(options_.most_public_only) {}

  Result<OutgoingResponse> send(const OutgoingRequest& request) override {
    const auto begun = std::chrono::steady_clock::now();
    ROWAN_TRY(const auto url, OutgoingUrl::parse(request.url));
    if (!url.secure && (request.reach != Reach::anywhere || !url.is_loopback()))
      return error_of(ErrorCode::forbidden, url.host + ": only https is called");
    ROWAN_CHECK(check(request));
    const bool only_public = request.reach == Reach::public_only;
    const auto shared_place = only_public ? public_places_.take("") : std::nullopt;
    const auto place = places_.take(url.authority());
    if (!place || (only_public && !shared_place)) {
      auto error = error_of(ErrorCode::unavailable, url.host + ": as many requests as may be are waiting already");
      error.retry_after = std::chrono::seconds(1);
      return error;
    }
    auto timeout = options_.timeout;
    if (request.timeout.count() > 0) timeout = std::min(timeout, request.timeout);
    auto most_body = options_.most_body_bytes;
    if (request.most_body_bytes > 0) most_body = std::min(most_body, request.most_body_bytes);
    Call call{.request = request,
              .url = url,
              .through_proxy = !options_.proxy.empty(),
              .deadline = begun + timeout,
              .answer = Answer(options_.most_header_bytes, most_body)};
    ROWAN_TRY(call.addresses, addresses_of(call, timeout));
    const WithoutSigpipe quiet;
    auto result = attempt(call);
    if (!result && result.unsent && request.method == Method::get && left(call) > milliseconds(0)) {
      call.answer = Answer(options_.most_header_bytes, most_body);
      result = attempt(call);
    }
    if (!result) return std::move(result.error);
    return std::move(call.answer).response();
  }

 private:
  struct Outcome {
    bool right = false;
    bool unsent = false;  // the connection failed before a byte of the request left
    Error error{};
    explicit operator bool() const { return right; }
  };

  static Result<> check(const OutgoingRequest& request) {
    if (request.method != Method::get && request.method != Method::post)
      return error_of(ErrorCode::internal, "only GET and POST are sent");
    for (const auto& [name, value] : request.headers.all())
      if (!is_token(name) || is_ours(name) || value.empty() || !is_valid_utf8(value) || has_control_characters(value))
        return error_of(ErrorCode::internal, "a header field that may not be sent");
    return {};
  }

  static milliseconds left(const Call& call) {
    return std::chrono::ceil<milliseconds>(call.deadline - std::chrono::steady_clock::now());
  }

  /// Every address of the name, each checked. A name with one that may not be reached is refused: which of them the
  /// next lookup gives first is up to who owns the name.
  Result<std::vector<IpAddress>> addresses_of(const Call& call, milliseconds timeout) const {
    const bool only_public = call.request.reach == Reach::public_only;
    std::vector<IpAddress> addresses;
    if (call.url.address) {
      addresses = {*call.url.address};
    } else if (!call.through_proxy || only_public) {
      ROWAN_TRY(addresses, options_.resolver->resolve(call.url.host, std::min(options_.connect_timeout, timeout)));
      if (addresses.empty()) return error_of(ErrorCode::unavailable, call.url.host + " has no address");
    }
    if (only_public && !std::ranges::all_of(addresses, is_public))
      return error_of(ErrorCode::forbidden, call.url.host + " is not on the public internet");
    return addresses;
  }

  Outcome attempt(Call& call) {
    auto [handle, key] = take_handle(call);
    if (!handle) return {.error = error_of(ErrorCode::unavailable, "libcurl: no handle")};
    Lines headers, resolved, connect_to;
    if (!prepare(handle.get(), call, headers, resolved, connect_to))
      return {.error = error_of(ErrorCode::internal, "libcurl: an option was not accepted")};
    const CURLcode outcome = curl_easy_perform(handle.get());
    long sent = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_reset(handle.get());  // keeps the connection, forgets the pointers into this frame
    if (outcome == CURLE_OK) {
      give_back(std::move(key), std::move(handle));
      return {.right = true};
    }
    auto error = error_of(ErrorCode::unavailable, call.url.host + ": " + why(outcome, call));
    // A GET asks for nothing to be done.
    if (sent > 0 && call.request.method != Method::get) error.effect = Effect::unknown;
    // What was wrong with a certificate is so the next time, too.
    const bool in_connecting = outcome == CURLE_COULDNT_CONNECT || outcome == CURLE_SSL_CONNECT_ERROR;
    return {.unsent = in_connecting && sent == 0, .error = std::move(error)};
  }

  std::string why(CURLcode outcome, const Call& call) const {
    if (!call.answer.refusal().empty()) return call.answer.refusal();
    if (outcome == CURLE_FILESIZE_EXCEEDED) return "a body longer than may be";
    if (outcome == CURLE_OPERATION_TIMEDOUT)
      return left(call) > milliseconds(5) ? "no connection in time" : "no answer in time";
    return curl_easy_strerror(outcome);
  }

  template <class T>
  static bool set(CURL* handle, CURLoption option, T value) {
    return curl_easy_setopt(handle, option, value) == CURLE_OK;
  }

  bool prepare(CURL* handle, Call& call, Lines& headers, Lines& resolved, Lines& connect_to) const {
    const auto time = std::max<long>(1, static_cast<long>(left(call).count()));
    const auto connect_time = std::min(time, static_cast<long>(options_.connect_timeout.count()));
    return set(handle, CURLOPT_URL, call.url.text().c_str()) &&
           set(handle, CURLOPT_PROTOCOLS_STR, call.url.secure ? "https" : "http") &&
           set(handle, CURLOPT_FOLLOWLOCATION, 0L) && set(handle, CURLOPT_PATH_AS_IS, 1L) &&
           // One request a connection at a time, and nothing that a server announces for later.
           set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
           set(handle, CURLOPT_NOSIGNAL, 1L) && set(handle, CURLOPT_TIMEOUT_MS, time) &&
           set(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_time) && set(handle, CURLOPT_MAXLIFETIME_CONN, 300L) &&
           set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call.answer.most_body())) &&
           set(handle, CURLOPT_USERAGENT, options_.user_agent.c_str()) && set_tls(handle) &&
           set_way(handle, call, resolved, connect_to) && set_request(handle, call, headers) &&
           set(handle, CURLOPT_HEADERFUNCTION, &take_header) && set(handle, CURLOPT_HEADERDATA, &call) &&
           set(handle, CURLOPT_WRITEFUNCTION, &take_body) && set(handle, CURLOPT_WRITEDATA, &call) &&
           set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket) && set(handle, CURLOPT_OPENSOCKETDATA, &call);
  }

  bool set_tls(CURL* handle) const {
    return set(handle, CURLOPT_SSL_VERIFYPEER, 1L) && set(handle, CURLOPT_SSL_VERIFYHOST, 2L) &&
           set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
           (options_.ca_file.empty() ||
            (set(handle, CURLOPT_CAINFO, options_.ca_file.c_str()) && set<char*>(handle, CURLOPT_CAPATH, nullptr)));
  }

  /// Which addresses are connected to: libcurl looks nothing up but the proxy's name.
  bool set_way(CURL* handle, const Call& call, Lines& resolved, Lines& connect_to) const {
    // Empty, or libcurl asks the environment for both.
    if (!set(handle, CURLOPT_PROXY, options_.proxy.c_str()) || !set(handle, CURLOPT_NOPROXY, "")) return false;
    const auto bracketed = [](const IpAddress& address) {
      return address.is_v4() ? address.text() : "[" + address.text() + "]";
    };
    if (call.through_proxy) {
      if (!set(handle, CURLOPT_HTTPPROXYTUNNEL, 1L) || !set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) ||
          !set(handle, CURLOPT_PROXY_SSL_VERIFYPEER, 1L) || !set(handle, CURLOPT_PROXY_SSL_VERIFYHOST, 2L))
        return false;
      if (call.addresses.empty()) return true;
      return connect_to.add("::" + bracketed(call.addresses.front()) + ":" + std::to_string(call.url.port)) &&
             set(handle, CURLOPT_CONNECT_TO, connect_to.get());
    }
    if (call.url.address) return true;
    std::string line = call.url.host + ":" + std::to_string(call.url.port) + ":";
    for (const auto& address : call.addresses) line += (line.ends_with(':') ? "" : ",") + bracketed(address);
    return resolved.add(line) && set(handle, CURLOPT_RESOLVE, resolved.get());
  }

  static bool set_request(CURL* handle, const Call& call, Lines& headers) {
    for (const auto& [name, value] : call.request.headers.all())
      if (!headers.add(name + ": " + value)) return false;
    if (call.request.method == Method::get)
      return set(handle, CURLOPT_HTTPGET, 1L) && set(handle, CURLOPT_HTTPHEADER, headers.get());
    // libcurl sends a request again, a POST too, when a kept connection turns out to be closed. A code or a token that
    // may be used once must not be sent twice.
    return headers.add("Expect:") && set(handle, CURLOPT_FRESH_CONNECT, 1L) && set(handle, CURLOPT_POST, 1L) &&
           set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.request.body.size())) &&
           set(handle, CURLOPT_POSTFIELDS, call.request.body.data()) && set(handle, CURLOPT_HTTPHEADER, headers.get());
  }

  // A handle keeps its connections, so it is kept for one host and one reach: what was connected to for a program's
  // configuration is not used for what a tenant typed.
  struct Idle {
    std::string key{};
    Handle handle{};
  };

  std::pair<Handle, std::string> take_handle(const Call& call) {
    auto key = (call.request.reach == Reach::anywhere ? "anywhere " : "public ") + call.url.authority();
    {
      const std::lock_guard lock(mutex_);
      const auto found = std::ranges::find(idle_, key, &Idle::key);
      if (found != idle_.end()) {
        auto handle = std::move(found->handle);
        idle_.erase(found);
        return {std::move(handle), std::move(key)};
      }
    }
    return {Handle(curl_easy_init()), std::move(key)};
  }

  void give_back(std::string key, Handle handle) {
    Idle oldest;  // closed after the lock: that may write to the network
    const std::lock_guard lock(mutex_);
    if (idle_.size() >= most_idle) {
      oldest = std::move(idle_.back());
      idle_.pop_back();
    }
    idle_.push_front({std::move(key), std::move(handle)});
  }

  static constexpr std::size_t most_idle = 32;
  const ClientOptions options_;
  HostPlaces places_, public_places_;
  std::mutex mutex_{};
  std::deque<Idle> idle_{};  // the one used last in front
};

}  // namespace

std::unique_ptr<Client> make_curl_client(ClientOptions options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // counted by libcurl, thread-safe since 7.84
  static_cast<void>(ready);                                             // curl_easy_init says so itself when it failed
  return std::make_unique<CurlClient>(std::move(options));
}

}  // namespace rowan::http
