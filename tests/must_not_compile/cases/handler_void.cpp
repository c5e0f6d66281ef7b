// a guarded handler returns rowan::Response
#include <rowan/rowan.hpp>
void f(rowan::Auth& auth) {
  (void)rowan::signed_in(auth, [](rowan::Conn&, const rowan::User&) {});
}
