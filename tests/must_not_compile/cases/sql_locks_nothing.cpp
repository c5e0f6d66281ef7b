// this statement locks no row
#include <rowan/storage/sql.hpp>
constexpr rowan::Sql statement = rowan::row_locking<"SELECT id FROM things">;
