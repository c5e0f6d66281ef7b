#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/kept_tokens.hpp>
#include <rowan/strategies/oauth2/match.hpp>
#include <rowan/strategies/oauth2/notices.hpp>
#include <rowan/strategies/oauth2/resolve.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr std::size_t most_kept_bytes = 512;  // of one text about a person

// The account of an identity, as it is inside the transaction; nullopt when there is none.
Result<std::optional<Applied>> known_in(Transaction& transaction, const PhaseContext& context, const Person& person) {
  ROWAN_TRY(const auto linked, find_identity(transaction.connection(), context.realm, person));
  if (!linked) return std::optional<Applied>();
  ROWAN_CHECK(mark_used(transaction, context.realm, person, context.services.clock().now()));
  ROWAN_CHECK(keep_tokens(transaction, context.services, person, linked->account));
  return std::optional(Applied{.account = linked->account, .generation = linked->generation});
}

SignedIn as_known(const PhaseContext& context, const Room& room, const Person& person) {
  return {.method = room.name, .apply = [context, person](Transaction& transaction) -> Result<Applied> {
            ROWAN_TRY(const auto known, known_in(transaction, context, person));
            return known ? Result<Applied>(*known) : wrong_credential("the provider was unlinked meanwhile");
          }};
}

Json kept_about(const Room& room, const Person& person) {
  std::vector<std::pair<std::string, Json>> kept;
  for (const auto& name : room.accounts.keep) {
    const auto text = text_of(person.about, name);
    if (!text.empty() && text.size() <= most_kept_bytes && is_storable_text(text) && !has_control_characters(text))
      kept.emplace_back(name, text);
  }
  return Json::object(kept);
}

Result<SignedIn> as_new(const PhaseContext& context, const Room& room, const Person& person,
                        const EmailAddress& email) {
  if (!room.accounts.registration) return wrong_credential(room.name + ": no account has this person or address");
  const Error taken = wrong_credential(room.name + ": the address was registered meanwhile");
  ROWAN_TRY(auto signed_in,
            new_account(context, room.name,
                        {.email = email,
                         .locale = context.visitor.language,
                         .extra = kept_about(room, person),
                         .proven = room.accounts.trust_email_verified && person.email_verified,
                         .keep = [context, person, taken](Transaction& transaction, AccountId account) -> Result<> {
                           ROWAN_TRY(const bool added, add_identity(transaction, context.realm, person, account,
                                                                    context.services.clock().now()));
                           if (!added) return taken;
                           return keep_tokens(transaction, context.services, person, account);
                         },
                         .when_taken = taken}));
  // Several tabs that come back at once: the first makes the account, the others sign in to it.
  signed_in.apply = [context, person, make = std::move(signed_in.apply)](Transaction& transaction) -> Result<Applied> {
    ROWAN_TRY(const auto before, known_in(transaction, context, person));
    if (before) return *before;
    auto made = make(transaction);
    if (made || made.error().code != ErrorCode::authentication_failed) return made;
    ROWAN_TRY(const auto meanwhile, known_in(transaction, context, person));
    return meanwhile ? Result<Applied>(*meanwhile) : made;
  };
  return signed_in;
}

// Both sides are verified: the provider says that the person has the address, and the account has proved it, or is
// taken over by the one who does now.
Result<SignedIn> as_owner_of(const PhaseContext& context, const Room& room, const Person& person,
                             const accounts::Account& account, const EmailAddress& email) {
  return SignedIn{.method = room.name,
                  .apply = [context, person, id = account.user.id, generation = account.generation,
                            key = email.key()](Transaction& transaction) -> Result<Applied> {
                    ROWAN_TRY(const auto known, known_in(transaction, context, person));
                    if (known) return *known;
                    return Applied{.account = id, .generation = generation, .proven_address = key};
                  },
                  .keep = keeping(context, room, person, account.user.id)};
}

