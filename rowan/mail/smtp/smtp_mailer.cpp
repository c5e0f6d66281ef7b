#include <curl/curl.h>
#include <string.h>

#include <algorithm>
#include <mutex>
#include <rowan/base/without_sigpipe.hpp>
#include <rowan/mail/smtp/reply.hpp>
#include <rowan/mail/smtp/smtp_mailer.hpp>

namespace rowan::mail {

namespace {

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

// What libcurl's callbacks see of one conversation.
struct Conversation {
  std::string_view unsent{};
  bool body_began = false;
  bool needs_smtputf8 = false;
  bool lacks_smtputf8 = false;
  Replies replies{};
};

std::size_t send_body(char* into, std::size_t size, std::size_t count, void* context) {
  auto& talk = *static_cast<Conversation*>(context);
  talk.body_began = true;
  // RFC 6531 section 3.2: without SMTPUTF8 the mail must not be sent. Nothing has been: this ends the connection before
  // its first byte.
  talk.lacks_smtputf8 = talk.needs_smtputf8 && !talk.replies.offers_smtputf8();
  if (talk.lacks_smtputf8) return CURL_READFUNC_ABORT;
  const auto length = std::min(size * count, talk.unsent.size());
  talk.unsent.copy(into, length);
  talk.unsent.remove_prefix(length);
  return length;
}

std::size_t take_reply(char* line, std::size_t size, std::size_t count, void* context) {
  static_cast<Conversation*>(context)->replies.add({line, size * count});
  return size * count;
}

std::size_t drop_output(char*, std::size_t size, std::size_t count, void*) { return size * count; }

class SmtpMailer final : public Mailer {
 public:
  explicit SmtpMailer(MailUrl url) : url_(std::move(url)) {
    const bool bare_ipv6 = url_.host.contains(':');
    // The path is what EHLO says: the domain mails come from, not this machine's name.
    address_ = (url_.transport == Transport::smtps ? "smtps://" : "smtp://") +
               (bare_ipv6 ? "[" + url_.host + "]" : url_.host) + ":" + std::to_string(url_.port) + "/" +
               url_.sender.address.domain;
    from_ = "<" + url_.sender.address.text() + ">";
  }

  std::string domain() const override { return url_.sender.address.domain; }
  bool has_sender() const override { return url_.sender_given; }

  DeliveryReport deliver(const OutgoingMail& mail) override {
    const WithoutSigpipe quiet;
    const auto envelope = write_mime(mail, url_.sender);
    if (!envelope) return {.delivery = Delivery::refused, .detail = envelope.error().reason};
    auto handle = take_handle();
    if (!handle) return {.delivery = Delivery::try_again, .detail = "libcurl: no handle"};
    Conversation talk{.unsent = envelope->bytes, .needs_smtputf8 = envelope->to.needs_smtputf8()};
    const std::string to = "<" + envelope->to.text() + ">";
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(curl_slist_append(nullptr, to.c_str()),
                                                                                 &curl_slist_free_all);
    if (!recipients || !prepare(handle.get(), talk, recipients.get())) {
      return {.delivery = Delivery::try_again, .detail = "libcurl: an option was not accepted"};
    }
    const CURLcode outcome = curl_easy_perform(handle.get());
    long code = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &code);
    curl_easy_reset(handle.get());  // keeps the connection, forgets the pointers into this frame
    if (outcome == CURLE_OK) give_back(std::move(handle));
    return judge(outcome, code, talk);
  }

 private:
  template <class T>
  static bool set(CURL* handle, CURLoption option, T value) {
    return curl_easy_setopt(handle, option, value) == CURLE_OK;
  }

