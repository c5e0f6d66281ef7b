#include <rowan/engine/completion_key.hpp>
#include <rowan/testing/authenticated.hpp>

namespace rowan::testing {

AuthenticatedUser authenticated(User user, Claims claims) {
  if (claims.id.is_nil()) claims.id = user.id;
  if (claims.subject_name.view().empty()) claims.subject_name = SubjectName::from(user.subject).value_or(SubjectName());
  return AuthenticatedUser(engine::CompletionKey{}, std::move(user), claims);
}

}  // namespace rowan::testing
