#pragma once
// EmailAddress: an address that was checked and normalised, once. Its key finds the account
// (docs/architecture.md#identifiers).
#include <rowan/base/result.hpp>
#include <string>
#include <string_view>

namespace rowan {

/// EmailAddress::key, by which an account is found. It is a type of its own, so you cannot pass an address as it was
/// typed, or an IP address, in its place. Empty: none.
class EmailKey {
 public:
  EmailKey() = default;
  /// A key as it was stored.
  explicit EmailKey(std::string stored) : text_(std::move(stored)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend bool operator==(const EmailKey&, const EmailKey&) = default;

 private:
  std::string text_{};
};

/// One mailbox, `local@domain`. A value; thread-safe to read.
///
/// Accepts a dot-atom local part (RFC 5322 section 3.2.3, with UTF-8 as in RFC 6531 section 3.3) and a host name with a
/// dot in it, or `localhost`. Limits of RFC 5321 section 4.5.3.1: local part 64 octets, label 63, the whole 254 with
/// the domain as A-labels. Refuses quoted strings, comments, address literals, several addresses, blanks inside,
/// control characters, and characters that are invisible or look like '@' (two accounts must not look the same).
class EmailAddress {
 public:
  /// Blanks around it are trimmed. Fails with invalid_input and one FieldError of code "invalid"; the caller sets its
  /// field.
  static Result<EmailAddress> parse(std::string_view typed);

  /// What two spellings of one mailbox share: NFC, ASCII letters of the local part in lower case, the domain as
  /// A-labels in lower case (IDNA2008, UTS #46 non-transitional). No rule about dots or plus signs.
  const EmailKey& key() const { return key_; }
  /// As typed, trimmed, in NFC. Show this to people; an SMTP envelope takes local_part() @ domain().
  const std::string& shown() const { return shown_; }
  /// As typed, in NFC; case kept, because only the receiving server knows whether it matters.
  std::string_view local_part() const { return std::string_view(shown_).substr(0, shown_.find('@')); }
  /// A-labels in lower case, as DNS and SMTP need them.
  std::string_view domain() const { return std::string_view(key_.text()).substr(key_.text().find('@') + 1); }

 private:
  EmailAddress(std::string shown, std::string key) : shown_(std::move(shown)), key_(EmailKey(std::move(key))) {}
  std::string shown_;
  EmailKey key_;
};

}  // namespace rowan