// The provider's word does not count, so it is not enough.
Result<Outcome> untrusted(const PhaseContext& context, const Room& room, const Person& person,
                          const accounts::Account& account, const std::string& return_to) {
  if (room.accounts.on_untrusted_email_match == UntrustedMatch::confirm) {
    ROWAN_TRY(auto accepted, ask_owner(context, room, person, account, return_to));
    return Outcome(std::move(accepted));
  }
  return wrong_credential(room.name + (room.accounts.trust_email_verified
                                           ? ": an account has the address, which the provider does not call verified"
                                           : ": an account has the address, and trust_email_verified is off"));
}

Result<Outcome> to(Result<SignedIn> signed_in, const Person& person, const std::string& return_to) {
  if (!signed_in) return std::move(signed_in).error();
  signed_in->origin = person.origin;
  signed_in->proves = person.proves;
  signed_in->shown_at = person.shown_at;
  signed_in->return_to = return_to;
  return Outcome(*std::move(signed_in));
}

}  // namespace

std::function<Result<>(Transaction&)> keeping(const PhaseContext& context, const Room& room, Person person,
                                              AccountId account) {
  return [context, room, person = std::move(person), account](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto linked, find_identity(transaction.connection(), context.realm, person));
    if (linked && linked->account == account) return {};
    ROWAN_TRY(const bool added,
              add_identity(transaction, context.realm, person, account, context.services.clock().now()));
    if (!added) return wrong_credential(room.name + ": the account has another person of this provider");
    ROWAN_CHECK(keep_tokens(transaction, context.services, person, account));
    ROWAN_TRY(const auto owner, accounts::find(transaction.connection(), account));
    return owner ? tell_of_link(transaction, context, room.name, room.label, person, owner->user)
                 : Result<>(wrong_credential("the account is gone"));
  };
}

Result<Outcome> sign_in_as(const PhaseContext& context, const Room& room, const Person& person,
                           const std::string& return_to) {
  const auto email = EmailAddress::parse(person.email);
  struct Found {
    std::optional<Linked> linked{};
    std::optional<accounts::Account> account{};
    std::optional<Identity> another{};
  };
  ROWAN_TRY(const auto found, context.services.database().read([&](SqlConnection& connection) -> Result<Found> {
    Found all;
    ROWAN_TRY(all.linked, find_identity(connection, context.realm, person));
    if (all.linked || !email) return all;
    ROWAN_TRY(all.account, accounts::find_by_email(connection, context.realm, email->key()));
    if (!all.account) return all;
    ROWAN_TRY(all.another, identity_of(connection, all.account->user.id, person.provider));
    return all;
  }));
  if (found.linked) return to(as_known(context, room, person), person, return_to);
  if (!email) return wrong_credential(room.name + ": the provider gave no email address; ask for the scope that does");
  if (!found.account) return to(as_new(context, room, person, *email), person, return_to);
  // Linked between the two looks.
  if (found.another && found.another->uid == person.uid) return to(as_known(context, room, person), person, return_to);
  if (found.another) return wrong_credential(room.name + ": the account has another person of this provider");
  if (!room.accounts.trust_email_verified || !person.email_verified)
    return untrusted(context, room, person, *found.account, return_to);
  return to(as_owner_of(context, room, person, *found.account, *email), person, return_to);
}

Result<> link(const PhaseContext& context, const Room& room, const Person& person, AccountId account,
              std::int64_t generation) {
  return context.services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
    if (!locked || !locked->usable() || locked->generation != generation)
      return wrong_credential(room.name + ": the session that links has ended");
    ROWAN_TRY(const auto linked, find_identity(transaction.connection(), context.realm, person));
    if (linked && linked->account == account) return keep_tokens(transaction, context.services, person, account);
    if (linked) return wrong_credential(room.name + ": this person has another account");
    ROWAN_TRY(const bool added,
              add_identity(transaction, context.realm, person, account, context.services.clock().now()));
    if (!added) return wrong_credential(room.name + ": the account has another person of this provider");
    ROWAN_CHECK(keep_tokens(transaction, context.services, person, account));
    ROWAN_CHECK(tell_of_link(transaction, context, room.name, room.label, person, locked->user));
    return tell_done(transaction, context);
  });
}

}  // namespace rowan::strategies::oauth2
