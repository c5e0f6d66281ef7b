#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/try.hpp>
#include <rowan/mail/sealed_body.hpp>

namespace rowan::mail {

namespace {

// JSON may spell one byte with six ("\u001b"); put() bounds the bodies before.
constexpr Json::Limits body_limits{.depth = 2, .bytes = 8 * 1024 * 1024};

// None of them holds a NUL (put() checks), so no two rows are bound alike.
std::string bound_to(std::string_view id, const MailMessage& message) {
  std::string bound(id);
  for (const auto* field : {&message.to, &message.subject, &message.kind}) bound.append(1, '\0').append(*field);
  return bound;
}

Error unreadable(std::string why) { return {.code = ErrorCode::internal, .reason = std::move(why)}; }

}  // namespace

SealedBodies::SealedBodies(const crypto::KeyRing& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys_.push_back({.id = keys.key_id(i), .key = crypto::AeadKey(keys.derive(i, "outbox"))});
  }
}

Result<SealedBody> SealedBodies::seal(std::string_view id, const MailMessage& message, Random& random) const {
  const std::string plain = Json{{"text", message.text}, {"html", message.html}}.text();
  const std::string bound = bound_to(id, message);
  std::vector<std::byte> sealed(crypto::nonce_size + plain.size() + crypto::tag_size);
  const auto nonce = std::span(sealed).first<crypto::nonce_size>();
  random.fill(nonce);
  keys_.front().key.seal(nonce, as_bytes(bound), as_bytes(plain), std::span(sealed).subspan(crypto::nonce_size));
  return SealedBody{.key_id = keys_.front().id, .text = to_base64url(sealed)};
}

Result<> SealedBodies::open(std::string_view id, const SealedBody& sealed, MailMessage& message) const {
  const auto key = std::ranges::find(keys_, sealed.key_id, &Key::id);
  if (key == keys_.end()) return unreadable("sealed with a secret that is gone");
  const auto bytes = from_base64url(sealed.text);
  if (!bytes || bytes->size() < crypto::nonce_size + crypto::tag_size) return unreadable("the sealed body is damaged");
  const std::span<const std::byte> all(*bytes);
  std::string plain(bytes->size() - crypto::nonce_size - crypto::tag_size, '\0');
  const auto opened = key->key.open(all.first<crypto::nonce_size>(), as_bytes(bound_to(id, message)),
                                    all.subspan(crypto::nonce_size), std::as_writable_bytes(std::span(plain)));
  if (!opened || *opened != plain.size()) return unreadable("the sealed body or its row was changed");
  ROWAN_TRY(const auto body, Json::parse(plain, body_limits));
  const auto text = body.find("text"), html = body.find("html");
  if (!text || !html || !text->as_text() || !html->as_text()) return unreadable("the sealed body is damaged");
  message.text = *text->as_text();
  message.html = *html->as_text();
  return {};
}

}  // namespace rowan::mail
