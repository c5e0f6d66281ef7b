// error: cannot convert ‘<brace-enclosed initializer list>’ to ‘const rowan::Json&’
#include <rowan/rowan.hpp>
struct S {};
void f(rowan::Conn& conn, S s) { conn.json({{"x", s}}); }
