#include <algorithm>
#include <deque>
#include <mutex>
#include <rowan/mail/mailbox/contents.hpp>
#include <rowan/mail/mailbox/memory_mailbox.hpp>

namespace rowan::mail {

namespace {

constexpr std::size_t max_mails = 1000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_address(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

class MemoryMailbox final : public Mailer, public Mailbox {
 public:
  explicit MemoryMailbox(Sender sender) : sender_(std::move(sender)) {}

  DeliveryReport deliver(const OutgoingMail& mail) override {
    if (auto written = write_mime(mail, sender_); !written) {
      return {.delivery = Delivery::refused, .detail = written.error().reason};
    }
    const std::lock_guard lock(mutex_);
    mails_.push_front(mail);
    if (mails_.size() > max_mails) mails_.pop_back();
    return {};
  }

  std::string domain() const override { return sender_.address.domain; }
  Mailbox* mailbox() override { return this; }

  Json list(std::string_view to) const override {
    std::vector<Json> found;
    const std::lock_guard lock(mutex_);
    for (const auto& mail : mails_) {
      if (to.empty() || same_address(mail.message.to, to)) found.push_back(shown(mail));
    }
    return found;
  }

  void clear() override {
    const std::lock_guard lock(mutex_);
    mails_.clear();
  }

 private:
  Json shown(const OutgoingMail& mail) const {
    const auto& message = mail.message;
    return {{"id", mail.message_id.substr(0, mail.message_id.find('@'))},
            {"to", message.to},
            {"from", sender_.address.text()},
            {"subject", message.subject},
            {"text", message.text},
            {"html", message.html},
            {"links", links_in(message.text)},
            {"code", code_in(message.text)},
            {"sent_at", to_rfc3339(mail.sent)}};
  }

  const Sender sender_;
  mutable std::mutex mutex_{};
  std::deque<OutgoingMail> mails_{};
};

}  // namespace

std::unique_ptr<Mailer> make_memory_mailbox(Sender sender) {
  return std::make_unique<MemoryMailbox>(std::move(sender));
}

}  // namespace rowan::mail
