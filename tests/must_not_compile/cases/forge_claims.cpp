// error: invalid use of incomplete type ‘struct rowan::engine::GuardKey’
#include <rowan/rowan.hpp>
rowan::VerifiedClaims f() { return rowan::VerifiedClaims(rowan::engine::GuardKey{}, rowan::Claims{}); }
