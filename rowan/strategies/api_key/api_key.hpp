#pragma once
// API keys: what an account's owner gives to programs. A key authenticates a request by itself, may do what it was
// given (scopes), ends by itself or when its owner revokes it, and is no session.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct ApiKeyOptions {
  std::string name = "api_keys";
  /// What keys begin with, so that people and scanners of leaks recognise them: lower-case letters and digits. Keys
  /// with another prefix stop working when you change it.
  std::string prefix = "rowan";
  /// The words that keys can be given, such as "read"; a guard asks for them (Guard::scopes). At most 32. A key loses a
  /// word that is no longer here.
  std::vector<std::string> scopes{};
  std::chrono::seconds lifetime = std::chrono::days{90};  // of a key whose owner says nothing
  std::chrono::seconds longest_lifetime = std::chrono::days{365};
  bool never_expires = false;                              // whether a key may have no end
  std::int64_t keys = 20;                                  // of one account that work at once
  bool query_parameter = false;                            // whether `?api_key=` is read, too: it ends up in logs
  std::chrono::seconds recent = std::chrono::minutes{10};  // how old a sign-in may be by which a key is made
  /// True: keys end together with the account's sessions: when its password or a factor changes, or it is disabled.
  /// False: they outlive that. A disabled account's keys are refused either way, as long as it is disabled.
  bool end_with_sessions = false;
};

/// Phases: list, create, delete, revoke.
Strategy api_key(ApiKeyOptions options = {});

}  // namespace rowan
