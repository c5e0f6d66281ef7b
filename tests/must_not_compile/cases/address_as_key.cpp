// no matching function for call to ‘rowan::Auth::find_user(
#include <rowan/rowan.hpp>
auto f(rowan::Auth& auth, const rowan::http::IpAddress& visitor) { return auth.find_user(visitor); }
