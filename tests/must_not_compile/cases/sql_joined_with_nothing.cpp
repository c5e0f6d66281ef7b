// a part of this statement is empty
#include <rowan/storage/sql.hpp>
constexpr rowan::Sql statement = rowan::sql_of<"SELECT id FROM things", " ">;
