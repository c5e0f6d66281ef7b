#include <algorithm>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/guard_key.hpp>
#include <rowan/engine/parts/assurance.hpp>
#include <rowan/engine/parts/browser_name.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/phases/complete.hpp>
#include <rowan/engine/phases/completion_key.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

namespace {

// Of an account that its owner takes over: what the stranger wrote about it.
constexpr Sql drop_attributes{R"sql(
  UPDATE rowan_accounts
  SET extra = '{}', locale = :locale, updated_at = :now
  WHERE id = :id
)sql"};

Error refused(std::string reason) { return {.code = ErrorCode::authentication_failed, .reason = std::move(reason)}; }

// What the right credential was counted as.
Result<> forgive_in(Transaction& transaction, Core& core, const SignedIn& signed_in, const CompletionRequest& request) {
  ROWAN_CHECK(forgive_guess(transaction, core.services, signed_in.guess));
  for (const auto& count : request.give_back) ROWAN_CHECK(core.limits.forgive(transaction, count));
  for (const auto& count : request.clear) ROWAN_CHECK(core.limits.clear(transaction, count));
  return {};
}

struct Reserved {
  tokens::NumberLease token, generation;
};

class Completing {
 public:
  Completing(Core& core, const SignedIn& signed_in, const CompletionRequest& request, const Reserved& numbers)
      : core_(core), signed_in_(signed_in), request_(request), numbers_(numbers), now_(core.clock.now()) {}

  /// Whether a right credential was shown, however it ended.
  bool was_right() const { return was_right_; }

