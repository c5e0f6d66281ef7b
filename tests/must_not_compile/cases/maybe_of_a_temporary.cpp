// error: use of deleted function
#include <rowan/base/maybe.hpp>
rowan::Maybe<int> f() { return rowan::Maybe<int>(3); }
