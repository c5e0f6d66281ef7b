// a rowan::non_blocking handler takes const rowan::Claims&
#include <rowan/rowan.hpp>
void f(rowan::Auth& auth) {
  (void)rowan::signed_in(auth, rowan::non_blocking([](rowan::Conn&, const rowan::User&) { return rowan::Response{}; }));
}