  Result<Completion> run(Transaction& transaction) {
    ROWAN_TRY(const auto applied, signed_in_.apply(transaction));
    ROWAN_TRY(auto account, accounts::lock(transaction, applied.account));
    if (!account) return refused("the account is gone");
    if (account->user.realm != request_.realm) return refused("an account of another subject or tenant");
    if (!account->usable()) return refused("the account is disabled or closed");
    if (account->generation != applied.generation) return refused("the account's credentials changed meanwhile");
    const auto* const here = session_of(*account);
    if (signed_in_.renews) {
      if (here == nullptr) return refused("the session to be renewed has ended");
      // Signed out while this was on its way: it does not come back as another.
      ROWAN_TRY(const bool is_ended, tokens::Revocation::is_published(transaction, here->numbers.token));
      if (is_ended) return refused("the session to be renewed was ended");
    }
    if (signed_in_.second_factor_done) ROWAN_CHECK(finish_pending(transaction, *account));
    was_right_ = true;
    // The right credential was shown, whatever is asked for next.
    ROWAN_CHECK(forgive_in(transaction, core_, signed_in_, request_));
    const auto hooks = core_.hooks(request_.subject);
    // Before everything of the account ends, which forgets its browsers, too.
    ROWAN_TRY(const bool was_here_before,
              tokens::knows_device(transaction.connection(), account->user.id, request_.remember_device, now_));
    const bool taken_over = is_taken_over(*account, applied);
    const bool ends_all = applied.end_other_sessions || taken_over;
    if (taken_over)
      for (const auto* hook : hooks)
        if (hook->on_taken_over) ROWAN_CHECK(hook->on_taken_over(transaction, core_.services, account->user.id));
    if (taken_over && !applied.taken_over) ROWAN_CHECK(forget_the_stranger(transaction, *account));
    if (ends_all)
      // This answer carries a token of the new generation.
      ROWAN_CHECK(tokens::end_everything_of(transaction, *account, numbers_.generation.number(), core_.revocation,
                                            core_.links, now_));
    if (signed_in_.keep) ROWAN_CHECK(signed_in_.keep(transaction));
    ROWAN_TRY(const bool first_factor, begins_factors(transaction, account->user.id, applied));
    if (!applied.proven_address.empty()) ROWAN_CHECK(prove(transaction, *account, applied.proven_address));

    auto event = event_about(*account, applied);
    event.taken_over = taken_over;
    event.kind = AuthEvent::Kind::registered;
    for (const auto* hook : hooks)
      if (applied.registered && hook->on_register)
        ROWAN_CHECK(hook->on_register(transaction, core_.services, account->user, event));
    if (applied.registered) ROWAN_CHECK(tell_of(transaction, AuthEvent::Kind::registered, event));
    const auto claims = claims_of(*account, applied, here);
    Completion completion{.user = account->user,
                          .claims = claims,
                          .registered = applied.registered,
                          .taken_over = taken_over,
                          .first_factor = first_factor,
                          .granted = signed_in_.grants_session,
                          .pending = {}};
    if (!completion.granted) {
      if (!applied.registered) ROWAN_CHECK(tell_of(transaction, AuthEvent::Kind::done, event));
      return completion;
    }
    event.kind = AuthEvent::Kind::signed_in;
    for (const auto* hook : hooks)
      if (hook->before_sign_in) ROWAN_CHECK(hook->before_sign_in(transaction, core_.services, account->user, event));
    ROWAN_TRY(completion.pending, more_needed(transaction, *account, applied, completion.claims));
    if (completion.pending && request_.whole_only)
      return Error{.code = ErrorCode::insufficient_user_authentication,
                   .reason = "the account has a second factor, which has to be shown"};
    if (completion.pending) {
      ROWAN_CHECK(tell_of(transaction, AuthEvent::Kind::pending, event));
      return completion;
    }
    if (request_.replaces)
      ROWAN_CHECK(tokens::revoke(transaction, core_.revocation, tokens::end_of(*request_.replaces), now_));
    if (const auto& before = applied.goes_on_from; before && before->expires_at > now_)
      ROWAN_CHECK(tokens::revoke(transaction, core_.revocation,
                                 {.number = before->number, .expires_at = before->expires_at}, now_));
    ROWAN_CHECK(tokens::insert(transaction, completion.claims, request_.purpose,
                               {.address = event.from.text(), .user_agent = event.user_agent}, now_));
    ROWAN_CHECK(tell_of_token(transaction, completion.claims, applied));
    ROWAN_CHECK(remember_browser(transaction, applied, completion));
    const bool was_known = was_here_before && !ends_all;
    ROWAN_CHECK(tokens::remember_device(transaction, account->user.id, request_.remember_device, now_));
    ROWAN_CHECK(trust_browser(transaction, account->user.id));
    // The locks of the other ways in end. Of this one a known browser's success ends its own series only, so that
    // strangers stay locked out; a browser that is known from now on begins without what was counted there before.
    if (applied.credential_checked && !signed_in_.renews && !signed_in_.shown_at)
      ROWAN_CHECK(
          end_locks(transaction, core_, account->user,
                    {.device = request_.remember_device, .except = was_known ? with_this(shown_before()) : Methods()}));
    // A session that goes on is of the browser that it was of, which an end of everything has forgotten.
    event.new_device = !was_here_before && !signed_in_.renews && !request_.remember_device.empty();
    event.goes_on = signed_in_.renews || applied.carried || applied.goes_on_from;
    event.token = claims.numbers.token;
    ROWAN_CHECK(tell_of(transaction, AuthEvent::Kind::signed_in, event));
    return completion;
  }

 private:
  AuthEvent event_about(const accounts::Account& account, const Applied& applied) const {
    return {.kind = AuthEvent::Kind::done,
            .strategy = std::string(request_.activity.strategy),
            .phase = std::string(request_.activity.phase),
            .realm = request_.realm,
            .account = account.user.id,
            .code = {},
            .registered = applied.registered,
            .reason = {},
            .from = request_.visitor.address,
            .user_agent = request_.visitor.user_agent,
            .methods = with_this(shown_before()),
            .language = request_.visitor.language,
            .identity = request_.notes != nullptr ? request_.notes->identity : EmailKey(),
            .fields = request_.notes != nullptr ? request_.notes->fields : decltype(AuthEvent::fields)()};
  }

  Result<> tell_of(Transaction& transaction, AuthEvent::Kind kind, AuthEvent& event) const {
    event.kind = kind;
    return tell(transaction, core_, event);
  }

  // A second factor alone does not sign in: it ends a sign-in that waits for it, or renews a session.
  Result<> finish_pending(Transaction& transaction, const accounts::Account& account) const {
    const auto& pending = request_.pending;
    if (!pending) return signed_in_.renews ? Result<>() : refused("a second factor without a first");
    if (signed_in_.renews) return refused("a session is renewed while a sign-in waits");
    if (pending->account != account.user.id) return refused("the sign-in that waits is another account's");
    if (pending->generation != account.generation) return refused("the account's credentials changed meanwhile");
    ROWAN_TRY(const bool used, use_pending(transaction, *pending, now_));
    return used ? Result<>() : refused("the sign-in that waited was finished or has expired");
  }

