// error: no matching function for call to ‘rowan::Sql::Sql
#include <rowan/storage/sql.hpp>
#include <string>
rowan::Sql f(const std::string& name) { return rowan::Sql{"SELECT * FROM " + name}; }
