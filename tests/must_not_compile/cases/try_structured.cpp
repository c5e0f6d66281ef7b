// error:
#include <rowan/base/try.hpp>
#include <rowan/base/result.hpp>
rowan::Result<std::pair<int, int>> pair();
rowan::Result<int> f() {
  ROWAN_TRY(auto [a, b], pair());
  return a + b;
}
