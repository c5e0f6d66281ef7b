// error: use of deleted function ‘rowan::Result<T>::Result()
#include <rowan/base/result.hpp>
rowan::Result<int> f() { return {}; }
