#pragma once
// Not installed. How many threads use the database at once, and from that how many connections it needs: each size is
// derived from another, so that no request has a thread and waits for a connection.

namespace rowan {

/// Threads of the bundled server's pools.
struct ThreadCounts {
  unsigned database = 0, hash = 0, outgoing = 0;
  unsigned sum() const { return database + hash + outgoing; }
};

/// The defaults: 8 for the database, 8 for outgoing calls, twice the cores for hashes (64 at most).
ThreadCounts usual_threads();

/// Connections for a server with the usual threads, for what runs beside it (outbox, expiry, health, metrics) as well.
unsigned usual_connections();

/// Keeps the configured values (`told`). For 0 it takes the default, or less, down to 1, until all threads together
/// have a connection each. 0 connections: not known, and nothing is reduced.
ThreadCounts fit_threads(ThreadCounts told, unsigned connections);

}  // namespace rowan
