// error: ignoring returned value of type
#include <rowan/base/result.hpp>
#pragma GCC diagnostic error "-Wunused-result"
rowan::Result<> revoke();
void f() { revoke(); }
