#include <curl/curl.h>
#include <string.h>

#include <algorithm>
#include <atomic>
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
    auto told = converse(*envelope, take_handle());
    // A kept connection that the server has given up says nothing about this mail, which has not been sent yet.
    if (told.was_kept && told.gave_up && !told.body_began) told = converse(*envelope, fresh_handle());
    // Some servers announce ways to log in that they cannot check.
    for (const auto* way : {"AUTH=PLAIN", "AUTH=LOGIN"}) {
      if (!is_about_authentication(told.code) || url_.options.username.empty() || !may_log_in_plainly()) break;
      if (way == login_.load()) continue;
      const auto* const before = login_.exchange(way);
      auto another = converse(*envelope, fresh_handle());
      if (another.outcome == CURLE_OK || another.body_began) {
        told = std::move(another);
        break;
      }
      login_ = before;
    }
    return std::move(told.report);
  }

 private:
  struct Handled {
    Handle handle{};
    bool was_kept = false;
  };
  struct Told {
    DeliveryReport report{};
    CURLcode outcome = CURLE_OK;
    long code = 0;  // of the last reply
    bool was_kept = false, body_began = false, gave_up = false;
  };

  Told converse(const Envelope& envelope, Handled handled) {
    const auto failed = [](std::string why) {
      return Told{.report = {.delivery = Delivery::try_again, .detail = std::move(why)}, .outcome = CURLE_FAILED_INIT};
    };
    auto& handle = handled.handle;
    if (!handle) return failed("libcurl: no handle");
    Conversation talk{.unsent = envelope.bytes, .needs_smtputf8 = envelope.to.needs_smtputf8()};
    const std::string to = "<" + envelope.to.text() + ">";
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(curl_slist_append(nullptr, to.c_str()),
                                                                                 &curl_slist_free_all);
    if (!recipients || !prepare(handle.get(), talk, recipients.get()))
      return failed("libcurl: an option was not accepted");
    Told told{.outcome = curl_easy_perform(handle.get()), .was_kept = handled.was_kept};
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &told.code);
    curl_easy_reset(handle.get());  // keeps the connection, forgets the pointers into this frame
    told.body_began = talk.body_began;
    told.gave_up = told.outcome != CURLE_OK && talk.replies.speak_of_the_connection();
    if (told.outcome == CURLE_OK) give_back(std::move(handle));
    told.report = judge(told.outcome, told.code, talk);
    return told;
  }

  // PLAIN and LOGIN send the password itself: not in the clear to another machine.
  bool may_log_in_plainly() const {
    return url_.transport == Transport::smtps || url_.options.require_tls || url_.is_loopback();
  }

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
    if (const auto* way = login_.load(); way != nullptr && !set(handle, CURLOPT_LOGIN_OPTIONS, way)) return false;
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
    if (outcome == CURLE_USE_SSL_FAILED)
      detail = "the server offers no TLS; if it is in a network of your own, add require_tls=false to the mail URL";
    if (code >= 400 && !talk.replies.refusal().empty()) detail = "SMTP " + talk.replies.refusal();
    return {.delivery = refused ? Delivery::refused : Delivery::try_again, .detail = std::move(detail)};
  }

  // A handle that talked well keeps its connection; any other is closed, so the next mail starts clean.
  Handled take_handle() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto handle = std::move(idle_.back());
        idle_.pop_back();
        return {.handle = std::move(handle), .was_kept = true};
      }
    }
    return fresh_handle();
  }

  static Handled fresh_handle() { return {.handle = Handle(curl_easy_init())}; }

  void give_back(Handle handle) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < 4) idle_.push_back(std::move(handle));
  }

  const MailUrl url_;
  std::string address_{}, from_{};
  std::mutex mutex_{};
  std::vector<Handle> idle_{};
  std::atomic<const char*> login_ = nullptr;  // the way to log in that worked where libcurl's choice did not
};

}  // namespace

std::unique_ptr<Mailer> make_smtp_mailer(MailUrl url) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // counted by libcurl, thread-safe since 7.84
  static_cast<void>(ready);                                             // curl_easy_init says so itself when it failed
  return std::make_unique<SmtpMailer>(std::move(url));
}

}  // namespace rowan::mail
