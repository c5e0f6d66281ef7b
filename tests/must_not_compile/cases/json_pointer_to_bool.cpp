// error:
#include <rowan/rowan.hpp>
void f(rowan::Conn& conn, const rowan::Token* token) { conn.json({{"x", token}}); }
