// and is not mutable
#include <rowan/rowan.hpp>
void f(rowan::Auth& auth) {
  (void)rowan::signed_in(auth, [n = 0](rowan::Conn&, const rowan::User&) mutable { return ++n, rowan::Response{}; });
}
