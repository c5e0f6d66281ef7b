#pragma once
// A real SMTP server on 127.0.0.1 that does as its script says and remembers the conversation. STARTTLS and TLS by
// OpenSSL.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <rowan/base/without_sigpipe.hpp>
#include <rowan/testing/certificate.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace rowan::mail::for_tests {

using testing::Certificate;

struct SmtpScript {
  std::vector<std::string> offers{};  // lines of EHLO: "AUTH PLAIN", "SMTPUTF8"; STARTTLS is added with a certificate
  std::map<std::string, std::string>
      answers{};  // by "GREETING", a verb ("AUTH PLAIN" too) or "BODY": the line to say; "hang" and "drop" do so
  const Certificate* certificate = nullptr;
  bool tls_at_once = false;   // smtps
  std::string second_mail{};  // instead of a second mail on one connection: the line to say before it is closed, or
                              // "drop"
  std::string second_recipient{};  // of a second mail on one connection: the line to say
};

/// Each connection has a thread; the destructor closes them all.
class SmtpServer {
 public:
  explicit SmtpServer(SmtpScript script = {})
      : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no free port");
    }
    port_ = ntohs(address.sin_port);
    if (script_.certificate) {
      context_.reset(SSL_CTX_new(TLS_server_method()));
      SSL_CTX_use_certificate(context_.get(), script_.certificate->x509());
      SSL_CTX_use_PrivateKey(context_.get(), script_.certificate->key());
    }
    accepter_ = std::jthread([this] { accept_all(); });
  }
  ~SmtpServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    accepter_.join();
    talkers_.clear();
    ::close(listener_);
  }
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  std::string port() const { return std::to_string(port_); }
  /// Every line received outside mail bodies; "[TLS]" where a handshake was done.
  std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  /// Mails accepted, dots unstuffed (RFC 5321 section 4.5.2).
  std::vector<std::string> mails() const {
    const std::lock_guard lock(mutex_);
    return mails_;
  }
  int connections() const { return connections_; }

 private:
  struct Talk {
    int fd;
    std::unique_ptr<SSL, decltype(&SSL_free)> tls{nullptr, &SSL_free};
    std::string pending{};
    int mails = 0;

    bool say(const std::string& line) {
      const std::string bytes = line + "\r\n";
      const auto size = static_cast<int>(bytes.size());
      return (tls ? SSL_write(tls.get(), bytes.data(), size) : ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)) ==
             size;
    }
    bool hear(std::string& line) {
      for (;;) {
        if (const auto end = pending.find("\r\n"); end != std::string::npos) {
          line = pending.substr(0, end);
          pending.erase(0, end + 2);
          return true;
        }
        char buffer[4096];
        const auto got = tls ? SSL_read(tls.get(), buffer, sizeof buffer) : ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        pending.append(buffer, static_cast<std::size_t>(got));
      }
    }
  };

  void accept_all() {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      const std::lock_guard lock(mutex_);
      if (stopping_) return static_cast<void>(::close(fd));
      ++connections_;
      open_.push_back(fd);
      talkers_.emplace_back([this, fd] {
        const WithoutSigpipe quiet;
        {
          Talk talk{.fd = fd};
          if (!script_.tls_at_once || start_tls(talk)) converse(talk);
        }
        const std::lock_guard closing(mutex_);
        std::erase(open_, fd);
        ::close(fd);
      });
    }
  }

  bool start_tls(Talk& talk) {
    talk.tls.reset(SSL_new(context_.get()));
    SSL_set_fd(talk.tls.get(), talk.fd);
    if (SSL_accept(talk.tls.get()) != 1) return false;
    const std::lock_guard lock(mutex_);
    commands_.emplace_back("[TLS]");
    return true;
  }

  // What the script says instead, or `usual`. False when the conversation is over.
  bool answer(Talk& talk, const std::string& at, const std::string& usual) {
    const auto scripted = script_.answers.find(at);
    const auto& line = scripted == script_.answers.end() ? usual : scripted->second;
    if (line == "drop") return false;
    if (line == "hang") {
      std::string ignored;
      while (talk.hear(ignored)) {
      }
      return false;
    }
    return talk.say(line);
  }

  bool welcome(Talk& talk) {
    bool heard = talk.say("250-mail.example greets you");
    for (const auto& offer : script_.offers) heard = heard && talk.say("250-" + offer);
    if (script_.certificate && !talk.tls) heard = heard && talk.say("250-STARTTLS");
    return heard && talk.say("250 SIZE 2000000");
  }

  static std::string two_words(const std::string& line) {
    return line.substr(0, line.find(' ', std::min(line.size(), line.find(' ') + 1)));
  }

  void converse(Talk& talk) {
    bool going = answer(talk, "GREETING", "220 mail.example");
    std::string line;
    while (going && talk.hear(line)) {
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(line);
      }
      const std::string verb = line.substr(0, line.find(' '));
      if (verb == "EHLO" && !script_.answers.contains(verb))
        going = welcome(talk);
      else if (verb == "STARTTLS")
        going = answer(talk, verb, "220 go ahead") && (script_.answers.contains(verb) || start_tls(talk));
      else if (verb == "AUTH")
        going = answer(talk, script_.answers.contains(two_words(line)) ? two_words(line) : verb, "235 2.7.0 welcome");
      else if (verb == "MAIL" && talk.mails > 0 && !script_.second_mail.empty())
        going = script_.second_mail != "drop" && talk.say(script_.second_mail), going = false;
      else if (verb == "RCPT" && talk.mails > 0 && !script_.second_recipient.empty())
        going = talk.say(script_.second_recipient);
      else if (verb == "DATA")
        going = answer(talk, verb, "354 go ahead") && (script_.answers.contains(verb) || take_mail(talk));
      else if (verb == "QUIT")
        going = talk.say("221 bye"), going = false;
      else
        going = answer(talk, verb, "250 2.0.0 fine");
    }
  }

  bool take_mail(Talk& talk) {
    std::string mail, line;
    while (talk.hear(line)) {
      if (line == ".") {
        if (!script_.answers.contains("BODY")) {
          const std::lock_guard lock(mutex_);
          mails_.push_back(mail);
        }
        ++talk.mails;
        return answer(talk, "BODY", "250 2.0.0 queued");
      }
      mail += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    }
    return false;
  }

  const SmtpScript script_;
  const int listener_;
  std::uint16_t port_ = 0;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  mutable std::mutex mutex_{};
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<int> open_{};
  std::vector<std::string> commands_{}, mails_{};
  std::vector<std::jthread> talkers_{};
  std::jthread accepter_{};
};

}  // namespace rowan::mail::for_tests
