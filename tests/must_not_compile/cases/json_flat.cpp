// error: cannot convert ‘<brace-enclosed initializer list>’ to ‘const rowan::Json&’
#include <rowan/rowan.hpp>
void f(rowan::Conn& conn) { conn.json({"status", "ok"}); }
