// say which one this handler needs
#include <rowan/rowan.hpp>
void f(rowan::Auth& auth) {
  (void)rowan::signed_in(auth, [](rowan::Conn&, const auto&) { return rowan::Response{}; });
}
