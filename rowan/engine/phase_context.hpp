#pragma once
// PhaseContext: what a phase gets: checked inputs, the visitor, and the services. It holds nothing of HTTP, so the same
// phase serves the web, the API, the command line and tests (docs/architecture.md#phases-as-functions).
#include <map>
#include <memory>
#include <optional>
#include <rowan/base/email_address.hpp>
#include <rowan/base/json.hpp>
#include <rowan/engine/services.hpp>
#include <rowan/http/ip_address.hpp>
#include <rowan/tokens/claims.hpp>
#include <span>
#include <string>
#include <string_view>

namespace rowan {

/// The declared inputs of a phase. Required ones are present, and all are within their limits. Emails are syntactically
/// valid; passwords are as typed.
class Inputs {
 public:
  bool has(std::string_view name) const { return values_.contains(name); }
  /// Empty when absent.
  std::string_view text(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  const Json* json(std::string_view name) const;
  /// What this visitor's earlier requests are bound by (Input::Kind::flow): all that the browser keeps for this phase,
  /// the one that is meant first; of a program, the one it sent. text() has the first.
  const std::vector<std::string>& flows() const { return flows_; }
  void set_flows(const std::string& name, std::vector<std::string> flows) {
    if (!flows.empty()) set(name, flows.front());
    flows_ = std::move(flows);
  }
  void set(std::string name, std::string value) { values_.insert_or_assign(std::move(name), std::move(value)); }
  void set_json(std::string name, Json value) { documents_.insert_or_assign(std::move(name), std::move(value)); }
  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

 private:
  std::map<std::string, std::string, std::less<>> values_{};
  std::map<std::string, Json, std::less<>> documents_{};
  std::vector<std::string> flows_{};
};

/// The visitor, or the program, that sent the request.
struct Visitor {
  http::IpAddress address{};
  std::string user_agent{};  // at most 256 bytes, control characters removed
  std::string language = "en";
  std::string device{};  // the value of the device cookie; empty for programs and for browsers that never signed in
};

/// A sign-in whose first factor was right and that waits for its second (Who::pending). The phase that returns SignedIn
/// with `second_factor_done` for this account finishes it, once.
struct PendingSignIn {
  std::string id{};  // of its row
  AccountId account{};
  std::int64_t generation = 0;      // of the account then; when it has another by now, the sign-in is refused
  Methods methods{};                // what was shown
  std::string strategy{}, phase{};  // by which it began
  bool remember_me = false;
  std::string return_to{};
  Timestamp expires_at{};
  bool enrols = false;     // the account has no second factor and must set one up now (AuthOptions::second_factor)
  Json origin = Json({});  // SignedIn::origin
};

struct Strategy;

/// What the engine and its parts note about a request, for the events that tell of it.
struct PhaseNotes {
  EmailKey identity{};  // of the address that was sent
  std::map<std::string, std::string, std::less<>> fields{};
  AccountId guessed_at{};                                                // whose secret was guessed at
  std::shared_ptr<std::string> guess = std::make_shared<std::string>();  // AuthEvent::guess; empty once it was right
  std::string strategy{}, phase{};
  bool is_told = false;  // by tell_done(): the engine does not tell it again
};

struct PhaseContext {
  const Services& services;
  Realm realm{};
  const Inputs& inputs;
  Visitor visitor{};
  std::optional<VerifiedClaims> claims{};  // of the signed-in account, when there is one
  std::optional<PendingSignIn> pending{};  // for phases that may run for one, when there is one
  bool trusted = false;                    // the application itself called it as a function: no limits apply
  bool muted = false;                      // over a limit that only mutes: do everything as usual; no mail will be sent
  std::string_view return_to{};            // a path on this site, or empty
  std::span<const Strategy>
      strategies{};             // of this subject, add-ons' parts included: a room calls another through these values
  PhaseNotes* notes = nullptr;  // for the building blocks of the engine

  /// Of the sign-in that waits, else of who is signed in; nil: unknown.
  AccountId account() const { return pending ? pending->account : claims ? claims->id() : AccountId(); }

  /// Of that account, as it was when that was shown. When it has another by now, its credentials changed meanwhile.
  std::int64_t generation() const {
    return pending ? pending->generation : claims ? claims->numbers().account_generation : 0;
  }

  std::string_view tenant() const { return realm.tenant.view(); }
  std::string_view subject() const { return realm.subject.view(); }

  // Absolute addresses for mails and redirects, of this tenant and subject: see Services.
  std::string home_url() const { return services.home_url(realm.tenant); }
  std::string page_url(PageName page) const { return services.page_url(realm, page); }
  std::string token_url(std::string_view page, std::string_view token) const {
    return services.token_url(realm, page, token);
  }
  std::string phase_url(const Activity& activity) const { return services.phase_url(realm, activity); }
};

}  // namespace rowan
