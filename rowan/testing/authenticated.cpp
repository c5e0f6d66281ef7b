#include <rowan/engine/completion_key.hpp>
#include <rowan/testing/authenticated.hpp>
#include <stdexcept>

namespace rowan::testing {

AuthenticatedUser authenticated(User user, Claims claims) {
  if (claims.id.is_nil()) claims.id = user.id;
  if (claims.subject_name.view().empty()) {
    const auto name = SubjectName::from(user.subject);
    if (!name) throw std::invalid_argument("no subject is called " + user.subject);
    claims.subject_name = *name;
  }
  return AuthenticatedUser(engine::CompletionKey{}, std::move(user), claims);
}

}  // namespace rowan::testing
