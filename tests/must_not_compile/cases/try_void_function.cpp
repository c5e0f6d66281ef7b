// error: return-statement with a value, in function returning ‘void’
#include <rowan/base/result.hpp>
#include <rowan/base/try.hpp>
rowan::Result<int> g();
void f() {
  ROWAN_TRY(auto a, g());
  (void)a;
}
