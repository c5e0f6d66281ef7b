#pragma once
// Internal. Scripts: several statements in one text, without parameters, as migrations have them.
#include <rowan/base/result.hpp>
#include <string>
#include <string_view>

namespace rowan::storage {

/// Found by dynamic_cast on a SqlConnection. Runs inside the transaction that is open; no statement timeout applies.
class ScriptConnection {
 public:
  virtual ~ScriptConnection() = default;
  /// `unavailable` with SQLSTATE 55P03 in its reason when a lock cannot be taken within two seconds (PostgreSQL).
  /// Others queue behind a script that waits for a lock, so it is better to fail and try again.
  virtual Result<> run_script(const std::string& text) = 0;
  /// Until the end of the open transaction, statements have no time limit, and locks are waited for as long as another
  /// node's migration may take. That does not hold for the locks of a script.
  virtual Result<> be_patient() = 0;
};

}  // namespace rowan::storage
