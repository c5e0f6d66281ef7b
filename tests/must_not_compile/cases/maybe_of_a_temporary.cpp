// error: use of deleted function ‘rowan::Maybe<T>::Maybe(const T&&)
#include <rowan/base/maybe.hpp>
rowan::Maybe<int> f() { return rowan::Maybe<int>(3); }
