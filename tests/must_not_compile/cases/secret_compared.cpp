// error: no match for ‘operator==’
#include <rowan/base/secret.hpp>
bool f(const rowan::Secret& a, const rowan::Secret& b) { return a == b; }