  // The sign-in that this is, or that this finishes, with the strategy that began it.
  Result<> tell_of_token(Transaction& transaction, const Claims& claims, const Applied& applied) const {
    const auto* const waited = signed_in_.second_factor_done && request_.pending ? &*request_.pending : nullptr;
    const auto& origin = waited != nullptr ? waited->origin : signed_in_.origin;
    const auto& begun_by = waited != nullptr ? waited->strategy : request_.activity.strategy;
    TokenMade made{.claims = claims, .origin = origin};
    if (signed_in_.renews && request_.here) made.goes_on_from = request_.here->numbers().token;
    if (applied.carried && applied.carried->token > 0) made.goes_on_from = applied.carried->token;
    if (applied.goes_on_from) made.goes_on_from = applied.goes_on_from->number;
    const auto is_told = [&](const Strategy& strategy) {
      if (applied.goes_on_from) return true;  // of which strategy that one was, they know
      return made.goes_on_from ? claims.methods.contains(strategy.name)
                               : strategy.name == begun_by && !origin.fields_view().empty();
    };
    for (const auto& strategy : request_.subject.strategies)
      if (strategy.on_token && is_told(strategy)) ROWAN_CHECK(strategy.on_token(transaction, core_.services, made));
    return {};
  }

  // What a browser keeps is bound to the session that it has now. A sign-in in another way begins anew, as it asks; a
  // change that ends the account's other sessions also ends what they were remembered by, and here it is renewed.
  Result<> remember_browser(Transaction& transaction, const Applied& applied, Completion& completion) const {
    const auto* strategy = request_.subject.remembering();
    if (strategy == nullptr || request_.purpose != tokens::session_purpose) return {};
    const auto& room = strategy->remembers;
    const auto& services = core_.services;
    if (applied.keeps) {
      completion.keeps = applied.keeps;
      return room.goes_on(transaction, services, applied.keeps->text, completion.claims);
    }
    bool was_remembered = false;
    if (!request_.browser_keeps.empty()) {
      if (signed_in_.renews && !applied.end_other_sessions && !completion.taken_over)
        return room.goes_on(transaction, services, request_.browser_keeps, completion.claims);
      ROWAN_TRY(const auto whose, room.forget(transaction, services, request_.browser_keeps, request_.visitor));
      was_remembered = whose == completion.user.id;
      completion.is_forgotten = true;
    }
    if (!asks_to_be_remembered() && !(signed_in_.renews && was_remembered)) return {};
    ROWAN_TRY(completion.keeps, room.remember(transaction, services, completion.claims, request_.visitor));
    return {};
  }

  bool asks_to_be_remembered() const {
    if (signed_in_.remember_me) return true;
    return signed_in_.second_factor_done && request_.pending && request_.pending->remember_me;
  }

  Methods with_this(Methods methods) const {
    methods.put(signed_in_.method, signed_in_.proves.value_or(request_.proves), signed_in_.shown_at.value_or(now_));
    return methods;
  }

  /// What the first factor showed of the sign-in that this finishes.
  Methods shown_before() const {
    return signed_in_.second_factor_done && request_.pending ? request_.pending->methods : Methods();
  }

  /// The session of this request, if it is of this account and still good.
  const Claims* session_of(const accounts::Account& account) const {
    const auto& claims = request_.here;
    return claims && claims->id() == account.user.id && claims->numbers().account_generation == account.generation
               ? &claims->get()
               : nullptr;
  }

  // An account whose address was never proven may have been made by another person, who knows its credentials. The one
  // who proves the address gets it without them, unless they are the one who made it. A known browser is no evidence:
  // strangers and owners share browsers.
  bool is_taken_over(const accounts::Account& account, const Applied& applied) const {
    if (applied.taken_over) return true;
    if (applied.proven_address.empty() || applied.registered || account.user.confirmed_at) return false;
    return !applied.is_registrant && session_of(account) == nullptr;
  }

