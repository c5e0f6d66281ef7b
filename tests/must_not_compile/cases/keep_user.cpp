// error: use of deleted function ‘rowan::AuthenticatedUser::AuthenticatedUser(const rowan::AuthenticatedUser&)’
#include <rowan/rowan.hpp>
void f(const rowan::AuthenticatedUser& user) { rowan::AuthenticatedUser copy = user; }
