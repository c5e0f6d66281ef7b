// error: cannot bind non-const lvalue reference of type
#include <rowan/rowan.hpp>
void f(rowan::Auth& auth) { auto r = rowan::routes(auth).auth_routes(rowan::ApiController()); }