  Result<> forget_the_stranger(Transaction& transaction, accounts::Account& account) const {
    account.user.extra = Json({});
    account.user.locale = request_.visitor.language;
    ROWAN_CHECK(transaction.execute(drop_attributes,
                                    {{"id", account.user.id}, {"locale", account.user.locale}, {"now", now_}}));
    return {};
  }

  // A mail to this address was answered: it is its owner's. Whatever was guessed at this account before, its locks end
  // here (THR-04), but for those of second factors.
  Result<> prove(Transaction& transaction, accounts::Account& account, const EmailKey& address) {
    // It may have been changed while the mail was on its way.
    const auto owned = EmailAddress::parse(account.user.email);
    if (!owned || owned->key() != address) return refused("the address is no longer this account's");
    ROWAN_TRY(const bool news, accounts::verify_email(transaction, account.user.id, address, now_));
    if (news) {
      core_.revocation.account_changed(transaction, account.generation);
      if (!account.user.confirmed_at) account.user.confirmed_at = now_;
    }
    return end_locks(
        transaction, core_, account.user,
        {.device = request_.visitor.device, .except = {}, .second_factors = signed_in_.second_factor_done});
  }

  Claims claims_of(const accounts::Account& account, const Applied& applied, const Claims* here) const {
    const auto* const renewed = signed_in_.renews ? here : nullptr;
    Claims claims;
    claims.id = account.user.id;
    claims.realm = account.user.realm;
    claims.numbers = {numbers_.token.number(), account.generation, account.tenant_generation};
    claims.expires_at = now_ + (request_.purpose == tokens::session_purpose ? core_.options.session.lifetime
                                                                            : core_.options.token_lifetime);
    if (applied.carried) {
      claims.methods = applied.carried->methods;
      claims.expires_at = std::min(claims.expires_at, applied.carried->expires_at);
      return claims;
    }
    if (renewed != nullptr) {
      // As it was: a change of the password is no sign-in. What was shown to show more is added, with its own time.
      claims.methods = signed_in_.second_factor_done ? with_this(renewed->methods) : renewed->methods;
      claims.expires_at = std::min(claims.expires_at, renewed->expires_at);
      return claims;
    }
    claims.methods = applied.credential_checked ? with_this(shown_before()) : shown_before();
    return claims;
  }

  // Whether the account had no second factor before. Backups that it has nevertheless were kept for one that is gone,
  // and do not come to life again. A new account may be made with one, such as a passkey.
  Result<bool> begins_factors(Transaction& transaction, AccountId account, const Applied& applied) const {
    if (!applied.factor_added && !applied.registered) return false;
    ROWAN_TRY(const auto factors, find_factors(core_, request_.subject, transaction.connection(), account));
    if (applied.registered) return has_second_factor(factors);
    if (std::ranges::count(factors, Factor::Use::second, &Factor::use) != 1) return false;
    for (const auto& strategy : request_.subject.strategies) {
      const auto has = [&](Factor::Use use) {
        return std::ranges::any_of(factors,
                                   [&](const Factor& one) { return one.strategy == strategy.name && one.use == use; });
      };
      if (strategy.hooks.drop_factors && has(Factor::Use::backup) && !has(Factor::Use::second))
        ROWAN_CHECK(strategy.hooks.drop_factors(transaction, core_.services, account));
    }
    return true;
  }

  // The sign-in waits for its second factor, or until the account has one.
  Result<std::optional<PendingFlow>> more_needed(Transaction& transaction, const accounts::Account& account,
                                                 const Applied& applied, const Claims& claims) {
    if (signed_in_.second_factor_done || signed_in_.renews || applied.carried) return std::nullopt;
    ROWAN_TRY(const auto factors, find_factors(core_, request_.subject, transaction.connection(), account.user.id));
    // A new account's factors are what it was made with, here and by who made it: they are not asked for once more.
    PendingFlow flow{.flow = {}, .factors = {}, .set_up = {}};
    if (!applied.registered) flow.factors = factors_to_ask(factors, claims.methods);
    if (!flow.factors.empty()) {
      ROWAN_TRY(const bool is_trusted, is_browser_trusted(transaction, account.user.id));
      if (is_trusted) return std::nullopt;
    } else if (!has_second_factor(factors) && claims.methods.proves().kinds() < 2 &&
               must_enrol(core_, account.user, now_)) {
      flow.set_up = enrolling_strategies(request_.subject);
    }
    if (flow.factors.empty() && flow.set_up.empty()) return std::nullopt;
    ROWAN_TRY(flow.flow,
              open_pending(transaction, core_, request_.realm, waiting(account, claims, flow.factors.empty())));
    return flow;
  }

