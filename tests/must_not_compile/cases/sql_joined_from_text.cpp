// no matching function for call to ‘Literal(const char*&)’
#include <rowan/storage/sql.hpp>
rowan::Sql f(const char* name) { return rowan::sql_of<"SELECT * FROM", name>; }
