// error:
#include <rowan/rowan.hpp>
void f(rowan::Conn& conn, const rowan::Secret& secret) { conn.json({{"x", secret}}); }
