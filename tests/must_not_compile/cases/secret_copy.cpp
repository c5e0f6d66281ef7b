// error: use of deleted function
#include <rowan/base/secret.hpp>
rowan::Secret f(const rowan::Secret& secret) { return secret; }