  // Asked for with the second factor of a sign-in, in a browser.
  Result<> trust_browser(Transaction& transaction, AccountId account) const {
    const auto lifetime = core_.options.second_factor.trust_browsers;
    if (!request_.trust_browser || !request_.pending || request_.pending->enrols || lifetime <= std::chrono::seconds(0))
      return {};
    return tokens::trust_device(transaction, account, request_.remember_device,
                                {.until = now_ + lifetime, .browser = browser_name(request_.visitor.user_agent)}, now_);
  }

  Result<bool> is_browser_trusted(Transaction& transaction, AccountId account) const {
    if (core_.options.second_factor.trust_browsers <= std::chrono::seconds(0)) return false;
    return tokens::trusts_device(transaction.connection(), account, request_.visitor.device, now_);
  }

  PendingSignIn waiting(const accounts::Account& account, const Claims& claims, bool enrols) const {
    return {.id = {},
            .account = account.user.id,
            .generation = account.generation,
            .methods = claims.methods,
            .strategy = std::string(request_.activity.strategy),
            .phase = std::string(request_.activity.phase),
            .remember_me = signed_in_.remember_me,
            .return_to = request_.return_to,
            .expires_at = {},
            .enrols = enrols,
            .origin = signed_in_.origin};
  }

  Core& core_;
  const SignedIn& signed_in_;
  const CompletionRequest& request_;
  const Reserved& numbers_;
  Timestamp now_;
  bool was_right_ = false;
};

}  // namespace

Result<> end_locks(Transaction& transaction, const Core& core, const User& user, const EndLocks& which) {
  const auto* subject = core.find_subject(user.subject());
  if (subject == nullptr) return {};
  for (const auto& strategy : subject->strategies)
    if (strategy.guesses && !which.except.contains(strategy.name) &&
        (which.second_factors || !asks_after_others(strategy)))
      ROWAN_CHECK(end_lock(transaction, core.services, *strategy.guesses, user.realm, user.id, which.device));
  return {};
}

void forgive(Core& core, const SignedIn& signed_in, const CompletionRequest& request) {
  const auto done = core.spine.database.transact(
      [&](Transaction& transaction) { return forgive_in(transaction, core, signed_in, request); });
  if (!done) core.logger.warning("attempt_not_given_back", {{"reason", done.error().reason}});
}

Result<Completion> complete(Core& core, const SignedIn& signed_in, const CompletionRequest& request) {
  // What signs the token comes first: without it the sign-in would be committed and nobody have its token.
  if (request.purpose == tokens::bearer_purpose) ROWAN_CHECK(core.bearers.prepare());
  // Numbers come first, too: a block of them is a transaction of its own and must survive a rollback of this one.
  ROWAN_TRY(auto token, tokens::NumberLease::take(core.numbers));
  ROWAN_TRY(auto generation, tokens::NumberLease::take(core.numbers));
  Reserved numbers{std::move(token), std::move(generation)};
  bool was_right = false;
  auto completed = core.spine.database.transact([&](Transaction& transaction) {
    Completing completing(core, signed_in, request, numbers);
    auto done = completing.run(transaction);
    was_right = completing.was_right();
    return done;
  });
  numbers.token.settle(completed, completed && completed->granted && !completed->pending);
  numbers.generation.settle(completed,
                            completed && completed->claims.numbers.account_generation == numbers.generation.number());
  if (signed_in.numbers) signed_in.numbers->settle(completed, completed && completed->registered);
  // A right credential was shown: that it was not enough, or that a hook refused, must not lock its owner out.
  if (!completed && was_right && completed.error().effect == Effect::none) forgive(core, signed_in, request);
  return completed;
}

void prove_user(const Completion& completion, std::optional<AuthenticatedUser>& user) {
  user.reset();
  if (completion.granted && !completion.pending)
    user.emplace(CompletionKey{}, completion.user, VerifiedClaims(GuardKey{}, completion.claims));
}

}  // namespace rowan::engine
