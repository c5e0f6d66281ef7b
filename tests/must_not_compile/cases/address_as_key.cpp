// error: cannot convert
#include <rowan/rowan.hpp>
auto f(rowan::Auth& auth, const rowan::http::IpAddress& visitor) { return auth.find_user(visitor); }
