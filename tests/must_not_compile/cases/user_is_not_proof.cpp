// error: cannot convert ‘const rowan::User’ to ‘rowan::MaybeUser’
#include <rowan/rowan.hpp>
void f(rowan::Conn& conn, const rowan::User& user) { conn.store_in_session(user); }
