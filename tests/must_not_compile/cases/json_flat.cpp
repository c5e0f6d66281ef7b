// error:
#include <rowan/rowan.hpp>
void f(rowan::Conn& conn) { conn.json({"status", "ok"}); }
