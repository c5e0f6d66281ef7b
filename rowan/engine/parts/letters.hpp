#pragma once
// Letters: the mails of rooms. One way to say who asked, one way to put a mail beside its effect, one limit for one
// recipient.
#include <array>
#include <rowan/engine/strategy.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan {

/// Whom a letter answers: who asked for it, and of which tenant and subject they are. A view, for the time of a call;
/// any function that takes one takes a phase's context as well. In a hook there is no phase: make it from the event.
struct Requester {
  const Services& services;
  const Realm& realm;
  const Visitor& visitor;
  bool muted = false;
  Requester(const PhaseContext& context)  // NOLINT(google-explicit-constructor)
      : services(context.services), realm(context.realm), visitor(context.visitor), muted(context.muted) {}
  Requester(const Services& of, const Realm& realm_of, const Visitor& who)
      : services(of), realm(realm_of), visitor(who) {}
};

/// A letter that another address would have got, and the link that it shows: a longer link takes longer to render.
struct OtherLetter {
  std::string name{}, link{};
};

struct Letter {
  std::string name{};  // its templates: "magic_link/sign_in"
  std::string to{};    // an address as its owner writes it; for an address without an account, as it was typed
  std::string language{};
  Json data = Json({});
  /// Every letter that an address may get; this one may be among them. The others are rendered as well, so that time
  /// does not tell which was sent (THR-07).
  std::vector<OtherLetter> instead{};
};

/// What the templates of every letter may name: what put_letter and the layout fill in.
inline constexpr std::array<std::string_view, 11> names_in_every_letter{
    "app_name", "logo_url",     "language",       "dir",           "mount", "home_href", "page_title",
    "content",  "requested_at", "requested_from", "requested_with"};

/// `link`, `expires_at`, `requested_at`, `requested_from`, `requested_with`: what every mail that was asked for
/// says.
Json who_asked(const Requester& requester, std::string_view language, const std::string& link,
               std::optional<Timestamp> expires = std::nullopt);

/// The same, for the page behind a mailed link: `requested_at`, `requested_from`, `requested_with`.
Json who_asked(const Pages& pages, std::string_view language, const tokens::Link& link);

/// Writes the mail in this transaction. It must be declared (Strategy::letters), with everything in its data but
/// who_asked's. When the requester is muted, or `send` is false, it is withheld: the same row is written and never
/// sent, so that an address cannot be told by its side effects (THR-06).
Result<> put_letter(Transaction& transaction, const Requester& requester, const Letter& letter, Timestamp useful_until,
                    bool send = true);

/// MailMessage::scope of the letters of a tenant's subject.
std::string scope_of_mails(const Realm& realm);

/// The language of a mail: the account's, else the one it was asked for in.
std::string letter_language(const Requester& requester, const User* user);

/// What a mailed token is about: the tenant, the subject, who asked, whether its mail leaves. The rest is the caller's.
tokens::NewLink link_for(const Requester& requester, Purpose purpose, const EmailKey& address,
                         std::chrono::seconds lifetime);

/// Mails of one kind to one recipient, over all strategies that send it. Above it the answer is unchanged but nothing
/// is sent (THR-09). One counter per kind, in a window no longer than its links live: an attacker who exhausts it still
/// leaves the victim a working mail of that kind, and every other kind (THR-04).
RateLimit mail_limit(std::string input, const std::string& kind, std::int64_t max, std::chrono::seconds window);

/// mail_limit for an address that a phase learns only while it runs, such as one from a provider: counts one mail, in
/// the same counter. True: above it, so do everything as usual and send nothing.
Result<bool> count_mail(const PhaseContext& context, const EmailKey& address, const std::string& kind, std::int64_t max,
                        std::chrono::seconds window);

/// One object with the members of both.
Json joined(const Json& first, const Json& second);

}  // namespace rowan
