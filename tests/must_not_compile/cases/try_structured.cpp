// was not declared in this scope
#include <rowan/base/result.hpp>
#include <rowan/base/try.hpp>
rowan::Result<std::pair<int, int>> pair();
rowan::Result<int> f() {
  ROWAN_TRY(auto [a, b], pair());
  return a + b;
}
