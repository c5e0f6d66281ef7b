// error: ignoring returned value of type ‘rowan::Routes’
#include <rowan/rowan.hpp>
#pragma GCC diagnostic error "-Wunused-result"
void f(rowan::Auth& auth) {
  auto r = rowan::routes(auth);
  r.sign_in_route();
}
