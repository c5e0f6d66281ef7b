// error: no matching function for call to ‘rowan::AuthenticatedUser::AuthenticatedUser
#include <rowan/rowan.hpp>
void f(rowan::Conn& conn) { conn.store_in_session(rowan::AuthenticatedUser({}, rowan::User{.email = "root"})); }
