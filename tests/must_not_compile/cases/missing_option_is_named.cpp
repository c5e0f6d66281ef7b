// AuthOptions::mailer
#include <rowan/rowan.hpp>
void f(rowan::Database& d) {
  rowan::Auth auth({.base_url = "https://x", .database = d, .secret = rowan::Secret::from_env("S")});
}
