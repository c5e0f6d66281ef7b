// error: use of deleted function ‘rowan::Secret::Secret(const rowan::Secret&)’
#include <rowan/base/secret.hpp>
rowan::Secret f(const rowan::Secret& secret) { return secret; }
