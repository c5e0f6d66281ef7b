#pragma once
// Internal. Every SQLSTATE, sorted by what to do about it (PostgreSQL 15, appendix A; the class where the code says no
// more).
#include <string_view>

namespace rowan::storage {

enum class Remedy {
  reconnect,      // this connection is of no more use; a new one to the same server may do
  elsewhere,      // this server is of no use: it goes down, or it cannot write (a standby); another one may do
  run_again,      // rolled back in favour of somebody else
  prepare_again,  // the server knows the statement no more, or otherwise
  later,          // busy, full, locked, out of time
  refused,        // the data say no: a constraint, a number out of range
  ours,           // a mistake of the program or of the schema
};

/// What was under way. The same code can mean another thing: 0A000 at BEGIN comes from a standby.
enum class During { begin, reading, writing };

/// `state` may be empty: libpq gives none for what it noticed by itself.
Remedy remedy_for(std::string_view state, During during);

}  // namespace rowan::storage
