#pragma once
// Internal. What open_database chooses from; each lives in its folder and is built when its library is there.
#include <rowan/storage/database.hpp>

namespace rowan::storage {

std::unique_ptr<Database> open_sqlite(std::string_view path, const DatabaseOptions& options, Logger& logger);
std::unique_ptr<Database> open_postgres(const std::string& url, const DatabaseOptions& options, Logger& logger);

}  // namespace rowan::storage
