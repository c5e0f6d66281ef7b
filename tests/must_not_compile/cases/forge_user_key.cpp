// error: invalid use of incomplete type ‘struct rowan::engine::CompletionKey’
#include <rowan/rowan.hpp>
rowan::AuthenticatedUser f() {
  return rowan::AuthenticatedUser(rowan::engine::CompletionKey{}, rowan::User{.email = "root"}, rowan::Claims{});
}
