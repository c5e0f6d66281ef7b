#pragma once
// Not installed. What becomes of rows: those of closed, erased and taken-over accounts, and those that are old.
#include <rowan/add_ons/audit_log/ids.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/tokens/claims.hpp>

namespace rowan {
class Services;
}

namespace rowan::add_ons::audit_log {

/// What is taken out of the rows of an account.
enum class Forget : std::uint8_t {
  details,  // of a closed one: everything personal; its id stays, as its row does
  account   // of an erased one: its id too. What happened stays
};

/// The first thousand rows, in the caller's transaction. forget_rest() does the others, and what came meanwhile.
Result<> forget(Transaction& transaction, const Clock& clock, AccountId account, Forget what);
/// The rest, of all accounts that were closed or erased on any node.
Result<> forget_rest(const Clock& clock, Sweep& sweep);

/// The owner of the account does not see the rows from before.
Result<> hide_earlier(Transaction& transaction, AccountId account, const std::string& last_hidden);

/// Rows that are older than that.
Result<> expire(Sweep& sweep, std::chrono::seconds lifetime);

}  // namespace rowan::add_ons::audit_log
