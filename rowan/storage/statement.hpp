#pragma once
// Internal. Statement: one prepared statement over SOCI, with stable places for what goes in and what comes out.
// Every column is read as text: SOCI's dynamic rows guess types from declarations, which RETURNING and expressions have
// not.
#include <memory>
#include <rowan/storage/database.hpp>

namespace soci {
class session;
namespace details {
class statement_backend;
}
}  // namespace soci

namespace rowan::storage {

/// What the database says about a prepared statement.
struct StatementShape {
  std::vector<std::string> parameters{};  // each name once
  std::vector<std::string> columns{};
};

/// Functions throw SOCI's exceptions unless they return a Result.
class Statement {
 public:
  enum class Kept {
    on_the_server,  // prepared once under a name
    here,           // sent anew each time: the server's connection may be another one then
  };
  Statement(soci::session& session, std::string_view text, Kept kept);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  soci::details::statement_backend& backend();
  /// Once, after preparing.
  void set_shape(const StatementShape& shape);
  /// Each parameter of the statement must be given; one that the statement does not use is ignored, because the text of
  /// the other dialect may use it. `internal` for a missing one and for text that PostgreSQL could not store.
  Result<> bind(SqlParams params);
  /// Lets go of the buffers that SOCI leaks when a statement fails; the next bind makes them anew.
  void detach();
  /// Runs to the end; rows are appended when wanted.
  void run(std::vector<SqlRow>* rows);

 private:
  struct Parameter;
  struct Column;
  struct Parts;
  Parameter* find(std::string_view name, std::size_t guess);
  void attach();
  SqlRow take_row();
  std::unique_ptr<Parts> parts_;
};

}  // namespace rowan::storage
