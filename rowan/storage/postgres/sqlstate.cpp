#include <algorithm>
#include <array>
#include <rowan/storage/postgres/sqlstate.hpp>

namespace rowan::storage {
namespace {

struct Row {
  std::string_view prefix;
  Remedy remedy;
};

// The longest prefix that fits counts.
constexpr std::array table{
    Row{"", Remedy::ours},
    Row{"08", Remedy::reconnect},         // connection exception; poolers say most of theirs as 08P01
    Row{"0A", Remedy::ours},              // feature not supported; see remedy_for
    Row{"22", Remedy::refused},           // data exception
    Row{"23", Remedy::refused},           // integrity constraint violation
    Row{"25006", Remedy::elsewhere},      // read_only_sql_transaction; see remedy_for
    Row{"25P03", Remedy::reconnect},      // idle_in_transaction_session_timeout
    Row{"26", Remedy::prepare_again},     // invalid_sql_statement_name: discarded, or another connection of a pooler
    Row{"28", Remedy::reconnect},         // invalid authorization: said by a pooler of its own server
    Row{"3D", Remedy::reconnect},         // invalid_catalog_name: the same
    Row{"40", Remedy::run_again},         // transaction rollback: serialization, deadlock
    Row{"40002", Remedy::refused},        // transaction_integrity_constraint_violation
    Row{"40003", Remedy::reconnect},      // statement_completion_unknown
    Row{"42P05", Remedy::prepare_again},  // duplicate_prepared_statement: another client's, behind a pooler
    Row{"53", Remedy::later},             // insufficient resources: disk, memory, connections
    Row{"55006", Remedy::later},          // object_in_use
    Row{"55P03", Remedy::later},          // lock_not_available: lock_timeout
    Row{"57", Remedy::later},             // operator intervention; 57014 is statement_timeout
    Row{"57P", Remedy::elsewhere},        // admin_shutdown, crash_shutdown, cannot_connect_now
    Row{"57P04", Remedy::reconnect},      // database_dropped
    Row{"57P05", Remedy::reconnect},      // idle_session_timeout
    Row{"58", Remedy::later},             // system error: the server's disk
    Row{"72", Remedy::run_again},         // snapshot_too_old
};

}  // namespace

Remedy remedy_for(std::string_view state, During during) {
  // "cannot set transaction read-write mode during recovery"; otherwise a table that changed under a prepared
  // statement.
  if (state == "0A000") return during == During::begin ? Remedy::elsewhere : Remedy::prepare_again;
  // Where we asked for a read-only transaction it is the statement that is wrong.
  if (state == "25006" && during == During::reading) return Remedy::ours;
  const Row* best = table.data();
  for (const auto& row : table) {
    if (state.starts_with(row.prefix) && row.prefix.size() > best->prefix.size()) best = &row;
  }
  return best->remedy;
}

}  // namespace rowan::storage
