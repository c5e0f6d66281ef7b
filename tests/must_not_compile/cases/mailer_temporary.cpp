// error: use of deleted function ‘rowan::Required<T&>::Required(T&&) [with T = rowan::Mailer]’
#include <rowan/rowan.hpp>
rowan::AuthOptions f(rowan::Database& d) {
  return {.base_url = "https://x",
          .database = d,
          .mailer = std::move(*rowan::open_mailer("mailbox")),
          .secret = rowan::Secret::from_env("S")};
}
