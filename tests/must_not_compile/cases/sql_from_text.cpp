// error: call to consteval function
#include <rowan/storage/sql.hpp>
rowan::Sql f(const std::string& name) { return rowan::Sql{("SELECT * FROM " + name).c_str()}; }
