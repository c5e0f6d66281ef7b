#include <algorithm>
#include <rowan/mail/smtp/reply.hpp>

namespace rowan::mail {

namespace {

std::size_t digits_at(std::string_view text) {
  const auto other = std::ranges::find_if(text, [](char c) { return c < '0' || c > '9'; });
  return static_cast<std::size_t>(other - text.begin());
}

// RFC 3463 section 2: status-code = class "." subject "." detail
std::string_view enhanced_status(std::string_view text) {
  std::size_t length = 0;
  for (int part = 0; part < 3; ++part) {
    const auto digits = digits_at(text.substr(length));
    if (digits == 0 || digits > 3) return {};
    length += digits;
    if (part == 2) break;
    if (length >= text.size() || text[length] != '.') return {};
    ++length;
  }
  return text.substr(0, length);
}

}  // namespace

void Replies::add(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (digits_at(line.substr(0, 3)) != 3) return;
  const auto text = line.substr(std::min(line.size(), std::size_t{4}));
  if (line.starts_with("250") && text == "SMTPUTF8") offers_smtputf8_ = true;
  if (line.front() != '4' && line.front() != '5') return;
  refusal_ = line.substr(0, 3);
  if (const auto status = enhanced_status(text); !status.empty()) refusal_.append(" ").append(status);
}

bool Replies::speak_of_the_connection() const {
  return refusal_.empty() || refusal_.starts_with("421") || refusal_.ends_with(" 4.4.2");
}

bool is_about_authentication(long code) { return code == 530 || code == 534 || code == 535 || code == 538; }

}  // namespace rowan::mail
