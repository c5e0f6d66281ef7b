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
  /// `unavailable` with SQLSTATE 55P03 in its reason when a lock is not to be had within two seconds (PostgreSQL):
  /// others queue behind whoever waits for one, so it is better to try again.
  virtual Result<> run_script(const std::string& text) = 0;
  /// To the end of the transaction that is open: statements take the time they need, and locks are waited for as long
  /// as another node's migration may take; those of a script are not.
  virtual Result<> be_patient() = 0;
};

}  // namespace rowan::storage
