#pragma once
// RequestCredential: how a strategy authenticates requests by themselves, without a session or a bearer token: by an
// API key (docs/architecture.md#credentials-of-requests).
#include <functional>
#include <rowan/engine/services.hpp>
#include <rowan/tokens/claims.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace rowan {

/// Whose a credential is, as the database says now.
struct Identified {
  AccountId account{};
  TokenNumbers numbers{};  // the credential's own (CredentialNumber), and the account's generations read with it
  Timestamp expires_at{};
  KeyClaims key{};
};

/// What is wrong with it. The visitor is told the same of everything.
struct Unidentified {
  std::string_view reason{};  // for the log; a literal
};

using Identification = std::variant<Identified, Unidentified>;

struct CredentialUse {
  Uuid id{};  // KeyClaims::id
  Timestamp at{};
};

/// A value that a strategy declares. `is_ours` and `fault_of` are called on the event loop: no I/O, no allocation, no
/// lock. What `look_up` identified is kept in memory, as fresh as revocation, so most requests cost no query.
struct RequestCredential {
  /// Whether what stands behind `Authorization: Bearer` is meant as one of this strategy: "rowan_…". What is of none is
  /// read as a bearer token. Absent: this strategy authenticates no requests.
  std::function<bool(std::string_view text)> is_ours{};
  /// What is wrong with it as far as that can be seen without the database, a literal; empty: nothing.
  std::function<std::string_view(std::string_view text)> fault_of{};
  /// One query, on a thread of a pool. What is wrong with the credential is Unidentified; an error is a database that
  /// does not answer.
  std::function<Result<Identification>(const Services&, const Realm&, std::string_view text)> look_up{};
  /// The parameter of the query in which it may stand, too; empty: it may not.
  std::string query_parameter{};
  /// When they were used: each of them at most once a minute, many at once, and never while a request waits.
  std::function<Result<>(const Services&, std::span<const CredentialUse>)> used{};
};

}  // namespace rowan
