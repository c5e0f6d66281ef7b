#pragma once
// Internal. Every SQLSTATE, sorted by what to do about it (PostgreSQL 15, appendix A; the class where the code says no
// more).
#include <string_view>

namespace rowan::storage {

enum class Remedy {
  reconnect,      // this connection is unusable; a new one to the same server may work
  elsewhere,      // this server is unusable: it is shutting down, or it cannot write (a standby); another may work
  run_again,      // rolled back in favour of another transaction
  prepare_again,  // the server does not know the statement any more, or knows another one by its name
  later,          // busy, full, locked, out of time
  refused,        // the data say no: a constraint, a number out of range
  ours,           // a mistake of the program or of the schema
};

/// What was under way. The same code can mean another thing: 0A000 at BEGIN comes from a standby.
enum class During { begin, reading, writing };

/// `state` may be empty: libpq gives none for what it noticed by itself.
Remedy remedy_for(std::string_view state, During during);

}  // namespace rowan::storage
