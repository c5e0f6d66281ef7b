#pragma once
// Confirmation of addresses: of new accounts, of registrations that wait (`confirm_first`), and of
// changes.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct ConfirmationOptions {
  std::string name = "confirm_new_user";
  std::vector<std::string> monitor{"email"};  // what must be proven; addresses are all there is
  std::chrono::seconds lifetime = std::chrono::days{3};
  /// True: a right password of an unconfirmed account is answered `confirmation_required`. The session opened by
  /// registration is kept.
  bool required_to_sign_in = false;
  // Change of address; off: no route, no panel.
  bool change_of_address = true;
  /// How long the old address can take the account back; 0: it cannot.
  std::chrono::seconds revert_lifetime = std::chrono::days{3};
  /// How fresh the session must be to ask, for accounts without a password.
  std::chrono::seconds recent = std::chrono::minutes{10};
  // How often.
  std::int64_t requests_per_client = 20;  // in five minutes
  std::int64_t attempts_per_client = 30;  // in five minutes
};

/// Phases: confirm, resend; of "email": change.
AddOn confirmation(ConfirmationOptions options = {});

}  // namespace rowan
