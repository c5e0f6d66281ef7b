#pragma once
// Not installed. What the lines of a server's answer say (RFC 5321 section 4.2): digits only leave here, its text may
// repeat the address.
#include <string>
#include <string_view>

namespace rowan::mail {

/// Watches the replies of one conversation. One thread.
class Replies {
 public:
  void add(std::string_view line);
  /// EHLO offered SMTPUTF8 (RFC 6531).
  bool offers_smtputf8() const { return offers_smtputf8_; }
  /// "550 5.1.1" or "550": code and enhanced status (RFC 3463) of the last 4xx or 5xx reply; empty when there was none.
  const std::string& refusal() const { return refusal_; }
  /// Nothing was said of this mail: the server closed the connection without a word, or said that it does (421, RFC
  /// 5321 section 3.8; status X.4.2, RFC 3463 section 3.5). Another refusal is an answer, such as that of a grey list.
  bool speak_of_the_connection() const;

 private:
  std::string refusal_{};
  bool offers_smtputf8_ = false;
};

/// A code that tells of the way to the server, not of this mail: the log-in is missing or wrong, TLS is wanted (RFC
/// 4954 section 6, RFC 3207 section 4).
bool is_about_authentication(long code);

}  // namespace rowan::mail
