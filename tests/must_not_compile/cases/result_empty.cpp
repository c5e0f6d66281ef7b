// error: use of deleted function
#include <rowan/base/result.hpp>
rowan::Result<int> f() { return {}; }
