// error: cannot convert ‘rowan::Claims’ to ‘const rowan::VerifiedClaims&’
#include <rowan/rowan.hpp>
auto f(rowan::Auth& auth) { return auth.load(rowan::Claims{}); }
