// a guarded handler takes (rowan::Conn&, const rowan::Claims&)
#include <rowan/rowan.hpp>
void f(rowan::Auth& auth) {
  (void)rowan::signed_in(auth, {.second_factor = true}, [](rowan::Conn&, int) { return rowan::Response{}; });
}