  bool prepare(CURL* handle, Conversation& talk, curl_slist* recipients) const {
    const auto& options = url_.options;
    const auto seconds = static_cast<long>(options.timeout.count());
    const bool tls_first = url_.transport == Transport::smtps;
    const bool tls = tls_first || (options.require_tls && !url_.is_loopback());
    bool done = set(handle, CURLOPT_URL, address_.c_str()) && set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
                set(handle, CURLOPT_PROXY, "") &&  // otherwise libcurl asks the environment for one
                set(handle, CURLOPT_NOSIGNAL, 1L) && set(handle, CURLOPT_TIMEOUT, seconds) &&
                set(handle, CURLOPT_CONNECTTIMEOUT, std::min(seconds, 10L)) &&
                set(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
    done = done && set(handle, CURLOPT_USE_SSL, static_cast<long>(tls ? CURLUSESSL_ALL : CURLUSESSL_TRY)) &&
           set(handle, CURLOPT_SSL_VERIFYPEER, 1L) && set(handle, CURLOPT_SSL_VERIFYHOST, 2L) &&
           set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) {
      done =
          done && set(handle, CURLOPT_CAINFO, options.ca_file.c_str()) && set<char*>(handle, CURLOPT_CAPATH, nullptr);
    }
    done = done && set_login(handle);
    done = done && set(handle, CURLOPT_MAIL_FROM, from_.c_str()) && set(handle, CURLOPT_MAIL_RCPT, recipients) &&
           set(handle, CURLOPT_UPLOAD, 1L) && set(handle, CURLOPT_READFUNCTION, &send_body) &&
           set(handle, CURLOPT_READDATA, &talk) && set(handle, CURLOPT_HEADERFUNCTION, &take_reply) &&
           set(handle, CURLOPT_HEADERDATA, &talk) && set(handle, CURLOPT_WRITEFUNCTION, &drop_output) &&
           set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(talk.unsent.size()));
    // What EHLO offered is only seen on a new connection.
    return done && (!talk.needs_smtputf8 || set(handle, CURLOPT_FRESH_CONNECT, 1L));
  }

  bool set_login(CURL* handle) const {
    const auto& options = url_.options;
    if (options.username.empty()) return true;
    if (!set(handle, CURLOPT_USERNAME, options.username.c_str()) || !set(handle, CURLOPT_SASL_IR, 1L)) return false;
    std::string password(options.password ? options.password->expose() : "");  // libcurl wants a NUL behind it
    const bool done = set(handle, CURLOPT_PASSWORD, password.c_str());
    ::explicit_bzero(password.data(), password.size());
    return done;
  }

  static DeliveryReport judge(CURLcode outcome, long code, const Conversation& talk) {
    if (outcome == CURLE_OK) return {};
    if (talk.lacks_smtputf8)
      return {.delivery = Delivery::refused,
              .detail = "the server does not support SMTPUTF8, which this address needs"};
    // libcurl: SEND_ERROR when MAIL, RCPT or DATA was refused, WEIRD_SERVER_REPLY when the mail was (and for a bad
    // greeting, but that comes before any of the body).
    const bool about_the_mail = outcome == CURLE_SEND_ERROR || (outcome == CURLE_WEIRD_SERVER_REPLY && talk.body_began);
    const bool refused = about_the_mail && code >= 500 && code < 600 && !is_about_authentication(code);
    std::string detail = curl_easy_strerror(outcome);
    if (code >= 400 && !talk.replies.refusal().empty()) detail = "SMTP " + talk.replies.refusal();
    return {.delivery = refused ? Delivery::refused : Delivery::try_again, .detail = std::move(detail)};
  }

  // A handle that talked well keeps its connection; any other is closed, so the next mail starts clean.
  Handle take_handle() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    return Handle(curl_easy_init());
  }

  void give_back(Handle handle) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < 4) idle_.push_back(std::move(handle));
  }

  const MailUrl url_;
  std::string address_{}, from_{};
  std::mutex mutex_{};
  std::vector<Handle> idle_{};
};

}  // namespace

std::unique_ptr<Mailer> make_smtp_mailer(MailUrl url) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // counted by libcurl, thread-safe since 7.84
  static_cast<void>(ready);                                             // curl_easy_init says so itself when it failed
  return std::make_unique<SmtpMailer>(std::move(url));
}

}  // namespace rowan::mail
